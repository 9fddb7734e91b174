"""The functions' way to the plugin process, from the user's program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi
from pulumi import _types

from pulumi_qualit._settings import PACKAGE, SETTINGS
from pulumi_qualit.errors import QualitError

Result = TypeVar("Result")


def invoke(function: str, arguments: Mapping[str, Any], result: type[Result]) -> Result:
    """Ask one of the functions that look something up, such as ``getOffers``; raises QualitError."""
    from pulumi.runtime import rpc

    typed: Result = rpc.translate_output_properties(
        _ask(function, arguments), lambda name: name, result, transform_using_type_metadata=True
    )
    return typed


def compute(function: str, arguments: Mapping[str, Any], result: type[Result]) -> Result:
    """Ask one of the functions that look nothing up, such as ``cheapestOffer``; raises QualitError."""
    from pulumi.runtime import rpc

    answer = _ask(function, {name: _written(value, name) for name, value in arguments.items()})
    if not _types.is_output_type(result):
        value: Result = answer["result"]
        return value
    typed: Result = rpc.translate_output_properties(
        answer, lambda name: name, result, transform_using_type_metadata=True
    )
    return typed


def _ask(function: str, arguments: Mapping[str, Any]) -> Any:
    """The properties that the plugin answers with."""
    from google.protobuf import struct_pb2
    from pulumi.runtime import rpc
    from pulumi.runtime.proto import provider_pb2

    from pulumi_qualit._plugin import shared_plugin

    args = struct_pb2.Struct()
    args.update({name: value for name, value in arguments.items() if value is not None})
    request = provider_pb2.InvokeRequest(tok=f"{PACKAGE}:index:{function}", args=args)
    answer = shared_plugin(_settings).call(function, lambda stub: stub.Invoke(request))
    if answer.failures:
        raise QualitError("\n".join(f"{f.property}: {f.reason}" if f.property else f.reason for f in answer.failures))
    return rpc.deserialize_properties(getattr(answer, "return"))


def _written(value: Any, name: str) -> Any:
    """An argument as the plugin reads it: what was looked up, a dictionary in Python's names, or an offer alone."""
    if isinstance(value, str):
        return {"offer": value}
    if isinstance(value, Mapping):
        return {_camel(key): part for key, part in value.items() if part is not None}
    looked_up = _plain(value)
    if name == "catalogue" or not isinstance(looked_up, dict):
        return looked_up
    return {key: part for key, part in looked_up.items() if key in _OF_A_SOLUTION}


_OF_A_SOLUTION = ("offer", "os", "additionalResources")


def _plain(value: Any) -> Any:
    if _types.is_output_type(type(value)):
        return {name: _plain(part) for name, part in _types.output_type_to_dict(value).items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _settings() -> dict[str, str | None]:
    config = pulumi.Config(PACKAGE)
    return {name: config.get(name) for name in SETTINGS}
