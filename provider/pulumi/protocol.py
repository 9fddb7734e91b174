"""The messages and services of Pulumi's provider protocol; see :mod:`provider.descriptors`."""

from __future__ import annotations

from typing import Any

from provider.descriptors import Handler, Protocol

__all__ = ["Handler", "client", "google_rpc", "pb", "rpc", "service_handler"]

_PROTOCOL = Protocol(__package__)

client = _PROTOCOL.client
service_handler = _PROTOCOL.service_handler
rpc: Any = _PROTOCOL.messages("pulumirpc")
google_rpc: Any = _PROTOCOL.messages("google.rpc")
pb: Any = _PROTOCOL.messages("google.protobuf")
