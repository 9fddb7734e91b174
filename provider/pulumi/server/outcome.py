"""What an apply leaves: outputs for the engine to store, and never an error that loses what was paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provider.pulumi import wire
from provider.pulumi.decode import Read
from provider.pulumi.encode import write
from provider.pulumi.server import planning
from provider.pulumi.server.errors import CallError, not_finished
from provider.pulumi.server.notices import tell_warnings
from provider.pulumi.server.problems import Wording, errors, of_bug, warnings
from provider.pulumi.server.server import Entry, Server
from provider.resources.model import UNKNOWN, Path, StateResult, Value, Values

_NOT_DELIVERED = "It is paid and not delivered yet. The next `pulumi up` or `pulumi refresh` goes on with it."


@dataclass(frozen=True, slots=True)
class Change:
    """One change that is being made: of what, from which inputs and which state."""

    server: Server
    entry: Entry
    urn: str
    inputs: Read
    state: Read | None = None

    @property
    def prior(self) -> Values | None:
        return self.state.values if self.state else None

    @property
    def wording(self) -> Wording:
        return Wording(*(read for read in (self.inputs, self.state) if read))

    @property
    def secrets(self) -> frozenset[Path]:
        """Secret are the inputs that were given as such, and what was kept from the state as such."""
        kept = self.state.secrets if self.state else frozenset()
        return self.inputs.secrets | {path for path in kept if self.inputs.values[str(path[0])] is None}


def begin(server: Server) -> None:
    """Raise CallError when nothing new may be begun."""
    if server.stopping:
        raise CallError("Stopped before this change was begun. Nothing was ordered or changed for it.")


def planned_outputs(change: Change, planned: Values) -> Any:
    """The outputs of a preview, with what is not known yet."""
    fields = write(planned, change.entry.outputs, change.entry.attributes, secrets=change.secrets, with_null=True)
    return wire.struct(fields)


def outputs(entry: Entry, state: Values, secrets: frozenset[Path]) -> Any:
    """The outputs to store. A value that cannot be stored is left out: the rest must not get lost with it."""
    fields: dict[str, Any] = {}
    for given, name in entry.outputs.items():
        if _has_unknown(state.get(name)):
            of_bug(f"{given} of {entry.token} is unknown after an apply")
            continue
        try:
            fields |= write(state, {given: name}, entry.attributes, secrets=secrets)
        except (TypeError, KeyError, AttributeError, ValueError):
            of_bug(f"{given} of {entry.token} has a value that cannot be stored")
    if entry.schema.version:
        fields[planning.VERSION_KEY] = wire.number(entry.schema.version)
    return wire.struct(fields)


def settle(change: Change, result: StateResult) -> tuple[str, Any]:
    """The id and the outputs of a change that was made.

    Raises:
        CallError: it failed; with the state where something exists that was changed or is not finished.
    """
    wording = change.wording
    failed = errors(result.diagnostics)
    state = result.state
    if state is None or (failed and state == change.prior):
        problems = failed or [of_bug(f"An apply of {change.entry.token} left nothing and said nothing")]
        raise CallError("\n".join(map(wording.text, problems)))
    identity, properties = state["id"], outputs(change.entry, state, change.secrets)
    if failed:
        raise not_finished(identity, properties, [wording.text(each) for each in failed])
    if state["status"] == "provisioning":
        reasons = [wording.text(each) for each in warnings(result.diagnostics)] or [_NOT_DELIVERED]
        raise not_finished(identity, properties, reasons)
    tell_warnings(change.server, change.urn, wording, result.diagnostics)
    return identity, properties


def _has_unknown(value: Value) -> bool:
    if isinstance(value, dict):
        return any(map(_has_unknown, value.values()))
    return value is UNKNOWN or (isinstance(value, list) and any(map(_has_unknown, value)))
