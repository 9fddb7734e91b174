"""The same prior and the same wanted values give the same plan through Terraform's calls, through Pulumi's, and
through the dynamic provider of the Python package.

Compared are the outcome, every planned value (the price and its quote with them), refusals with the attribute that
they are on and their words, and warnings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import event, given, settings
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.runtime.proto import provider_pb2_grpc

from provider.backend.embedded import connect
from provider.backend.port import Backend
from provider.configuration import Configuration
from provider.pulumi import wire
from provider.pulumi.encode import write
from provider.pulumi.names import camel, in_pulumi_words, offered, settable
from provider.pulumi.server import Server as PulumiServer
from provider.pulumi.server.server import Entry
from provider.resources.model import UNKNOWN, Values
from provider.resources.registry import DATA_SOURCES, MANAGED, PROVIDER_SCHEMA
from provider.terraform.server import Server as TerraformServer
from pulumi_qualit._dynamic import (
    _OF_THE_MACHINE,
    AdditionalResourceProvider,
    OrderProvider,
    Provider,
    VpsProvider,
)
from pulumi_qualit._settings import WRITTEN
from pulumi_qualit.errors import QualitError
from tests.pulumi import host as pulumi
from tests.pulumi.cases import CASES, Case, Held, buy_world
from tests.terraform import host as terraform


@dataclass(frozen=True)
class Said:
    """What a way in says to a case. Refusals and warnings are texts, refusals with their property before them."""

    outcome: str
    planned: Values | None = None
    refusals: frozenset[tuple[str, str]] = frozenset()
    warnings: frozenset[str] = frozenset()


class World:
    """The two ways in, on one platform, and what is held there."""

    def __init__(self, one: terraform.Host, other: pulumi.Host, entries: dict[str, Entry]) -> None:
        self.terraform = one
        self.pulumi = other
        self.entries = entries
        self.held: dict[str, Held] = buy_world(one)
        self._stub = provider_pb2_grpc.ResourceProviderStub(other.channel)

    def dynamic(self, kind: str) -> Provider:
        """The dynamic provider of a kind, in front of the very plugin that serves Pulumi's calls."""
        provider = {"vps": VpsProvider, "order": OrderProvider, "resource": AdditionalResourceProvider}[kind]()
        provider.configure(ConfigureRequest(Config({}, "shop")))
        provider._plugin = lambda: self  # type: ignore[assignment, return-value, method-assign]
        return provider

    def call(self, _what: str, ask: Callable[[Any], Any]) -> Any:
        """The plugin as the dynamic provider calls it."""
        try:
            return ask(self._stub)
        except grpc.RpcError as error:
            raise QualitError(error.details()) from None


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    opened: list[Backend] = []

    def connect_and_remember(configuration: Configuration) -> Backend:
        opened.append(connect(configuration))
        return opened[-1]

    one = TerraformServer(PROVIDER_SCHEMA, MANAGED, DATA_SOURCES, connect_and_remember)
    other = PulumiServer(PROVIDER_SCHEMA, MANAGED, DATA_SOURCES, connect)
    place = {"home": str(folder / "home"), "test_clock": "2026-01-31T09:00:00Z", "payment_method": "test-visa"}
    with terraform.hosting(one, Path(folder)) as terraform_host, pulumi.hosting(other) as pulumi_host:
        terraform_host.configure(**place, libvirt_uri="test:///default")
        pulumi_host.configure(**{camel(name): value for name, value in place.items()}, libvirtUri="test:///default")
        yield World(terraform_host, pulumi_host, {entry.kind: entry for entry in other.resources})
    for backend in opened:
        backend.close()


def terraform_says(world: World, case: Case) -> Said:
    host, type_name = world.terraform, f"qualit_{case.kind}"
    prior = world.held[case.held].state if case.held else terraform.State()
    try:
        plan = host.plan(type_name, host.config(type_name, **_with_timeouts(case.wanted(world.held))), prior)
    except terraform.AnswerError as error:
        return Said("refused", refusals=frozenset(_refusal(each) for each in error.errors))
    planned = {name: _bare((plan.planned or {})[name]) for name in _attributes(world, case)}
    outcome = "create" if prior.values is None else "same" if plan.planned == prior.values else "update"
    return Said(outcome, planned, warnings=frozenset(_words(each) for each in plan.warnings))


def pulumi_says(world: World, case: Case) -> Said:
    host, entry = world.pulumi, world.entries[case.kind]
    state = _pulumi_state(entry, world.held[case.held]) if case.held else None
    host.handshake()
    host.log.messages.clear()
    try:
        preview = host.preview(entry.token, _pulumi_inputs(entry, case.wanted(world.held)), state)
    except pulumi.CheckFailedError as error:
        return Said("refused", refusals=frozenset(error.failures))
    except pulumi.CallFailedError as error:
        return Said("refused", refusals=frozenset(("", text) for text in str(error).splitlines()))
    planned = {name: _bare(_model(preview.outputs.get(given))) for given, name in entry.outputs.items() if name != "id"}
    return Said(preview.op, planned, warnings=frozenset(host.log.texts("WARNING")))


