"""The messages and services of the plugin protocol, made from the compiled descriptors when the process starts.

The descriptors live in a pool of their own: nothing that another package registers can collide with them, and no
generated code checks protobuf's version. ``proto/generate.py`` writes ``protocol.binpb``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Handler = Callable[[Any, grpc.ServicerContext], Any]
"""Answers one call: takes the request's message and gives the answer's, or an iterator of them for a stream."""


def _load() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    descriptors = descriptor_pb2.FileDescriptorSet.FromString(
        files(__package__).joinpath("protocol.binpb").read_bytes()
    )
    for file in descriptors.file:
        pool.Add(file)
    return pool


_POOL = _load()


def message(full_name: str) -> Any:
    """The class of a message, such as ``plugin.Empty``; its nested messages are attributes of it."""
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(full_name))


class _Messages:
    """The messages of one package as attributes: ``tf6.PlanResourceChange.Response()``."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> Any:
        found = message(f"{self._package}.{name}")
        setattr(self, name, found)
        return found


tf6: Any = _Messages("tfplugin6")


def methods(service: str) -> tuple[Any, ...]:
    """The descriptors of a service's calls."""
    return tuple(_POOL.FindServiceByName(service).methods)


def service_handler(service: str, handlers: Mapping[str, Handler]) -> grpc.GenericRpcHandler:
    """The handlers of a service's calls, by name, for a gRPC server; calls without one are Unimplemented."""
    table = {}
    for method in methods(service):
        if method.name not in handlers:
            continue
        kind = grpc.unary_stream_rpc_method_handler if method.server_streaming else grpc.unary_unary_rpc_method_handler
        table[method.name] = kind(
            handlers[method.name],
            request_deserializer=message_factory.GetMessageClass(method.input_type).FromString,
            response_serializer=message_factory.GetMessageClass(method.output_type).SerializeToString,
        )
    return grpc.method_handlers_generic_handler(service, table)
