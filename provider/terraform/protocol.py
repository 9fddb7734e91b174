"""The messages and services of Terraform's plugin protocol; see :mod:`provider.descriptors`."""

from __future__ import annotations

from typing import Any

from provider.descriptors import Handler, Protocol

__all__ = ["Handler", "message", "methods", "service_handler", "tf6"]

_PROTOCOL = Protocol(__package__)

message = _PROTOCOL.message
methods = _PROTOCOL.methods
service_handler = _PROTOCOL.service_handler
tf6: Any = _PROTOCOL.messages("tfplugin6")
