"""Values on the wire: nothing is lost on the way there and back, whatever the type."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgpack
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from provider.resources.model import UNKNOWN
from provider.terraform.cty import (
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
    WireError,
    decode_json,
    decode_msgpack,
    encode_msgpack,
    parse_type,
    type_json,
)

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Values are the subject, not how fast a busy machine draws them."""

NUMBERS = st.integers(-(10**60), 10**60) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40
)
NAMES = st.text(st.characters(codec="utf-8"), max_size=8)


def whole(number: int | Decimal) -> int | Decimal:
    """A number as the program holds it: an int if it is whole."""
    return int(number) if number == int(number) else number


def types(depth: int = 2) -> st.SearchStrategy[CtyType]:
    simple: st.SearchStrategy[CtyType] = st.sampled_from([STRING, NUMBER, BOOL, DYNAMIC])
    if depth == 0:
        return simple
    inner = types(depth - 1)
    return (
        simple
        | inner.map(ListType)
        | inner.map(SetType)
        | inner.map(MapType)
        | st.lists(inner, max_size=3).map(lambda parts: TupleType(tuple(parts)))
        | st.dictionaries(NAMES, inner, max_size=3).map(lambda parts: ObjectType(dict(sorted(parts.items()))))
    )


def values(type: CtyType) -> st.SearchStrategy[Any]:
    """Values of a type as they come from a host: nulls and unknowns at every place."""
    return st.one_of(st.none(), st.just(UNKNOWN), known(type))


def known(type: CtyType) -> st.SearchStrategy[Any]:
    match type:
        case ListType(element):
            return st.lists(values(element), max_size=3)
        case SetType(element):
            return st.lists(values(element), max_size=3)
        case MapType(element):
            return st.dictionaries(NAMES, values(element), max_size=3)
        case TupleType(elements):
            return st.tuples(*map(values, elements)).map(list)
        case ObjectType(attributes):
            return st.fixed_dictionaries({name: values(inner) for name, inner in attributes.items()})
    if type == NUMBER:
        return NUMBERS.map(whole)
    if type == DYNAMIC:
        return types(1).filter(lambda own: own != DYNAMIC).flatmap(lambda own: known(own).map(lambda v: Typed(own, v)))
    return st.booleans() if type == BOOL else st.text(st.characters(codec="utf-8"), max_size=20)


TYPED_VALUES = types().flatmap(lambda one: st.tuples(st.just(one), values(one)))


@patiently
@given(types(3))
def test_a_type_survives_its_json(type: CtyType) -> None:
    assert parse_type(type_json(type)) == type


@patiently
@given(TYPED_VALUES)
def test_a_value_that_was_on_the_wire_once_comes_back_the_same(pair: tuple[CtyType, Any]) -> None:
    its_type, value = pair
    once = encode_msgpack(value, its_type)
    back = decode_msgpack(once, its_type)
    assert encode_msgpack(back, its_type) == once
    assert decode_msgpack(once, its_type) == back


@patiently
@given(TYPED_VALUES)
def test_without_sets_the_very_value_comes_back(pair: tuple[CtyType, Any]) -> None:
    its_type, value = pair
    assume("SetType(" not in repr(its_type) + repr(value))
    assert decode_msgpack(encode_msgpack(value, its_type), its_type) == value


@patiently
@given(st.lists(st.text(max_size=5)), st.randoms())
def test_a_set_has_one_order_and_no_duplicates_however_it_was_given(elements: list[str], random: Any) -> None:
    shuffled = [*elements, *elements]
    random.shuffle(shuffled)
    sent = encode_msgpack(shuffled, SetType(STRING))
    assert sent == encode_msgpack(elements, SetType(STRING))
    back = decode_msgpack(sent, SetType(STRING))
    assert sorted(back) == sorted(set(elements))
    assert decode_msgpack(msgpack.packb(shuffled), SetType(STRING)) == back


def test_unknown_elements_of_a_set_are_all_kept_because_they_may_turn_out_different() -> None:
    assert decode_msgpack(encode_msgpack([UNKNOWN, "a", UNKNOWN], SetType(STRING)), SetType(STRING)) == [
        "a",
        UNKNOWN,
        UNKNOWN,
    ]


@pytest.mark.parametrize("code", [0, 12, 99])
def test_every_extension_is_an_unknown_value_refined_or_not(code: int) -> None:
    refinements = msgpack.packb({1: False, 2: "b-"})
    assert decode_msgpack(msgpack.packb(msgpack.ExtType(code, refinements)), STRING) is UNKNOWN