def dynamic_says(world: World, case: Case) -> Said:
    """What the dynamic provider checks and compares. Its preview is what it adds to the inputs; it warns of nothing."""
    entry = world.entries[case.kind]
    provider = world.dynamic(case.kind)
    wanted = _dynamic(_pulumi_inputs(entry, case.wanted(world.held)))
    state = _pulumi_state(entry, world.held[case.held]) if case.held else None
    olds = {**_dynamic(state.outputs), **_dynamic(state.inputs), WRITTEN: sorted(state.inputs)} if state else {}
    checked = provider.check(olds, wanted)
    if checked.failures:
        return Said("refused", refusals=frozenset((each.property, each.reason) for each in checked.failures))
    outcome = "create"
    if state:
        try:
            outcome = "update" if provider.diff(state.id, olds, checked.inputs).changes else "same"
        except QualitError as error:
            return Said("refused", refusals=frozenset(("", text) for text in str(error).splitlines()))
    planned = {name: _bare(_model(checked.inputs.get(given))) for given, name in entry.outputs.items() if name != "id"}
    return Said(outcome, planned)


@given(case=CASES)
@settings(max_examples=200, deadline=None)
def test_c4_all_ways_in_say_the_same(world: World, case: Case) -> None:
    one, other, third = terraform_says(world, case), pulumi_says(world, case), dynamic_says(world, case)
    event(one.outcome)
    assert other.outcome == one.outcome, (one.refusals, other.refusals)
    assert other.planned == one.planned
    assert "bug" not in str(one.refusals)
    assert other.warnings == one.warnings
    assert other.refusals == one.refusals
    assert (third.outcome, third.refusals) == (other.outcome, other.refusals)
    if one.planned and third.planned and third.outcome != "same":
        assert {name: third.planned[name] for name in third.planned} == {
            name: third.planned[name] if _has_unknown(value) and _is_left_out(name, third.planned[name]) else value
            for name, value in one.planned.items()
        }


def test_c8_a_protected_server_is_not_ended_by_either_way(world: World) -> None:
    held = world.held["suse"]
    with pytest.raises(terraform.AnswerError) as one:
        world.terraform.plan("qualit_vps", None, held.state)
    with pytest.raises(pulumi.CallFailedError) as other:
        world.pulumi.delete(_pulumi_state(world.entries["vps"], held))
    assert str(other.value) == _words(one.value.errors[0])


def _is_left_out(name: str, value: Any) -> bool:
    """What a dynamic provider says in place of unknown: nothing, or of the machine what was last seen."""
    return value is None or (camel(name) in _OF_THE_MACHINE and not _has_unknown(value))


def _attributes(world: World, case: Case) -> list[str]:
    return [name for name in world.entries[case.kind].outputs.values() if name != "id"]


def _bare(value: Any) -> Any:
    """A value without the null parts of objects, which Pulumi does not write, and with a set in one order."""
    if isinstance(value, dict):
        return {name: _bare(part) for name, part in value.items() if part is not None}
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return sorted(value)
    return [_bare(part) for part in value] if isinstance(value, list) else value


def _with_timeouts(wanted: dict[str, Any]) -> dict[str, Any]:
    """Terraform sends every part of an object."""
    if "timeouts" not in wanted:
        return wanted
    return {**wanted, "timeouts": {"create": None, "update": None} | wanted["timeouts"]}


def _refusal(diagnostic: Any) -> tuple[str, str]:
    steps = diagnostic.attribute.steps
    return (camel(steps[0].attribute_name) if steps else "", _words(diagnostic))


def _words(diagnostic: Any) -> str:
    steps = [getattr(step, step.WhichOneof("selector")) for step in diagnostic.attribute.steps]
    where = f"{'.'.join(steps)}: " if len(steps) > 1 else ""
    return in_pulumi_words(f"{where}{diagnostic.summary}: {diagnostic.detail}")


def _pulumi_inputs(entry: Entry, wanted: dict[str, Any]) -> dict[str, Any]:
    """The wanted values as a program in Pulumi would give them."""
    complete = dict.fromkeys(entry.attributes) | wanted
    names = {given: name for given, name in settable(entry.attributes).items() if complete[name] is not None}
    fields = write(complete, names, entry.attributes)
    return {given: pulumi.from_value(value) for given, value in fields.items()}


def _pulumi_state(entry: Entry, held: Held) -> pulumi.State:
    """What Pulumi would have stored of it."""
    values = held.state.values
    assert values is not None
    fields = write(values, entry.outputs, offered(entry.attributes))
    outputs = {given: pulumi.from_value(value) for given, value in fields.items()}
    return pulumi.State(entry.token, "it", values["id"], _pulumi_inputs(entry, held.config), outputs)


def _model(value: Any) -> Any:
    """An output as the resource model has it."""
    match value:
        case pulumi.Unknown() | wire.UNKNOWN_TEXT:
            return UNKNOWN
        case pulumi.Secret(inner):
            return _model(inner)
        case float():
            return int(value)
        case list():
            return [_model(each) for each in value]
        case dict():
            return {_snake(key): _model(each) for key, each in value.items()}
    return value


def _dynamic(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties as Pulumi hands them to a dynamic provider: unknown ones as their text, secrets plainly."""
    return {name: _dynamic_value(value) for name, value in properties.items()}


def _dynamic_value(value: Any) -> Any:
    match value:
        case pulumi.Unknown():
            return wire.UNKNOWN_TEXT
        case pulumi.Secret(inner):
            return _dynamic_value(inner)
        case list():
            return [_dynamic_value(each) for each in value]
        case dict():
            return _dynamic(value)
    return value


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_unknown, value.values()))
    return value is UNKNOWN or (isinstance(value, list) and any(map(_has_unknown, value)))


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
