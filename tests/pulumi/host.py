"""An engine for tests, just above gRPC: it makes the calls that Pulumi's engine makes of a change, in its order."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc

from provider.pulumi import wire
from provider.pulumi.process import Process
from provider.pulumi.protocol import client, google_rpc, pb, rpc, service_handler
from provider.pulumi.server import Server

PREFIX = "urn:pulumi:dev::shop::"
Properties = dict[str, Any]


class Unknown:
    """A value that is not known yet, as it is sent and as it comes back."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value marked as a secret, as it is sent and as it comes back."""

    value: Any


@dataclass(frozen=True)
class Output:
    """An output value, which the engine may send in place of a plain one; without a value it is unknown."""

    value: Any = UNKNOWN
    secret: bool = False


def to_value(content: Any) -> Any:
    """A ``google.protobuf.Value`` of plain Python and the wrappers above."""
    match content:
        case Unknown():
            return wire.unknown()
        case Secret(value):
            return wire.secret(to_value(value))
        case Output(value, secret):
            fields = {wire.SIGNATURE: wire.text(wire.OUTPUT), "secret": wire.boolean(secret)}
            return wire.object_value(fields if value is UNKNOWN else {**fields, "value": to_value(value)})
        case None:
            return wire.null()
        case bool():
            return wire.boolean(content)
        case int() | float():
            return wire.number(content)
        case str():
            return wire.text(content)
        case list():
            return wire.array([to_value(each) for each in content])
    return wire.object_value({key: to_value(each) for key, each in content.items()})


def from_value(value: Any) -> Any:
    """Plain Python of what the provider sent."""
    unwrapped = wire.unwrap(value)
    content = unwrapped.content
    match unwrapped.kind:
        case "unknown":
            content = UNKNOWN
        case "list":
            content = [from_value(each) for each in content]
        case "object":
            content = {key: from_value(each) for key, each in content.items()}
    return Secret(content) if unwrapped.secret else content


def to_struct(properties: Mapping[str, Any]) -> Any:
    return pb.Struct(fields={name: to_value(value) for name, value in properties.items()})


def from_struct(message: Any) -> Properties:
    return {name: from_value(message.fields[name]) for name in message.fields}


class CheckFailedError(Exception):
    """A check had failures: property and reason."""

    def __init__(self, failures: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in failures))
        self.failures = failures


@dataclass
class State:
    """What an engine stores of a resource."""

    type: str
    name: str
    id: str
    inputs: Properties
    outputs: Properties
    init_errors: list[str] = field(default_factory=list)

    @property
    def urn(self) -> str:
        return f"{PREFIX}{self.type}::{self.name}"


@dataclass(frozen=True)
class Preview:
    """What a person sees: the operation, what changes, and the outputs as far as they are known."""

    op: str
    outputs: Properties
    diffs: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)
    id: str = ""


class CallFailedError(Exception):
    """A call ended with an error; ``kept`` is the state that is stored all the same."""

    def __init__(self, error: Any) -> None:
        super().__init__(error.details())
        self.code: grpc.StatusCode = error.code()
        self.kept = _kept(error)


