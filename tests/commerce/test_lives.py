"""Whole lives: no sequence of allowed changes shrinks a server (N7, C2), and years of them cost what the rules say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from provider.commerce.catalogue import Catalogue, load_catalogue
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import CHARACTERISTIC, RESOURCE_TYPES, Contract
from provider.commerce.policy import TERMS
from provider.commerce.proposal import Proposal, accept, is_free, propose, with_operating_system
from tests.life import Life, Prices

CATALOGUE = load_catalogue()
OFFERS = st.sampled_from([*(offer.id for offer in CATALOGUE.offers), "vps-3"])
SYSTEMS = st.sampled_from([system.id for system in CATALOGUE.operating_systems])
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(SwitchSolution, OFFERS, SYSTEMS),
    st.builds(
        SetQuantity, st.sampled_from(RESOURCE_TYPES), st.integers(-1, 30).map(lambda n: n * 10) | st.integers(0, 5)
    ),
)
STEPS = st.lists(st.tuples(st.integers(0, 9), CHANGES), max_size=12)


def _changed(contract: Contract, change: Change, day: date) -> Contract:
    """The contract after a change, made by the way that the change takes; the same one where it is refused."""
    if is_free(CATALOGUE, contract, change):
        return with_operating_system(CATALOGUE, contract, change.os) if isinstance(change, SwitchSolution) else contract
    proposal = propose(CATALOGUE, contract.id, contract, change, day)
    if not isinstance(proposal, Proposal):
        assert proposal, "a change that is refused says why"
        return contract
    assert proposal.amount >= 0
    assert proposal.amount == sum(line.amount for line in proposal.lines)
    assert proposal.amount == 0 or proposal.amount >= CATALOGUE.smallest_payment
    return accept(contract, proposal, at=datetime.combine(day, time(12), tzinfo=UTC), order_id="ord-1")


@given(st.builds(NewContract, OFFERS.filter(lambda offer: offer != "vps-3"), SYSTEMS, st.sampled_from(TERMS)), STEPS)
def test_n7_nothing_that_is_contracted_ever_shrinks(new: NewContract, steps: list[tuple[int, Change]]) -> None:
    day = date(2026, 1, 31)
    proposal = propose(CATALOGUE, "ctr-1", None, new, day)
    assert isinstance(proposal, Proposal)
    contract = accept(None, proposal, at=datetime.combine(day, time(12), tzinfo=UTC), order_id="ord-0")
    for days, change in steps:
        day += timedelta(days=days)
        before, contract = contract, _changed(contract, change, day)
        for kind in CHARACTERISTIC:
            assert contract.quantity(kind) >= before.quantity(kind)
            total = CATALOGUE.characteristics(contract).of(kind)
            resource = CATALOGUE.additional_resource(kind)
            assert resource is not None
            assert CATALOGUE.characteristics(before).of(kind) <= total <= resource.server_maximum
        for key, line in before.lines.items():
            moved = contract.lines[key]
            assert all(new >= old for new, old in zip(moved.bases, line.bases, strict=True))
            assert moved.revision in {line.revision, line.revision + 1}
            assert moved.improvements[: len(line.improvements)] == line.improvements


LADDER = ("vps-1", "vps-2", "vps-4", "vps-8")
SUSE = "suse-enterprise-15"
YEARS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 13, 28, 45, 200]),
        st.booleans(),
        st.one_of(
            st.builds(Renew, st.sampled_from(TERMS)),
            st.builds(Renew, st.sampled_from(TERMS)),
            st.builds(SwitchSolution, st.sampled_from(LADDER), st.sampled_from(["debian-12", SUSE])),
            st.builds(SetQuantity, st.sampled_from(["disk"]), st.integers(1, 9).map(lambda n: n * 10)),
            st.builds(SetQuantity, st.sampled_from(["vcpu"]), st.integers(1, 4)),
        ),
    ),
    max_size=30,
)
LAST_DAY_OF_A_LEAP_YEAR = date(2028, 2, 29)


def _prices(catalogue: Catalogue) -> Prices:
    return Prices(
        {offer.id: int(offer.monthly_price * 100) for offer in catalogue.offers},
        {system.id: int(system.monthly_price * 100) for system in catalogue.operating_systems},
        {resource.type: int(resource.unit_price * 100) for resource in catalogue.additional_resources},
    )


DEARER = CATALOGUE.model_copy(
    update={
        "version": "dearer",
        "offers": tuple(
            offer.model_copy(update={"monthly_price": offer.monthly_price + Decimal("1.37")})
            for offer in CATALOGUE.offers
        ),
        "additional_resources": tuple(
            resource.model_copy(update={"unit_price": resource.unit_price + Decimal("0.03")})
            for resource in CATALOGUE.additional_resources
        ),
    }
)
PRICES = {each.version: _prices(each) for each in (CATALOGUE, DEARER)}


def _on_paper(life: Life, change: Change, day: date, prices: Prices) -> int:
    match change:
        case Renew(months):
            return life.renew(day, months, prices)
        case SwitchSolution(offer, os):
            return life.switch(day, offer, os, prices)
        case SetQuantity(type_, quantity):
            return life.add(day, type_, quantity, prices)
    raise AssertionError(f"{change} is no change of a life")


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.sampled_from(TERMS), YEARS)
@example(
    LAST_DAY_OF_A_LEAP_YEAR,
    12,
    [(200, True, Renew(12)), (200, False, SwitchSolution("vps-2", SUSE)), (200, True, Renew(1))],
)
@example(
    date(2027, 8, 31),
    6,
    [(28, False, Renew(12)), (28, True, SetQuantity("disk", 10)), (200, False, Renew(1)), (200, True, Renew(3))],
)
def test_p2_p3_p4_p6_years_of_periods_and_improvements_cost_what_they_cost_on_paper(
    day: date, months: int, years: list[tuple[int, bool, Change]]
) -> None:
    life = Life()
    proposal = propose(CATALOGUE, "ctr-1", None, NewContract("vps-1", "debian-12", months), day)
    assert isinstance(proposal, Proposal)
    paid, on_paper = proposal.amount, life.buy(day, months, "vps-1", "debian-12", PRICES[CATALOGUE.version])
    contract = accept(None, proposal, at=datetime.combine(day, time(12), tzinfo=UTC), order_id="ord-0")
    for number, (days, is_dearer, change) in enumerate(years, 1):
        catalogue = DEARER if is_dearer else CATALOGUE
        prices = PRICES[catalogue.version]
        day += timedelta(days=days)
        contract = _on(contract, day)
        if is_free(catalogue, contract, change):
            if isinstance(change, SwitchSolution):
                contract = with_operating_system(catalogue, contract, change.os)
                life.free_system(change.os, prices)
            continue
        priced = propose(catalogue, contract.id, contract, change, day)
        if isinstance(priced, Proposal):
            at = datetime.combine(day, time(12), tzinfo=UTC)
            contract = accept(contract, priced, at=at, order_id=f"ord-{number}")
            on_paper += _on_paper(life, change, day, prices)
            paid += priced.amount
        assert paid * 100 == on_paper, (number, change)
        assert contract.credit * 100 == life.credit
        assert contract.paid_until == life.paid_until
        assert len([period for period in contract.periods if period.start > day]) <= 1


def _on(contract: Contract, day: date) -> Contract:
    """The contract on a later day: without the periods that are over, but with the last one (L2)."""
    keep = [n for n, period in enumerate(contract.periods) if period.end > day] or [len(contract.periods) - 1]
    return replace(
        contract,
        periods=tuple(contract.periods[n] for n in keep),
        lines={key: replace(line, bases=tuple(line.bases[n] for n in keep)) for key, line in contract.lines.items()},
    )
