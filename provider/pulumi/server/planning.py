"""Planning as every call does it: what the resource model says to a prior and a wanted value."""

from __future__ import annotations

from typing import Any

from provider.backend.port import BackendError
from provider.pulumi.decode import Problem, Read, read_inputs, read_state
from provider.pulumi.names import NATURAL_KEYS, camel
from provider.pulumi.server.errors import CallError
from provider.pulumi.server.problems import Wording
from provider.pulumi.server.server import Entry, Server
from provider.resources.model import UNKNOWN, PlanRequest, PlanResult, Values
from provider.resources.proposing import proposed_new

IMPORTED_KEY = "__imported"
"""In a state that was imported and not changed since. The engine hides keys of this form."""

VERSION_KEY = "__schemaVersion"
"""Where a state keeps the version of its shape; none means the first one."""


def plan(server: Server, entry: Entry, prior: Values | None, config: Values) -> PlanResult:
    """Plan a create or an update."""
    proposed = proposed_new(entry.attributes, prior, config)
    return entry.resource.plan(PlanRequest(prior, proposed, config), server.backend())


def remember(server: Server, entry: Entry, inputs: Any, result: PlanResult) -> None:
    """Keep the plan of a check of something new for the preview that follows at once."""
    server.checked[_key(entry, inputs)] = result


def remembered(server: Server, entry: Entry, inputs: Any) -> PlanResult | None:
    """The plan that the check of these inputs made, once."""
    return server.checked.pop(_key(entry, inputs), None)


def _key(entry: Entry, inputs: Any) -> tuple[str, bytes]:
    return entry.token, inputs.SerializeToString(deterministic=True)


def wanted(entry: Entry, properties: Any) -> Read:
    """The inputs of a change; raises CallError where they cannot be used. What a check let through is usable."""
    read = read_wanted(entry, properties)
    Wording(read).refuse_input()
    return read


def read_wanted(entry: Entry, properties: Any) -> Read:
    """The inputs with every problem that they have in themselves."""
    read = read_inputs(properties, entry.attributes)
    return Read(read.values, (*read.problems, *_secret_keys(entry, read)), read.secrets, read.secret_texts)


def stored(entry: Entry, properties: Any, id: str, inputs: Read | None = None) -> Read:
    """The state of a resource.

    An import knows nothing of what only a configuration can say, such as ``maxCharge``. To let that be no difference,
    the first program after it says with its ``inputs`` how it always was.

    Raises:
        CallError: a newer provider wrote it, or it is no state.
    """
    version = int(properties.fields[VERSION_KEY].number_value) if VERSION_KEY in properties.fields else 0
    if version > entry.schema.version:
        raise CallError(
            f"The state was written by a newer provider: the state of {entry.token} has version {version}, and this "
            f"provider knows versions up to {entry.schema.version}. Upgrade the provider. Nothing was changed."
        )
    read = read_state(properties, entry.outputs, entry.attributes)
    Wording(read).refuse_input()
    read.values["id"] = id
    if inputs is not None and IMPORTED_KEY in properties.fields:
        for name, attribute in entry.attributes.items():
            if read.values[name] is None and attribute.optional and not attribute.computed:
                read.values[name] = inputs.values[name]
    return read


def prior_of(server: Server, entry: Entry, old_inputs: Any) -> Values | None:
    """The present value of a resource of which only the last inputs are known, from the platform by its natural key.

    None when it cannot be told: then the state, which comes with the next call, decides.
    """
    before = read_inputs(old_inputs, entry.attributes).values
    keys = [before[name] for name in NATURAL_KEYS[entry.kind]]
    if not all(isinstance(key, str) for key in keys):
        return None
    try:
        found = entry.resource.import_state("/".join(keys), server.backend()).state
    except BackendError:
        return None
    if found is None:
        return None
    return {name: before[name] if value is None else value for name, value in found.items()}


def _secret_keys(entry: Entry, read: Read) -> list[Problem]:
    """A name stands in ids, orders and messages, which cannot be secret (N8)."""
    return [
        Problem(
            camel(name),
            f"A name cannot be a secret (rule N8): {camel(name)} is marked as a secret, and it is part of the "
            "resource's id, of orders and of messages. Give it as a plain value (such as pulumi.unsecret(…)).",
        )
        for name in NATURAL_KEYS[entry.kind]
        if (name,) in read.secrets and read.values[name] is not UNKNOWN
    ]
