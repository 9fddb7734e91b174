"""N7 and C2 over whole lives: no sequence of allowed changes shrinks anything that is contracted on a server."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from provider.commerce.catalogue import load_catalogue
from provider.commerce.change import Change, NewContract, SetQuantity, SwitchSolution
from provider.commerce.contract import CHARACTERISTIC, RESOURCE_TYPES, Contract
from provider.commerce.policy import TERMS
from provider.commerce.proposal import Proposal, accept, is_free, propose, with_operating_system

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
