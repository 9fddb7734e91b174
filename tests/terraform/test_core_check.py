"""The checks themselves notice what a host would refuse; otherwise they would prove nothing."""

from __future__ import annotations

from typing import Any

import pytest

from provider.resources.model import UNKNOWN, Values
from provider.resources.proposing import proposed_new
from provider.terraform.cty import decode_msgpack, encode_msgpack
from provider.terraform.schema import object_type
from tests.terraform.core_check import apply_problems, plan_problems
from tests.terraform.toy import BOX_SCHEMA

ATTRIBUTES = BOX_SCHEMA.attributes
NOTHING: Values = dict.fromkeys(ATTRIBUTES)


def box(**given: Any) -> Values:
    """As the wire would give it: sets in canonical order."""
    of_box = object_type(ATTRIBUTES)
    value = decode_msgpack(encode_msgpack(NOTHING | {"name": "a"} | given, of_box), of_box)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    ("config", "planned"),
    [
        ({}, {"open": True}),
        ({"big": 1}, {"big": 2}),
        ({"labels": {"k": "v"}}, {"labels": None}),
        ({"size": 2}, {"size": UNKNOWN}),
        ({"secret_wo": "x"}, {"secret_wo": "x"}),
        ({"limits": {"cpu": 1, "given": None}}, {"limits": {"cpu": 2, "given": None}}),
        ({"limits": {"cpu": 1, "given": None}}, {"limits": UNKNOWN}),
        ({"disks": [{"gib": 1, "key_wo": None}]}, {"disks": []}),
        ({"disks": [{"gib": 1, "key_wo": None}]}, {"disks": [{"gib": 2, "key_wo": None}]}),
        ({"ports": [{"number": 1}]}, {"ports": [{"number": 1}, {"number": 2}]}),
    ],
)
def test_a_plan_that_departs_from_the_configuration_is_noticed(config: Values, planned: Values) -> None:
    assert plan_problems(ATTRIBUTES, None, box(**config), box(**planned)) != []


def test_a_plan_may_fill_in_what_is_computed_and_keep_what_was() -> None:
    planned = box(size=1, price="1.00", address=UNKNOWN)
    assert plan_problems(ATTRIBUTES, None, box(), planned) == []
    assert plan_problems(ATTRIBUTES, box(big=1), box(big=2), box(big=1)) == []


def test_a_plan_for_absence_where_presence_is_wanted_is_noticed() -> None:
    assert plan_problems(ATTRIBUTES, None, box(), None) != []
    assert plan_problems(ATTRIBUTES, box(), None, box()) != []


@pytest.mark.parametrize(
    ("planned", "actual"),
    [
        ({"big": 1}, {"big": 2}),
        ({"big": 1}, {}),
        ({}, {"big": 1}),
        ({"address": UNKNOWN}, {"address": UNKNOWN}),
        ({"labels": {"k": "v"}}, {"labels": {"k": "v", "l": "w"}}),
        ({"tags": ["a", "b"]}, {"tags": ["a"]}),
        ({"tags": ["a", UNKNOWN]}, {"tags": ["b", "c"]}),
        ({}, {"secret_wo": "x"}),
    ],
)
def test_an_apply_that_departs_from_the_plan_is_noticed(planned: Values, actual: Values) -> None:
    assert apply_problems(ATTRIBUTES, box(**planned), box(**actual)) != []


def test_an_apply_may_decide_what_was_unknown() -> None:
    planned = box(address=UNKNOWN, tags=["a", UNKNOWN], limits={"cpu": 1, "given": UNKNOWN})
    actual = box(address="10.0.0.1", tags=["0", "a"], limits={"cpu": 1, "given": "x"})
    assert apply_problems(ATTRIBUTES, planned, actual) == []


def test_a_resource_that_vanishes_in_its_apply_is_noticed() -> None:
    assert apply_problems(ATTRIBUTES, box(), None) != []


def test_the_proposed_value_keeps_what_the_provider_computed_also_inside_objects() -> None:
    prior = box(size=3, price="3.00", limits={"cpu": 1, "given": "x"})
    proposed = proposed_new(ATTRIBUTES, prior, box(limits={"cpu": 2, "given": None}))
    assert (proposed["size"], proposed["price"], proposed["limits"]) == (3, "3.00", {"cpu": 2, "given": "x"})
    assert proposed_new(ATTRIBUTES, prior, box())["limits"] is None
