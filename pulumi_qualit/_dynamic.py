"""The dynamic provider: what Pulumi asks about a resource of ours in Python, handed on to the plugin process.

Pulumi stores with each resource a pickled reference to its provider class below, so these names must stay for as
long as there are states that have them. The classes keep nothing in the pickle.

A dynamic provider is not asked to create in a preview; an output is known there when ``check`` put it among the
inputs. So ``check`` lets the plugin preview the change and adds what it plans. Which inputs are the user's own is
kept in ``__written``; names that begin with two underscores are shown to nobody by Pulumi.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    Config,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from pulumi_qualit._settings import ADOPT, MARKED, PACKAGE, PREVIEWED, SETTINGS, URN, WRITTEN
from pulumi_qualit._words import show_reasons_alone
from pulumi_qualit.errors import QualitError

if TYPE_CHECKING:
    import grpc

    from pulumi_qualit._plugin import Plugin

Properties = dict[str, Any]

_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for an unknown string in Pulumi's protocol, and in a preview for any unknown value."""
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark of the protocol, no secret


class Provider(ResourceProvider):
    """What the three kinds have in common."""

    serialize_as_secret_always = False
    token: ClassVar[str]

    def configure(self, req: ConfigureRequest) -> None:
        show_reasons_alone()
        self._settings = _settings_of(req.config)
        self._declared: set[str] = set()

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        before, wanted = _written(_olds), _marked(_visible(news), news)
        adopt = news.get(ADOPT) if not _olds else None
        found = self._find(adopt) if adopt is not None else None
        if adopt is not None and found is None:
            return CheckResult(news, [CheckFailure("", f'Nothing to import is called "{adopt}".')])
        checked = self._ask("Check", olds=found[2] if found else before, news=wanted)
        if checked.failures:
            return CheckResult(news, [CheckFailure(f.property, f.reason) for f in checked.failures])
        inputs = _plain(checked.inputs)
        if found is not None:
            planned, failures = self._as_it_is(found, inputs)
            if failures:
                return CheckResult(news, failures)
        else:
            # An up says what it charges when it does: here it would say it twice.
            planned = self._planned(_olds, before, inputs, urn=news.get(URN, "") if news.get(PREVIEWED) else "")
        kept = {name: value for name, value in planned.items() if not _has_unknown(value) or _has_unknown(inputs)}
        self._declared.update(str(kept[name]) for name in _ID_OUTPUTS if name in kept)
        hidden = {WRITTEN: sorted(inputs), **{name: news[name] for name in (ADOPT, MARKED, URN) if news.get(name)}}
        return CheckResult({**kept, **inputs, **hidden}, [])

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        answer = self._ask(
            "Diff",
            id=_id,
            olds=_state(_olds),
            old_inputs=_written(_olds),
            news=_inputs(_news),
            urn=_news.get(URN, ""),
        )
        return DiffResult(changes=answer.changes != answer.DIFF_NONE, replaces=[])

    def create(self, props: Properties) -> CreateResult:
        inputs = _inputs(props)
        found = self._find(props[ADOPT]) if ADOPT in props else None
        if found is not None:
            id_, state, _ = found
            return CreateResult(id_, self._to_keep(state, inputs, props))
        answer = self._ask("Create", properties=inputs, urn=props.get(URN, ""))
        return CreateResult(answer.id, self._to_keep(_plain(answer.properties), inputs, props))

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        inputs = _inputs(_news)
        answer = self._ask(
            "Update", id=_id, olds=_state(_olds), old_inputs=_written(_olds), news=inputs, urn=_news.get(URN, "")
        )
        return UpdateResult(self._to_keep(_plain(answer.properties), inputs, _news))

    def read(self, id_: str, props: Properties) -> ReadResult:
        inputs = _written(props)
        answer = self._ask("Read", id=id_, inputs=inputs, properties=_state(props), urn=props.get(URN, ""))
        if not answer.id:
            return ReadResult("", {})
        state, present = _plain(answer.properties), _plain(answer.inputs)
        # With the inputs of before, Pulumi would ask whether the change that was found could be taken back.
        outs = self._to_keep(state, present, props)
        return ReadResult(answer.id, outs, {**_visible(state), **present, WRITTEN: sorted(present)})

    def delete(self, _id: str, _props: Properties) -> None:
        if _id in self._declared:
            raise QualitError(_STILL_DECLARED.format(id=_id))
        self._ask("Delete", id=_id, properties=_state(_props), old_inputs=_written(_props), urn=_props.get(URN, ""))

    def _find(self, import_id: str) -> tuple[str, Properties, Properties] | None:
        """What exists under an import id: its id, state and inputs."""
        answer = self._ask("Read", id=import_id)
        return (answer.id, _plain(answer.properties), _plain(answer.inputs)) if answer.id else None

    def _as_it_is(
        self, found: tuple[str, Properties, Properties], inputs: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        """The state of what is adopted, which must be what the program says: adopting changes nothing."""
        id_, state, old_inputs = found
        answer = self._ask("Diff", id=id_, olds=state, old_inputs=old_inputs, news=inputs)
        failures = [
            CheckFailure(name, f"What is imported has {state.get(name)!r} here. Write that, import, then change it.")
            for name in (answer.diffs if answer.changes != answer.DIFF_NONE else ())
        ]
        return state, failures

    def _planned(self, olds: Properties, before: Properties, inputs: Properties, *, urn: str) -> Properties:
        """What the change would make of the resource, as far as that is known."""
        if not olds:
            return _plain(self._ask("Create", properties=inputs, preview=True, urn=urn).properties)
        earlier = {name: value for name, value in _visible(olds).items() if name not in before}
        if before == _revealed(inputs):
            return earlier
        found = self._find(_import_id(before))
        if found is None:
            return earlier
        id_, state, _ = found
        answer = self._ask("Update", id=id_, olds=state, old_inputs=before, news=inputs, preview=True, urn=urn)
        answered = _plain(answer.properties)
        stays = {name for name in _OF_THE_MACHINE if name in earlier and _has_unknown(answered.get(name))}
        return {**earlier, **{name: value for name, value in answered.items() if name not in stays}}

    def _to_keep(self, state: Properties, inputs: Properties, properties: Properties) -> Properties:
        urn = {URN: properties[URN]} if URN in properties else {}
        return {**state, WRITTEN: sorted(inputs), **urn}

    def _ask(self, method: str, **fields: Any) -> Any:
        """The plugin's answer to a call; of what was paid and is not delivered the state is the answer.

        The plugin's notices stand at the ``urn``; without one they are not shown.
        """
        import grpc
        from pulumi.runtime.proto import provider_pb2

        name = _natural_key({**fields.get("properties", {}), **fields.get("news", {})}) or fields.get("id", "")
        values = {field: _struct(value) if isinstance(value, dict) else value for field, value in fields.items()}
        request = getattr(provider_pb2, f"{method}Request")(type=self.token, name=name, **values)
        try:
            return self._plugin().call(
                f"{method.lower()} of {self.token} {name}", lambda stub: getattr(stub, method)(request)
            )
        except grpc.RpcError as error:
            return _unfinished(error)

    def _plugin(self) -> Plugin:
        from pulumi_qualit._plugin import shared_plugin

        return shared_plugin(lambda: self._settings, sys.argv[1] if len(sys.argv) > 1 else None)


class VpsProvider(Provider):
    token = f"{PACKAGE}:index:Vps"


class OrderProvider(Provider):
    token = f"{PACKAGE}:index:Order"


class AdditionalResourceProvider(Provider):
    token = f"{PACKAGE}:index:Resource"


_OF_THE_MACHINE = ("status", "ipv4Address", "paidUntil", "addresses")
"""Outputs that are unknown while a change is made. Without the last value they would be shown as taken away."""

_ID_OUTPUTS = ("serverId", "contractId")
"""Outputs that are the ids of what an end would delete."""

_STILL_DECLARED = (
    "{id} is not ended, because the program declares it in another place too (rule C8). Where it was renamed, take the "
    "old entry out of the state: `pulumi state delete URN`; next time write the option aliases."
)


def _visible(properties: Mapping[str, Any]) -> Properties:
    return {name: value for name, value in properties.items() if not name.startswith("__")}


def _written(properties: Mapping[str, Any]) -> Properties:
    """Of inputs or a state: what the program wrote. All of it where that is not told apart."""
    visible = _visible(properties)
    names: Iterable[str] = properties.get(WRITTEN, visible)
    return {name: visible[name] for name in names if name in visible}


def _inputs(properties: Mapping[str, Any]) -> Properties:
    """What the program wrote, with its secrets marked again."""
    return _marked(_written(properties), properties)


def _marked(inputs: Properties, properties: Mapping[str, Any]) -> Properties:
    secret = properties.get(MARKED, ())
    return {name: _as_secret(value) if name in secret else value for name, value in inputs.items()}


def _as_secret(value: Any) -> Any:
    return {_SIGNATURE: _SECRET_SIGNATURE, "value": value}


def _revealed(inputs: Properties) -> Properties:
    return {
        name: value["value"] if isinstance(value, dict) and value.get(_SIGNATURE) == _SECRET_SIGNATURE else value
        for name, value in inputs.items()
    }


def _state(properties: Mapping[str, Any]) -> Properties:
    """What the plugin answered, which is all but what is ours and Pulumi's."""
    return {name: value for name, value in properties.items() if name not in (WRITTEN, URN, "__provider")}


def _natural_key(properties: Mapping[str, Any]) -> str:
    """What a resource is called: its name, or its server and type."""
    if "name" in properties:
        return str(_revealed({"name": properties["name"]})["name"])
    return _import_id(properties) if "type" in properties else ""


def _import_id(properties: Mapping[str, Any]) -> str:
    return str(properties["name"]) if "name" in properties else f"{properties.get('vpsId')}/{properties.get('type')}"


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(_has_unknown(part) for part in value)
    return bool(value == _UNKNOWN)


def _struct(properties: Mapping[str, Any]) -> Any:
    from google.protobuf import struct_pb2

    struct = struct_pb2.Struct()
    struct.update({name: _sendable(value) for name, value in properties.items()})
    return struct


def _sendable(value: Any) -> Any:
    """A value as it goes out: Pulumi hands an unknown one over as an object of its own."""
    if isinstance(value, dict):
        return {key: _sendable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_sendable(part) for part in value]
    return _UNKNOWN if type(value).__name__ == "Unknown" else value


def _plain(struct: Any) -> Properties:
    """A message's values as plain Python; what is null is left out, as Pulumi does it."""
    found = {name: _value(value) for name, value in struct.fields.items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(message: Any) -> Any:
    kind = message.WhichOneof("kind")
    match kind:
        case "struct_value":
            return _plain(message.struct_value)
        case "list_value":
            return [_value(part) for part in message.list_value.values]
        case "number_value":
            return int(message.number_value) if message.number_value.is_integer() else message.number_value
        case "string_value" | "bool_value":
            return getattr(message, kind)
    return None


def _settings_of(config: Config) -> dict[str, Any]:
    """The provider's configuration in the stack: all of ``qualit:…``, so that the plugin refuses what it does not know.

    Pulumi's own type answers only for a name; where it no longer keeps the values as it does, the known names are
    asked for.
    """
    everything = getattr(config, "_props", None)
    names = SETTINGS if everything is None else [key.partition(":")[2] for key in everything if _is_ours(key)]
    return {name: config.get(f"{PACKAGE}:{name}") for name in names}


def _is_ours(key: str) -> bool:
    return key.startswith(f"{PACKAGE}:")


def _unfinished(error: grpc.RpcError) -> Any:
    """Of what was paid and not delivered: the id and the state that the plugin gives with the failure."""
    from pulumi.runtime.proto import provider_pb2, status_pb2

    from pulumi_qualit._plugin import details_of

    status = status_pb2.Status.FromString(details_of(error))
    unfinished = provider_pb2.ErrorResourceInitFailed()
    if not any(detail.Unpack(unfinished) for detail in status.details):
        raise QualitError(error.details()) from None
    for reason in unfinished.reasons:
        print(reason, file=sys.stderr)  # where Pulumi shows it
    return unfinished
