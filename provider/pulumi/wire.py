"""Pulumi's values on the wire: protobuf's ``Struct``, in which some objects are wrappers told by a signature.

The signatures and the unknown values are constants of the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provider.pulumi.protocol import pb

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which an object is known to be a wrapper; its value says which."""

SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature, no secret
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_TEXTS = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)

Kind = Literal["null", "bool", "number", "text", "list", "object", "unknown", "asset", "archive"]


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A value out of its wrappers. ``content`` is plain Python, but a list or an object of messages."""

    kind: Kind
    content: Any = None
    secret: bool = False


def unwrap(value: Any) -> Unwrapped:
    """Take a ``google.protobuf.Value`` out of its wrappers."""
    secret = False
    while True:
        kind, content = _plain(value)
        if kind != "object" or SIGNATURE not in content:
            return Unwrapped(kind, content, secret)
        signature = content[SIGNATURE].string_value
        if signature in (ASSET, ARCHIVE):
            return Unwrapped("asset" if signature == ASSET else "archive", None, secret)
        secret = secret or signature == SECRET or (signature == OUTPUT and content["secret"].bool_value)
        inner = content.get("id" if signature == RESOURCE else "value")
        if inner is None or (signature == RESOURCE and not inner.string_value):
            return Unwrapped("unknown", None, secret)
        value = inner


def holds_secret(value: Any) -> bool:
    """Whether a ``google.protobuf.Value`` or a part of it is marked as a secret."""
    unwrapped = unwrap(value)
    match unwrapped.kind:
        case _ if unwrapped.secret:
            return True
        case "list":
            return any(map(holds_secret, unwrapped.content))
        case "object":
            return any(map(holds_secret, unwrapped.content.values()))
    return False


def _plain(value: Any) -> tuple[Kind, Any]:
    match value.WhichOneof("kind"):
        case "bool_value":
            return "bool", value.bool_value
        case "number_value":
            return "number", value.number_value
        case "string_value":
            text = value.string_value
            return ("unknown", None) if text in UNKNOWN_TEXTS else ("text", text)
        case "list_value":
            return "list", value.list_value.values
        case "struct_value":
            return "object", value.struct_value.fields
    return "null", None


def null() -> Any:
    return pb.Value(null_value=0)


def text(content: str) -> Any:
    return pb.Value(string_value=content)


def unknown() -> Any:
    return text(UNKNOWN_TEXT)


def boolean(content: bool) -> Any:
    return pb.Value(bool_value=content)


def number(content: float) -> Any:
    return pb.Value(number_value=content)


def array(elements: list[Any]) -> Any:
    return pb.Value(list_value=pb.ListValue(values=elements))


def struct(fields: Mapping[str, Any]) -> Any:
    """A ``google.protobuf.Struct`` of these values."""
    return pb.Struct(fields=fields)


def object_value(fields: Mapping[str, Any]) -> Any:
    return pb.Value(struct_value=struct(fields))


def secret(value: Any) -> Any:
    """A value marked as a secret."""
    return object_value({SIGNATURE: text(SECRET), "value": value})
