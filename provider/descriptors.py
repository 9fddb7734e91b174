"""The messages and services of a plugin protocol, made from compiled descriptors when the process starts.

Each protocol's descriptors live in a pool of their own: nothing that another package registers can collide with
them, and no generated code checks protobuf's version. ``proto/generate.py`` writes the descriptor sets. Loaded by
the plugins' ``protocol`` modules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Handler = Callable[[Any, grpc.ServicerContext], Any]
"""Answers one call: takes the request's message and gives the answer's, or an iterator of them for a stream."""


class Protocol:
    """The descriptor set ``protocol.binpb`` of a package."""

    def __init__(self, package: str) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        compiled = files(package).joinpath("protocol.binpb").read_bytes()
        for file in descriptor_pb2.FileDescriptorSet.FromString(compiled).file:
            self._pool.Add(file)

    def message(self, full_name: str) -> Any:
        """The class of a message, such as ``plugin.Empty``; its nested messages are attributes of it."""
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(full_name))

    def messages(self, package: str) -> Any:
        """The messages of one proto package as attributes: ``tf6.PlanResourceChange.Response()``."""
        return _Messages(self, package)

    def methods(self, service: str) -> tuple[Any, ...]:
        """The descriptors of a service's calls."""
        return tuple(self._pool.FindServiceByName(service).methods)

    def service_handler(self, service: str, handlers: Mapping[str, Handler]) -> grpc.GenericRpcHandler:
        """The handlers of a service's calls, by name, for a gRPC server; calls without one are Unimplemented."""
        table = {}
        for method in self.methods(service):
            if method.name not in handlers:
                continue
            streams = method.server_streaming
            kind = grpc.unary_stream_rpc_method_handler if streams else grpc.unary_unary_rpc_method_handler
            table[method.name] = kind(
                handlers[method.name],
                request_deserializer=message_factory.GetMessageClass(method.input_type).FromString,
                response_serializer=message_factory.GetMessageClass(method.output_type).SerializeToString,
            )
        return grpc.method_handlers_generic_handler(service, table)

    def client(self, channel: grpc.Channel, service: str) -> dict[str, Callable[..., Any]]:
        """The calls of a service on a channel, by name."""
        calls: dict[str, Callable[..., Any]] = {}
        for method in self.methods(service):
            kind = channel.unary_stream if method.server_streaming else channel.unary_unary
            calls[method.name] = kind(
                f"/{service}/{method.name}",
                request_serializer=message_factory.GetMessageClass(method.input_type).SerializeToString,
                response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
            )
        return calls


class _Messages:
    def __init__(self, protocol: Protocol, package: str) -> None:
        self._protocol = protocol
        self._package = package

    def __getattr__(self, name: str) -> Any:
        found = self._protocol.message(f"{self._package}.{name}")
        setattr(self, name, found)
        return found
