"""Terraform's values on the wire: types, and the conversion between bytes and plain Python by type."""

from provider.terraform.cty.decode import decode_json, decode_msgpack, from_parsed_json, parse_json
from provider.terraform.cty.encode import encode_msgpack
from provider.terraform.cty.errors import WireError
from provider.terraform.cty.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    CtyType,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Typed,
    parse_type,
    type_json,
)

__all__ = [
    "BOOL",
    "DYNAMIC",
    "NUMBER",
    "STRING",
    "CtyType",
    "ListType",
    "MapType",
    "ObjectType",
    "SetType",
    "TupleType",
    "Typed",
    "WireError",
    "decode_json",
    "decode_msgpack",
    "encode_msgpack",
    "from_parsed_json",
    "parse_json",
    "parse_type",
    "type_json",
]
