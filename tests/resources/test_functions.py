"""The provider's functions, as a host calls them: without a configuration, of values of any type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.backend.port import Backend
from provider.commerce.catalogue import DEFAULT_CATALOGUE
from provider.configuration import Configuration
from provider.resources.model import UNKNOWN
from provider.resources.registry import DATA_SOURCES, FUNCTIONS, MANAGED, PROVIDER_SCHEMA
from provider.terraform.cty import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    CtyType,
    ListType,
    ObjectType,
    Typed,
    decode_msgpack,
    encode_msgpack,
    parse_type,
)
from provider.terraform.protocol import tf6
from provider.terraform.server import Server
from tests.terraform.host import Host, hosting


def never(_configuration: Configuration) -> Backend:
    raise AssertionError("a function looks nothing up")


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A provider that nobody configured."""
    server = Server(PROVIDER_SCHEMA, MANAGED, DATA_SOURCES, never, FUNCTIONS)
    with hosting(server, tmp_path_factory.mktemp("functions")) as made:
        yield made


@pytest.fixture(scope="module")
def sold() -> dict[str, Any]:
    """A catalogue file as ``yamldecode`` gives it."""
    content = yaml.safe_load(DEFAULT_CATALOGUE.read_text(encoding="utf-8"))
    exact: dict[str, Any] = json.loads(json.dumps(content), parse_float=Decimal)
    return exact


def typed(value: Any) -> Typed:
    """A value as the wire has it where any type may be."""
    return Typed(_type_of(value), value)


def _type_of(value: Any) -> CtyType:
    match value:
        case dict():
            return ObjectType({name: _type_of(part) for name, part in value.items()})
        case list():
            kinds = {repr(_type_of(part)): _type_of(part) for part in value}
            return ListType(next(iter(kinds.values()))) if len(kinds) == 1 else _tuple_of(value)
        case bool():
            return BOOL
        case int() | Decimal():
            return NUMBER
        case str():
            return STRING
    return DYNAMIC


def _tuple_of(value: list[Any]) -> CtyType:
    from provider.terraform.cty import TupleType

    return TupleType(tuple(_type_of(part) for part in value))


def ask(calls: Host, name: str, *arguments: Any) -> Any:
    """The answer of a call: its result, or its error."""
    answer = calls.call("CallFunction", name=name, arguments=[_wire(argument) for argument in arguments])
    if answer.HasField("error"):
        return answer.error
    described = calls.call("GetFunctions").functions[name]
    return decode_msgpack(answer.result.msgpack, parse_type(getattr(described, "return").type))


def _wire(argument: Any) -> Any:
    value = argument if argument is None or argument is UNKNOWN else typed(argument)
    return tf6.DynamicValue(msgpack=encode_msgpack(value, DYNAMIC))


def test_every_function_is_described_with_its_parameters(calls: Host) -> None:
    functions = calls.call("GetFunctions").functions
    assert functions == calls.call("GetProviderSchema").functions
    assert {each.name for each in calls.call("GetMetadata").functions} == set(functions)
    assert set(functions) == {"monthly_price", "is_improvement", "cheapest_offer"}
    assert [each.name for each in functions["cheapest_offer"].parameters] == ["catalogue", "needs"]
    for function in functions.values():
        assert function.summary
        assert function.description
        assert all(each.description and not each.allow_null_value for each in function.parameters)


def test_p1_a_months_price_is_a_text_of_two_decimals(calls: Host, sold: dict[str, Any]) -> None:
    wanted = {"offer": "vps-2", "os": "suse-enterprise-15", "additional_resources": {"disk": 50, "vcpu": 0}}
    assert ask(calls, "monthly_price", sold, wanted) == "20.99"
    assert ask(calls, "monthly_price", sold, "vps-2") == "6.99"


def test_c2_improvements_take_an_offer_or_an_object(calls: Host, sold: dict[str, Any]) -> None:
    assert ask(calls, "is_improvement", sold, "vps-2", "vps-4") is True
    assert ask(calls, "is_improvement", sold, "vps-2", "vps-2") is True
    assert ask(calls, "is_improvement", sold, {"offer": "mem-2"}, {"offer": "vps-4"}) is False
    held = {"offer": "vps-2", "additional_resources": {"disk": 50}}
    assert ask(calls, "is_improvement", sold, held, "vps-4") is True
    assert ask(calls, "is_improvement", sold, held, {**held, "additional_resources": {"disk": 40}}) is False


def test_the_cheapest_offer_comes_with_what_it_lacks(calls: Host, sold: dict[str, Any]) -> None:
    found = ask(calls, "cheapest_offer", sold, {"vcpus": 3, "memory_gib": Decimal("5.5")})
    assert (found["offer"], found["additional_resources"]) == ("vps-2", {"memory": 2, "vcpu": 1})
    assert (found["monthly_price"], found["currency"], found["os"]) == ("11.99", "EUR", None)
    assert found["characteristics"]["memory_gib"] == 6
    assert ask(calls, "monthly_price", sold, found) == found["monthly_price"]


def test_what_is_not_known_yet_makes_the_result_unknown(calls: Host, sold: dict[str, Any]) -> None:
    assert ask(calls, "monthly_price", UNKNOWN, "vps-2") is UNKNOWN
    assert ask(calls, "monthly_price", sold, {"offer": UNKNOWN}) is UNKNOWN
    assert ask(calls, "cheapest_offer", sold, {"vcpus": UNKNOWN}) is UNKNOWN