class Host:
    """Calls a provider over ``channel`` as an engine does."""

    def __init__(self, channel: grpc.Channel, log: EngineLog) -> None:
        self.channel = channel
        self.calls = client(channel, "pulumirpc.ResourceProvider")
        self.log = log

    def call(self, name: str, request: Any) -> Any:
        """One call; raises CallFailedError."""
        try:
            return self.calls[name](request, timeout=60)
        except grpc.RpcError as error:
            raise CallFailedError(error) from None

    def handshake(self) -> None:
        answer = self.call("Handshake", rpc.ProviderHandshakeRequest(engine_address=self.log.address))
        assert answer.accept_secrets

    def configure(self, **settings: Any) -> None:
        urn = f"{PREFIX}pulumi:providers:qualit::default"
        checked = self.call("CheckConfig", rpc.CheckRequest(urn=urn, news=to_struct(settings)))
        _raise(checked.failures)
        self.call("Configure", rpc.ConfigureRequest(args=checked.inputs, acceptSecrets=True, acceptResources=True))

    def check(self, type: str, inputs: Properties, state: State | None = None, *, name: str = "it") -> Properties:
        """The checked inputs; raises CheckFailedError."""
        request = rpc.CheckRequest(
            urn=f"{PREFIX}{type}::{name}",
            type=type,
            name=name,
            news=to_struct(inputs),
            olds=to_struct(state.inputs if state else {}),
        )
        answer = self.call("Check", request)
        _raise(answer.failures)
        return from_struct(answer.inputs)

    def diff(self, state: State, inputs: Properties) -> Any:
        answer = self.call(
            "Diff",
            rpc.DiffRequest(
                id=state.id,
                urn=state.urn,
                type=state.type,
                olds=to_struct(state.outputs),
                news=to_struct(inputs),
                old_inputs=to_struct(state.inputs),
            ),
        )
        tops = {path.partition(".")[0].partition("[")[0] for path in answer.detailedDiff}
        assert set(answer.diffs) == tops, "each changed property has a detail, and the other way round"
        assert len(set(answer.diffs)) == len(answer.diffs)
        assert not answer.replaces, "nothing is ever replaced (rule C9)"
        assert all("REPLACE" not in _kind(each) for each in answer.detailedDiff.values())
        assert (answer.changes == answer.DIFF_SOME) == bool(answer.diffs)
        return answer

    def preview(self, type: str, inputs: Properties, state: State | None = None) -> Preview:
        """Check, and what a preview calls after it."""
        checked = self.check(type, inputs, state)
        if state is None:
            answer = self._create(type, checked, preview=True)
            return Preview("create", from_struct(answer.properties), id=answer.id)
        found = self.diff(state, checked)
        if found.changes == found.DIFF_NONE and not state.init_errors:
            return Preview("same", state.outputs, id=state.id)
        outputs = from_struct(self._update(state, checked, preview=True).properties)
        details = {path: _kind(each) for path, each in found.detailedDiff.items()}
        return Preview("update", outputs, list(found.diffs), details, state.id)

    def up(self, type: str, inputs: Properties, state: State | None = None, *, timeout: float = 0) -> State:
        """Check, diff and make the change; a resource that is not finished comes with its errors."""
        checked = self.check(type, inputs, state)
        try:
            if state is None:
                answer = self._create(type, checked, preview=False, timeout=timeout)
                return State(type, "it", answer.id, checked, _stored(answer.properties))
            found = self.diff(state, checked)
            if found.changes == found.DIFF_NONE and not state.init_errors:
                return State(type, state.name, state.id, checked, state.outputs)
            answer = self._update(state, checked, preview=False)
            return State(type, state.name, state.id, checked, _stored(answer.properties))
        except CallFailedError as error:
            if error.kept is None:
                raise
            kept = error.kept
            identity = kept.id if state is None else state.id
            return State(type, "it", identity, checked, _stored(kept.properties), list(kept.reasons))

    def refresh(self, state: State) -> State | None:
        request = rpc.ReadRequest(
            id=state.id,
            urn=state.urn,
            type=state.type,
            properties=to_struct(state.outputs),
            inputs=to_struct(state.inputs),
        )
        try:
            answer = self.call("Read", request)
        except CallFailedError as error:
            if error.kept is None:
                raise
            kept = error.kept
            inputs = from_struct(kept.inputs)
            return State(state.type, state.name, kept.id, inputs, _stored(kept.properties), list(kept.reasons))
        if not answer.id:
            return None
        return State(state.type, state.name, answer.id, from_struct(answer.inputs), _stored(answer.properties))

    def import_state(self, type: str, import_id: str) -> State:
        answer = self.call("Read", rpc.ReadRequest(id=import_id, urn=f"{PREFIX}{type}::it", type=type))
        assert answer.id
        return State(type, "it", answer.id, from_struct(answer.inputs), _stored(answer.properties))

    def delete(self, state: State) -> None:
        request = rpc.DeleteRequest(
            id=state.id,
            urn=state.urn,
            type=state.type,
            properties=to_struct(state.outputs),
            old_inputs=to_struct(state.inputs),
        )
        self.call("Delete", request)

    def cancel(self) -> None:
        self.call("Cancel", pb.Empty())

    def invoke(self, token: str, **arguments: Any) -> Properties:
        answer = self.call("Invoke", rpc.InvokeRequest(tok=token, args=to_struct(arguments)))
        _raise(answer.failures)
        return from_struct(getattr(answer, "return"))

    def _create(self, type: str, inputs: Properties, *, preview: bool, timeout: float = 0) -> Any:
        request = rpc.CreateRequest(
            urn=f"{PREFIX}{type}::it", type=type, properties=to_struct(inputs), preview=preview, timeout=timeout
        )
        return self.call("Create", request)

    def _update(self, state: State, inputs: Properties, *, preview: bool) -> Any:
        return self.call(
            "Update",
            rpc.UpdateRequest(
                id=state.id,
                urn=state.urn,
                type=state.type,
                olds=to_struct(state.outputs),
                news=to_struct(inputs),
                old_inputs=to_struct(state.inputs),
                preview=preview,
            ),
        )


