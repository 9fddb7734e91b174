"""A host for tests, just above gRPC: it plays Terraform's part of a change and checks what Terraform would check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import message_factory

from provider.resources.model import Values
from provider.resources.proposing import proposed_new
from provider.resources.schema import Schema
from provider.terraform.cty import ObjectType, decode_msgpack, encode_msgpack
from provider.terraform.process import Process
from provider.terraform.protocol import methods, tf6
from provider.terraform.schema import object_type
from provider.terraform.server import Server
from provider.terraform.server.values import without_write_only
from tests.terraform import core_check


class AnswerError(Exception):
    """The provider answered with errors; ``diagnostics`` are all of its diagnostics, warnings too."""

    def __init__(self, diagnostics: list[Any], state: State | None = None) -> None:
        super().__init__("; ".join(f"{one.summary}: {one.detail}" for one in diagnostics))
        self.diagnostics = diagnostics
        self.state = state

    @property
    def errors(self) -> list[Any]:
        return [one for one in self.diagnostics if one.severity == tf6.Diagnostic.ERROR]


@dataclass(frozen=True)
class State:
    """What a host stores of a resource; ``values`` None when there is nothing."""

    values: Values | None = None
    private: bytes = b""


@dataclass(frozen=True)
class Plan:
    prior: State
    config: Values | None
    planned: Values | None
    private: bytes
    warnings: list[Any] = field(default_factory=list)


def client_calls(channel: grpc.Channel, service: str) -> dict[str, Callable[..., Any]]:
    """The calls of a service on a channel, by name."""
    calls: dict[str, Callable[..., Any]] = {}
    for method in methods(service):
        kind = channel.unary_stream if method.server_streaming else channel.unary_unary
        calls[method.name] = kind(
            f"/{service}/{method.name}",
            request_serializer=message_factory.GetMessageClass(method.input_type).SerializeToString,
            response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
        )
    return calls


class Host:
    """Calls a provider over ``channel``; ``server`` is asked for schemas only."""

    def __init__(self, channel: grpc.Channel, server: Server) -> None:
        self.calls = client_calls(channel, "tfplugin6.Provider")
        self._server = server
        self.warned: list[Any] = []
        """What the last apply warned of."""

    def call(self, name: str, /, **fields: Any) -> Any:
        """One call as it is; raises AnswerError when the answer has an error."""
        answer = self.calls[name](getattr(tf6, name).Request(**fields), timeout=30)
        if any(one.severity == tf6.Diagnostic.ERROR for one in getattr(answer, "diagnostics", ())):
            raise AnswerError(list(answer.diagnostics))
        return answer

    def configure(self, **attributes: Any) -> None:
        config = dict.fromkeys(self._server.provider_type.attributes) | attributes
        value = tf6.DynamicValue(msgpack=encode_msgpack(config, self._server.provider_type))
        self.call("ValidateProviderConfig", config=value)
        self.call("ConfigureProvider", config=value, terraform_version="1.11.4")

    def config(self, type_name: str, **attributes: Any) -> Values:
        """A configuration of a resource as the wire has it, with null for what is left out."""
        given = dict.fromkeys(self._schema(type_name).attributes) | attributes
        config = self.back(type_name, self.out(type_name, given))
        assert isinstance(config, dict)
        return config

    def plan(self, type_name: str, config: Values | None, prior: State | None = None) -> Plan:
        """Validate and plan, and check the plan; ``config`` None plans a destroy."""
        prior = prior or State()
        schema = self._schema(type_name)
        proposed = proposed_new(schema.attributes, prior.values, config) if config is not None else None
        if config is not None:
            self.call(
                "ValidateResourceConfig",
                type_name=type_name,
                config=self.out(type_name, config),
                client_capabilities=tf6.ClientCapabilities(write_only_attributes_allowed=True),
            )
        answer = self.call(
            "PlanResourceChange",
            type_name=type_name,
            prior_state=self.out(type_name, prior.values),
            proposed_new_state=self.out(type_name, proposed),
            config=self.out(type_name, config),
            prior_private=prior.private,
        )
        planned = self.back(type_name, answer.planned_state)
        assert not answer.requires_replace, "nothing is ever replaced (rule C9)"
        assert core_check.plan_problems(schema.attributes, prior.values, config, planned) == []
        return Plan(prior, config, planned, answer.planned_private, list(answer.diagnostics))

    def apply(self, type_name: str, plan: Plan, **resolved: Any) -> State:
        """Plan again as a host does when it applies, apply, and check both.

        ``resolved`` are values of the configuration that were unknown at plan and are known by now.
        """
        config, planned = plan.config, plan.planned
        if config is not None:
            config = self.config(type_name, **config | resolved)
            planned = self.plan(type_name, config, plan.prior).planned
            assert core_check.final_plan_problems(plan.planned, planned) == []
        answer = self.calls["ApplyResourceChange"](
            tf6.ApplyResourceChange.Request(
                type_name=type_name,
                prior_state=self.out(type_name, plan.prior.values),
                planned_state=self.out(type_name, planned),
                config=self.out(type_name, config),
                planned_private=plan.private,
            ),
            timeout=30,
        )
        state = State(self.back(type_name, answer.new_state), answer.private)
        self.warned = [one for one in answer.diagnostics if one.severity == tf6.Diagnostic.WARNING]
        if any(one.severity == tf6.Diagnostic.ERROR for one in answer.diagnostics):
            raise AnswerError(list(answer.diagnostics), state)
        assert core_check.apply_problems(self._schema(type_name).attributes, planned, state.values) == []
        return state

    def create(self, type_name: str, **attributes: Any) -> State:
        """Plan and apply a new resource."""
        return self.apply(type_name, self.plan(type_name, self.config(type_name, **attributes)))

    def refresh(self, type_name: str, state: State) -> State:
        answer = self.call(
            "ReadResource", type_name=type_name, current_state=self.out(type_name, state.values), private=state.private
        )
        values = self.back(type_name, answer.new_state)
        assert without_write_only(values, self._schema(type_name).attributes) == values
        return State(values, answer.private)

    def import_state(self, type_name: str, import_id: str) -> State:
        (imported,) = self.call("ImportResourceState", type_name=type_name, id=import_id).imported_resources
        return self.refresh(type_name, State(self.back(type_name, imported.state), imported.private))

    def look_up(self, type_name: str, **attributes: Any) -> Values:
        entry = self._server.data_source_entry(type_name)
        config = encode_msgpack(dict.fromkeys(entry.schema.attributes) | attributes, entry.type)
        value = tf6.DynamicValue(msgpack=config)
        self.call("ValidateDataResourceConfig", type_name=type_name, config=value)
        answer = self.call("ReadDataSource", type_name=type_name, config=value)
        found = decode_msgpack(answer.state.msgpack, entry.type)
        assert isinstance(found, dict)
        return found

    def out(self, type_name: str, value: Values | None) -> Any:
        return tf6.DynamicValue(msgpack=encode_msgpack(value, self._type(type_name)))

    def back(self, type_name: str, message: Any) -> Any:
        return decode_msgpack(message.msgpack, self._type(type_name)) if message.msgpack else None

    def _schema(self, type_name: str) -> Schema:
        return self._server.managed_entry(type_name).schema

    def _type(self, type_name: str) -> ObjectType:
        return object_type(self._schema(type_name).attributes)


@contextmanager
def hosting(server: Server, folder: Path) -> Iterator[Host]:
    """The server behind a real gRPC channel on a unix socket in ``folder``."""
    path = folder / "host"
    with Process(str(path), lambda: server), open_channel(f"unix:{path}") as channel:
        yield Host(channel, server)


@contextmanager
def open_channel(address: str) -> Iterator[grpc.Channel]:
    """A plain channel without limits on a message's size."""
    options = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
    with grpc.insecure_channel(address, options) as channel:
        yield channel