def test_unknown_goes_out_as_extension_zero() -> None:
    assert msgpack.unpackb(encode_msgpack(UNKNOWN, STRING)) == msgpack.ExtType(0, b"\0")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (7, 7),
        ("12345678901234567890123456789012345678", 12345678901234567890123456789012345678),
        ("0.1", Decimal("0.1")),
        (0.5, Decimal("0.5")),
        (1e20, 10**20),
        (2**64 - 1, 2**64 - 1),
        ("1e3", 1000),
    ],
)
def test_numbers_come_in_as_integer_float_or_text_and_lose_nothing(raw: object, number: int | Decimal) -> None:
    back = decode_msgpack(msgpack.packb(raw), NUMBER)
    assert back == number
    assert type(back) is type(number)


def test_infinity_goes_through() -> None:
    assert decode_msgpack(encode_msgpack(Decimal("Infinity"), NUMBER), NUMBER) == Decimal("Infinity")


@pytest.mark.parametrize("raw", ["1e999999999", "NaN", "seven", True, [1]])
def test_a_number_that_is_none_or_absurdly_long_is_refused(raw: object) -> None:
    with pytest.raises(WireError, match="number"):
        decode_msgpack(msgpack.packb(raw), NUMBER)


def test_a_float_is_never_sent_because_it_has_lost_digits() -> None:
    with pytest.raises(WireError, match="not float"):
        encode_msgpack(3.5, NUMBER)


def test_json_values_mean_the_same_as_messagepack() -> None:
    its_type = ObjectType({"d": DYNAMIC, "m": MapType(NUMBER), "s": SetType(STRING), "t": TupleType((BOOL, STRING))})
    text = """{"d": {"type": ["list", "number"], "value": [0.1, 12345678901234567890123456789012345678]},
               "m": {"a": 1.0, "b": null}, "s": ["y", "x", "y"], "t": [true, "z"]}"""
    value = decode_json(text.encode(), its_type)
    assert value == {
        "d": Typed(ListType(NUMBER), [Decimal("0.1"), 12345678901234567890123456789012345678]),
        "m": {"a": 1, "b": None},
        "s": ["x", "y"],
        "t": [True, "z"],
    }
    assert decode_msgpack(encode_msgpack(value, its_type), its_type) == value


def test_a_dynamic_value_carries_its_type_as_bytes_of_json() -> None:
    assert msgpack.unpackb(encode_msgpack(Typed(ListType(STRING), ["a"]), DYNAMIC)) == [b'["list","string"]', ["a"]]
    assert decode_msgpack(encode_msgpack(None, DYNAMIC), DYNAMIC) is None


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x92\x01", b"\xa2\xff\xfe"])
def test_bytes_that_are_no_messagepack_are_refused(data: bytes) -> None:
    with pytest.raises(WireError, match="MessagePack"):
        decode_msgpack(data, STRING)


@pytest.mark.parametrize(
    ("type", "value", "place"),
    [
        (ListType(NUMBER), [1, "a"], "1: "),
        (MapType(BOOL), {"k": "no"}, "k: "),
        (ObjectType({"a": TupleType((STRING, STRING))}), {"a": ["x"]}, "a: "),
        (ObjectType({"a": STRING}), {"b": "x"}, "a, b"),
        (SetType(STRING), "abc", "list is required|sequence is required"),
        (MapType(STRING), [], "map"),
        (STRING, 7, "string is required"),
        (DYNAMIC, "bare", "its type"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place_both_ways(type: CtyType, value: object, place: str) -> None:
    with pytest.raises(WireError, match=place):
        encode_msgpack(value, type)
    with pytest.raises(WireError, match=place):
        decode_msgpack(msgpack.packb(value), type)


def test_an_error_never_shows_the_value() -> None:
    with pytest.raises(WireError) as caught:
        decode_msgpack(msgpack.packb({"key": "hunter2"}), MapType(NUMBER))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["{", '"text"', '["list"]', '["object", []]', "7"])
def test_json_that_describes_no_type_is_refused(text: str) -> None:
    with pytest.raises(WireError, match="type"):
        parse_type(text)


def test_an_object_type_with_optional_attributes_is_read_without_the_marks() -> None:
    assert parse_type('["object", {"a": "string"}, ["a"]]') == ObjectType({"a": STRING})
    assert json.loads(type_json(ObjectType({"a": STRING}))) == ["object", {"a": "string"}]