def test_a_planned_server_has_a_price_although_some_of_it_is_not_known(calls: Host, sold: dict[str, Any]) -> None:
    assert ask(calls, "monthly_price", sold, {"offer": "vps-2", "status": UNKNOWN}) == "6.99"


@pytest.mark.parametrize(
    ("name", "wanted", "words"),
    [
        ("cheapest_offer", {"vcpu": 3}, "There is no vcpu: did you mean vcpus? It takes vcpus, memory_gib"),
        ("cheapest_offer", {"vcpus": -1}, "vcpus takes a number of 0 or more, not -1"),
        ("cheapest_offer", {"vcpus": Decimal("Infinity")}, "vcpus takes a number of 0 or more, not Infinity"),
        ("cheapest_offer", {"vcpus": "3"}, 'vcpus takes a number of 0 or more, not "3"'),
        ("cheapest_offer", {"vcpus": 40}, "40 vCPUs, where one server has at most 16"),
        ("cheapest_offer", {"os": "windows-11"}, "Unknown operating system (rule S3)"),
        ("cheapest_offer", "vps-2", "It takes an object, such as { vcpus = 3, memory_gib = 6 }, not a text"),
        ("monthly_price", {"offer": "vps-3"}, "Unknown offer (rule S1)"),
        ("monthly_price", {"os": "debian-12"}, "offer is missing"),
        ("monthly_price", {"offer": 2}, "offer takes a text, not a number"),
        ("monthly_price", {"offer": "vps-2", "additions": {}}, "There is no additions: did you mean additional_"),
        ("monthly_price", {"offer": "vps-2", "additional_resources": {"disk": 55}}, "Quantity off the step (rule S2)"),
        ("monthly_price", {"offer": "vps-2", "additional_resources": {"gpu": 1}}, "additional_resources has no gpu"),
        ("monthly_price", {"offer": "vps-2", "additional_resources": {"disk": Decimal("1.5")}}, "a whole number"),
        ("monthly_price", {"offer": "vps-2", "additional_resources": 50}, "quantities by type"),
        ("monthly_price", None, "It takes an offer"),
        ("monthly_price", ["vps-2"], "not a list"),
    ],
)
def test_an_argument_that_cannot_be_used_is_pointed_at(
    calls: Host, sold: dict[str, Any], name: str, wanted: Any, words: str
) -> None:
    error = ask(calls, name, sold, wanted)
    assert words in error.text
    assert error.function_argument == 1
    assert not error.text.endswith("."), "the host ends the sentence"


@pytest.mark.parametrize(
    ("catalogue", "words"),
    [
        ([], "It takes the data source `qualit_catalogue` as a whole, not a list"),
        ({"offers": []}, "version is missing"),
        ({"currency": 1}, "this is no catalogue"),
    ],
)
def test_a_catalogue_that_is_none_is_pointed_at(calls: Host, catalogue: Any, words: str) -> None:
    error = ask(calls, "monthly_price", catalogue, "vps-2")
    assert words in error.text
    assert error.HasField("function_argument")
    assert error.function_argument == 0


def test_c2_the_offer_that_is_unknown_is_the_one_that_is_pointed_at(calls: Host, sold: dict[str, Any]) -> None:
    assert ask(calls, "is_improvement", sold, "vps-3", "vps-4").function_argument == 1
    assert ask(calls, "is_improvement", sold, "vps-4", "vps-3").function_argument == 2


def test_n8_a_card_number_is_not_repeated_and_its_source_not_pointed_at(calls: Host, sold: dict[str, Any]) -> None:
    error = ask(calls, "monthly_price", sold, {"offer": "4242 4242 4242 4242"})
    assert "(rule N8)" in error.text
    assert "4242" not in error.text
    assert not error.HasField("function_argument")
    catalogue = ask(calls, "monthly_price", {**sold, "contact": "4242 4242 4242 4242"}, "vps-2")
    assert ("(rule N8)" in catalogue.text, "4242" in catalogue.text) == (True, False)


def test_a_function_that_there_is_not_is_told_with_those_that_there_are(calls: Host) -> None:
    error = calls.call("CallFunction", name="sum").error
    assert 'no function "sum"; it has monthly_price, is_improvement, cheapest_offer' in error.text


def test_the_data_source_is_a_catalogue_that_the_functions_take(host: Host, calls: Host) -> None:
    sold = host.look_up("qualit_catalogue")
    assert ask(calls, "monthly_price", sold, "vps-2") == "6.99"


def test_c2_a_server_that_was_looked_up_is_what_it_has(host: Host, calls: Host, sold: dict[str, Any]) -> None:
    created = host.create("qualit_vps", name="web", offer="vps-2")
    assert created.values is not None
    host.create("qualit_resource", vps_id=created.values["id"], type="disk", quantity=50)
    web = host.look_up("qualit_vps", name="web")
    assert ask(calls, "monthly_price", sold, web) == web["monthly_price"] == "11.99"
    assert ask(calls, "is_improvement", sold, web, "vps-4") is True
    assert ask(calls, "is_improvement", sold, web, {"offer": "vps-4", "additional_resources": {"disk": 40}}) is False


def test_a_catalogue_file_is_one_too(calls: Host, sold: dict[str, Any], tmp_path: Path) -> None:
    dearer = {**sold, "offers": [{**offer, "monthly_price": Decimal("99.50")} for offer in sold["offers"]]}
    assert ask(calls, "monthly_price", dearer, "vps-2") == "99.50"
