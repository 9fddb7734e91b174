"""The questions that a catalogue alone answers: each held against another way to the same answer."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provider.commerce import policy
from provider.commerce.catalogue import AdditionalResource, Catalogue, Characteristics, Offer, load_catalogue
from provider.commerce.change import Change, NewContract, SetQuantity, SwitchSolution
from provider.commerce.contract import CHARACTERISTIC, RESOURCE_TYPES, Contract, ResourceType
from provider.commerce.estimate import Estimate, estimate
from provider.commerce.sizing import Found, Solution, cheapest_offer, is_improvement, monthly_price

CATALOGUE = load_catalogue()
TODAY = date(2026, 1, 31)
SMALL = st.integers(1, 6)
PRICES = st.integers(0, 500).map(lambda cents: Decimal(cents) / 100)
KINDS: tuple[ResourceType, ...] = ("vcpu", "memory", "disk")
SIZES = st.fixed_dictionaries(dict.fromkeys(CHARACTERISTIC.values(), SMALL))
OFFERS = st.lists(st.tuples(SIZES, PRICES, st.booleans()), min_size=1, max_size=4)


@st.composite
def additional_resources(draw: st.DrawFn, kind: ResourceType) -> AdditionalResource:
    step = draw(st.integers(1, 3))
    least = draw(st.integers(1, 3))
    most = draw(st.integers(least, 5))
    return AdditionalResource(
        type=kind,
        unit="unit",
        unit_price=draw(PRICES),
        minimum=least * step,
        maximum=most * step,
        step=step,
        server_maximum=draw(st.integers(max(most * step, 6), 20)),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """A small catalogue in which everything can be tried out; additions of some types, or of none."""
    offers = [
        Offer(id=f"offer-{number}", characteristics=Characteristics(**sizes), monthly_price=price, retired=retired)
        for number, (sizes, price, retired) in enumerate(draw(OFFERS))
    ]
    sold = draw(st.sets(st.sampled_from(KINDS)))
    return CATALOGUE.model_copy(
        update={
            "offers": tuple(offers),
            "additional_resources": tuple(draw(additional_resources(kind)) for kind in KINDS if kind in sold),
        }
    )


NEEDS = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 12))


def every_way(catalogue: Catalogue, needs: dict[ResourceType, int]) -> list[Decimal]:
    """What each solution costs that can be ordered and meets the needs, found by trying them all."""
    types = [resource.type for resource in catalogue.additional_resources]
    found = []
    for offer in catalogue.offers:
        for units in itertools.product(range(16), repeat=len(types)):
            quantities = {kind: held for kind, held in zip(types, units, strict=True) if held}
            changes: list[Change] = [
                NewContract(offer.id, "debian-12", 1),
                *(SetQuantity(kind, held) for kind, held in quantities.items()),
            ]
            if any(policy.quantity(catalogue, kind, held) for kind, held in quantities.items()):
                continue
            if any(offer.characteristics.of(kind) + quantities.get(kind, 0) < needed for kind, needed in needs.items()):
                continue
            outcome = estimate(catalogue, None, changes, TODAY)
            if isinstance(outcome, Estimate):
                found.append(outcome.monthly_price)
    return found


@given(catalogues(), NEEDS)
def test_s2_no_other_way_to_meet_the_needs_is_cheaper(catalogue: Catalogue, needs: dict[ResourceType, int]) -> None:
    ways = every_way(catalogue, needs)
    found = cheapest_offer(catalogue, needs)
    assert isinstance(found, Found) == bool(ways)
    if isinstance(found, Found):
        assert found.monthly_price == min(ways)
        assert all(found.characteristics.of(kind) >= needed for kind, needed in needs.items())
        changes: list[Change] = [
            NewContract(found.solution.offer, "debian-12", 1),
            *(SetQuantity(kind, units) for kind, units in found.solution.quantities.items()),
        ]
        ordered = estimate(catalogue, None, changes, TODAY)
        assert isinstance(ordered, Estimate), "what is found can be ordered"
        assert ordered.monthly_price == found.monthly_price == monthly_price(catalogue, found.solution)


@given(
    st.sampled_from([offer.id for offer in CATALOGUE.offers]),
    st.sampled_from([system.id for system in CATALOGUE.operating_systems]),
    st.dictionaries(st.sampled_from(RESOURCE_TYPES), st.integers(0, 30).map(lambda n: n * 10)),
)
def test_p1_the_monthly_price_is_the_one_that_a_plan_says(
    offer: str, system: str, quantities: dict[ResourceType, int]
) -> None:
    additions = [SetQuantity(kind, units) for kind, units in quantities.items()]
    planned = estimate(CATALOGUE, None, [NewContract(offer, system, 1), *additions], TODAY)
    price = monthly_price(CATALOGUE, Solution(offer, system, quantities))
    assert price == planned.monthly_price if isinstance(planned, Estimate) else isinstance(price, tuple)


@given(catalogues(), st.data())
def test_c2_an_improvement_is_what_the_policy_does_not_refuse(catalogue: Catalogue, data: st.DataObject) -> None:
    sold = [offer.id for offer in catalogue.offers if not offer.retired]
    assume(sold)
    held, wanted = data.draw(st.sampled_from(sold)), data.draw(st.sampled_from(sold))
    quantities = data.draw(st.dictionaries(st.sampled_from(KINDS), SMALL))
    more = data.draw(st.dictionaries(st.sampled_from(KINDS), SMALL))
    before, after = Solution(held, None, quantities), Solution(wanted, None, more)
    contract = _contract(catalogue, held)
    switch = policy.change(catalogue, contract, SwitchSolution(wanted, "debian-12"), TODAY)
    refused = any(refusal.rule == "C2" for refusal in switch)
    shrinks = any(units < quantities.get(kind, 0) for kind, units in more.items())
    assert is_improvement(catalogue, before, after) == (not refused and not shrinks)


def _contract(catalogue: Catalogue, offer: str) -> Contract:
    outcome = estimate(catalogue, None, [NewContract(offer, "debian-12", 1)], TODAY)
    assert isinstance(outcome, Estimate)
    return outcome.after


def test_an_example_by_hand() -> None:
    found = cheapest_offer(CATALOGUE, {"vcpu": 3, "memory": 6})
    assert isinstance(found, Found)
    # vps-2 with 1 vCPU (2.00) and 2 GiB of memory (3.00) is 11.99; vps-4, which needs nothing more, 13.99.
    assert (found.solution.offer, found.solution.quantities) == ("vps-2", {"vcpu": 1, "memory": 2})
    assert found.monthly_price == Decimal("11.99")


def test_s3_the_system_is_part_of_the_price() -> None:
    found = cheapest_offer(CATALOGUE, {}, "suse-enterprise-15")
    assert isinstance(found, Found)
    assert (found.solution, found.monthly_price) == (Solution("vps-1", "suse-enterprise-15", {}), Decimal("12.99"))


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        ({"vcpu": 17}, "17 vCPUs, where one server has at most 16"),
        ({"ipv4": 5, "vcpu": 2}, "5 IPv4 addresses, where one server has at most 4"),
    ],
)
def test_s2_needs_beyond_one_server_are_refused_with_the_most_there_is(
    needs: dict[ResourceType, int], words: str
) -> None:
    outcome = cheapest_offer(CATALOGUE, needs)
    assert isinstance(outcome, tuple)
    assert words in outcome[0].detail


def test_p8_a_retired_offer_is_never_proposed_but_has_a_price() -> None:
    cheapest = CATALOGUE.offers[0].model_copy(update={"retired": True})
    catalogue = CATALOGUE.model_copy(update={"offers": (cheapest, *CATALOGUE.offers[1:])})
    found = cheapest_offer(catalogue, {})
    assert isinstance(found, Found)
    assert found.solution.offer == "vps-2"
    assert monthly_price(catalogue, Solution("vps-1", None, {})) == Decimal("3.99")


def test_p8_a_catalogue_in_which_nothing_is_sold_any_more_says_so() -> None:
    retired = tuple(offer.model_copy(update={"retired": True}) for offer in CATALOGUE.offers)
    outcome = cheapest_offer(CATALOGUE.model_copy(update={"offers": retired}), {})
    assert isinstance(outcome, tuple)
    assert (outcome[0].rule, outcome[0].summary) == ("P8", "No offer is sold")
