"""What several changes cost together, and day by day (P1-P3, P6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from provider.commerce.catalogue import load_catalogue
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import RESOURCE_TYPES, Contract, ResourceType
from provider.commerce.estimate import Estimate, by_day, estimate
from provider.commerce.policy import TERMS
from provider.commerce.proposal import Proposal, accept, is_free, propose

CATALOGUE = load_catalogue()
START = date(2026, 1, 31)
OFFERS = st.sampled_from([offer.id for offer in CATALOGUE.offers])
SYSTEMS = st.sampled_from([system.id for system in CATALOGUE.operating_systems])
ADDITIONS = st.dictionaries(st.sampled_from(RESOURCE_TYPES), st.integers(-1, 30).map(lambda n: n * 10), max_size=3)


def bought(offer: str = "vps-2", months: int = 1) -> Contract:
    outcome = estimate(CATALOGUE, None, [NewContract(offer, "debian-12", months)], START)
    assert isinstance(outcome, Estimate)
    return outcome.after


@given(OFFERS, OFFERS, SYSTEMS, ADDITIONS, st.sampled_from(TERMS), st.integers(0, 400))
def test_p3_an_estimate_is_the_sum_of_the_orders_that_it_would_be(
    held: str,
    offer: str,
    system: str,
    additions: dict[ResourceType, int],
    months: int,
    days: int,
) -> None:
    contract, day = bought(held, months), START + timedelta(days=days)
    changes: list[Change] = [
        SwitchSolution(offer, system),
        *(SetQuantity(kind, units) for kind, units in additions.items()),
    ]
    outcome = estimate(CATALOGUE, contract, changes, day)
    ordered, amounts, refused = contract, [], False
    for change in changes:
        if is_free(CATALOGUE, ordered, change):
            continue
        proposal = propose(CATALOGUE, ordered.id, ordered, change, day)
        if isinstance(proposal, Proposal):
            ordered = accept(ordered, proposal, at=datetime(2026, 1, 1, tzinfo=UTC), order_id="ord-1")
            amounts.append(proposal.amount)
        else:
            refused = True
    assert isinstance(outcome, Estimate) != refused
    if isinstance(outcome, Estimate):
        assert outcome.due_now == sum(amounts)
        assert outcome.monthly_price == sum(line.monthly_price for line in ordered.lines.values())


@given(OFFERS, OFFERS, st.sampled_from(TERMS))
def test_p3_a_later_day_never_costs_more_than_a_cent_a_line_above_an_earlier_one(
    held: str, offer: str, months: int
) -> None:
    switch = [SwitchSolution(offer, "debian-12")]
    falling = [amount for _, amount in by_day(CATALOGUE, bought(held, months), switch, START)]
    assert all(later <= earlier + Decimal("0.01") for earlier, later in pairwise(falling))


def test_p3_the_days_are_those_of_the_paid_time() -> None:
    contract = bought()
    days = [day for day, _ in by_day(CATALOGUE, contract, [SetQuantity("disk", 50)], START)]
    assert (days[0], days[-1], len(days)) == (START, contract.paid_until - timedelta(days=1), 28)


def test_every_change_that_is_refused_is_told_and_each_reason_once() -> None:
    late: list[Change] = [SwitchSolution("vps-4", "debian-12"), SetQuantity("disk", 50)]
    suspended = estimate(CATALOGUE, bought(), late, START + timedelta(days=30))
    assert isinstance(suspended, tuple)
    assert [refusal.rule for refusal in suspended] == ["L2"]
    new = estimate(CATALOGUE, None, (NewContract("vps-3", "debian-12", 1), SetQuantity("disk", 55)), START)
    assert isinstance(new, tuple)
    assert [refusal.rule for refusal in new] == ["S1", "S2"]


def test_p2_a_renewal_renews_what_was_improved_with_it() -> None:
    outcome = estimate(CATALOGUE, bought(), (SwitchSolution("vps-4", "debian-12"), Renew(3)), START)
    assert isinstance(outcome, Estimate)
    assert [proposal.amount for proposal in outcome.proposals] == [Decimal("7.00"), Decimal("41.97")]