class EngineLog:
    """The part of an engine that takes log messages: ``messages`` are (severity, text, urn), in order."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, str]] = []
        self._lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(4))
        self._server.add_generic_rpc_handlers((service_handler("pulumirpc.Engine", {"Log": self._log}),))
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def _log(self, request: Any, _context: Any) -> Any:
        severity = request.DESCRIPTOR.fields_by_name["severity"].enum_type.values_by_number[request.severity].name
        with self._lock:
            self.messages.append((severity, request.message, request.urn))
        return pb.Empty()

    def texts(self, severity: str) -> list[str]:
        return [text for level, text, _ in self.messages if level == severity]

    def close(self) -> None:
        self._server.stop(None).wait()


@contextmanager
def hosting(server: Server) -> Iterator[Host]:
    """The server behind a real gRPC channel, with an engine that takes its messages."""
    log = EngineLog()
    try:
        with Process(lambda: server) as process, open_channel(process.port) as channel:
            host = Host(channel, log)
            host.handshake()
            yield host
    finally:
        log.close()


def open_channel(port: int) -> grpc.Channel:
    """A channel that takes as much in an error's trailer as the engine's does."""
    options = [("grpc.max_metadata_size", _TRAILER), ("grpc.absolute_max_metadata_size", _TRAILER)]
    return grpc.insecure_channel(f"127.0.0.1:{port}", options)


_TRAILER = 16 * 1024 * 1024


def _raise(failures: Any) -> None:
    if failures:
        raise CheckFailedError([(each.property, each.reason) for each in failures])


def _kind(detail: Any) -> str:
    name: str = detail.DESCRIPTOR.fields_by_name["kind"].enum_type.values_by_number[detail.kind].name
    return name


def _stored(message: Any) -> Properties:
    outputs = from_struct(message)
    assert not _has_unknown(outputs), "an engine refuses unknown values after an apply"
    return outputs


def _has_unknown(value: Any) -> bool:
    match value:
        case dict():
            return any(map(_has_unknown, value.values()))
        case list():
            return any(map(_has_unknown, value))
        case Secret(inner):
            return _has_unknown(inner)
    return value is UNKNOWN


def _kept(error: Any) -> Any:
    """The resource that an error asks to store, from its trailer."""
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    if details is None:
        return None
    (detail,) = google_rpc.Status.FromString(details).details
    assert detail.type_url == "type.googleapis.com/pulumirpc.ErrorResourceInitFailed"
    return rpc.ErrorResourceInitFailed.FromString(detail.value)
