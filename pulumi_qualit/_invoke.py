"""The functions' way to the plugin process, from the user's program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi

from pulumi_qualit._settings import PACKAGE, SETTINGS
from pulumi_qualit.errors import QualitError

Result = TypeVar("Result")


def invoke(function: str, arguments: Mapping[str, Any], result: type[Result]) -> Result:
    """Ask one of the functions, such as ``getOffers``; raises QualitError."""
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
    properties = rpc.deserialize_properties(getattr(answer, "return"))
    typed: Result = rpc.translate_output_properties(
        properties, lambda name: name, result, transform_using_type_metadata=True
    )
    return typed


def _settings() -> dict[str, str | None]:
    config = pulumi.Config(PACKAGE)
    return {name: config.get(name) for name in SETTINGS}
