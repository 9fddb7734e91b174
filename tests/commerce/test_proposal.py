"""A proposal: its id, its storage, and what accepting it makes of a contract (P5, N6, N7)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from provider.commerce.calendar import next_period
from provider.commerce.catalogue import Catalogue, load_catalogue
from provider.commerce.change import (
    Change,
    NewContract,
    SetQuantity,
    SwitchSolution,
    change_from_json,
    change_to_json,
    describe,
)
from provider.commerce.contract import Contract
from provider.commerce.proposal import (
    ChargeLine,
    Proposal,
    accept,
    is_free,
    proposal_from_json,
    proposal_to_json,
    propose,
    with_operating_system,
)

NEW = NewContract("vps-2", "debian-12", 1)
START = datetime(2026, 1, 31, 9, tzinfo=UTC)
LATER = datetime(2026, 2, 14, 9, tzinfo=UTC)
CHANGES: tuple[Change, ...] = (NEW, SwitchSolution("vps-4", "debian-12"), SetQuantity("disk", 50))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def proposed(catalogue: Catalogue, contract: Contract | None, change: Change, day: date) -> Proposal:
    proposal = propose(catalogue, "ctr-1", contract, change, day)
    assert isinstance(proposal, Proposal)
    return proposal


@pytest.fixture
def contract(catalogue: Catalogue) -> Contract:
    return accept(None, proposed(catalogue, None, NEW, START.date()), at=START, order_id="ord-1")


def test_p5_the_same_plan_has_the_same_quote_id(catalogue: Catalogue) -> None:
    proposal = proposed(catalogue, None, NEW, START.date())
    assert proposal.quote_id == proposed(load_catalogue(), None, NEW, START.date()).quote_id
    assert proposal.quote_id == "quo-a97ed909987d55d6"


def test_p5_the_day_and_the_catalogue_are_no_part_of_a_quote_id(catalogue: Catalogue) -> None:
    proposal = proposed(catalogue, None, NEW, START.date())
    assert replace(proposal, day=LATER.date(), catalogue_fingerprint="other").quote_id == proposal.quote_id


@pytest.mark.parametrize(
    "other",
    [
        {"contract_id": "ctr-2"},
        {"line": "disk"},
        {"revision": 1},
        {"change": NewContract("vps-2", "debian-12", 3)},
        {"change": NewContract("vps-2", "ubuntu-24.04", 1)},
        {"periods": "1:3"},
        {"amount": Decimal("7.00")},
        {"currency": "CHF"},
        {"lines": (ChargeLine("vps-2, 1 month at 6.99", Decimal("6.98")),)},
        {"lines": (ChargeLine("vps-4, 1 month at 6.99", Decimal("6.99")),)},
    ],
    ids=str,
)
def test_p5_a_quote_id_tells_apart_what_is_wanted_and_what_it_costs(
    catalogue: Catalogue, other: dict[str, Any]
) -> None:
    proposal = proposed(catalogue, None, NEW, START.date())
    assert replace(proposal, **other).quote_id != proposal.quote_id


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_stored_proposal_is_the_same_proposal(catalogue: Catalogue, contract: Contract, change: Change) -> None:
    held = None if isinstance(change, NewContract) else contract
    proposal = proposed(catalogue, held, change, LATER.date())
    stored = proposal_from_json(json.loads(json.dumps(proposal_to_json(proposal))))
    assert stored == proposal
    assert stored.quote_id == proposal.quote_id


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_stored_change_is_the_same_change(change: Change) -> None:
    assert change_from_json(json.loads(json.dumps(change_to_json(change)))) == change


def test_a_stored_change_of_a_newer_version_is_refused() -> None:
    with pytest.raises(ValueError, match="lease"):
        change_from_json({"kind": "lease"})


def test_a_new_contract_starts_on_the_utc_day_of_its_delivery(catalogue: Catalogue) -> None:
    proposal = proposed(catalogue, None, NEW, date(2026, 1, 30))
    late = datetime(2026, 1, 30, 23, 30, tzinfo=timezone(-timedelta(hours=2)))
    contract = accept(None, proposal, at=late, order_id="ord-1")
    assert contract.periods[0].start == date(2026, 1, 31)
    assert (contract.paid_until, contract.anchor_day, contract.term_months) == (date(2026, 2, 28), 31, 1)
    assert contract.revision("solution") == 1
    assert contract.solution.bases == (Decimal("6.99"),)


def test_accepting_moves_one_line_and_no_other(catalogue: Catalogue, contract: Contract) -> None:
    addition = proposed(catalogue, contract, SetQuantity("disk", 50), LATER.date())
    with_disk = accept(contract, addition, at=LATER, order_id="ord-2")
    switch = proposed(catalogue, contract, SwitchSolution("vps-4", "debian-12"), LATER.date())
    both = accept(with_disk, switch, at=LATER, order_id="ord-3")
    assert with_disk.solution is contract.solution
    assert both.lines["disk"] is with_disk.lines["disk"]
    assert (both.revision("solution"), both.revision("disk"), both.revision("ipv4")) == (2, 1, 0)
    assert contract.lines.keys() == {"solution"}


def test_c3_an_improvement_is_remembered_and_a_first_purchase_is_none(catalogue: Catalogue, contract: Contract) -> None:
    for quantity in (50, 80):
        addition = proposed(catalogue, contract, SetQuantity("disk", quantity), LATER.date())
        contract = accept(contract, addition, at=LATER, order_id=f"ord-{quantity}")
    switch = proposed(catalogue, contract, SwitchSolution("vps-4", "suse-enterprise-15"), LATER.date())
    contract = accept(contract, switch, at=LATER, order_id="ord-3")
    assert [(i.at, i.before, i.after, i.order_id) for i in contract.lines["disk"].improvements] == [
        (LATER, "50", "80", "ord-80")
    ]
    assert [(i.before, i.after) for i in contract.solution.improvements] == [("vps-2", "vps-4")]


def test_n6_a_proposal_for_a_line_that_moved_is_not_accepted(catalogue: Catalogue, contract: Contract) -> None:
    first = proposed(catalogue, contract, SetQuantity("disk", 50), LATER.date())
    second = proposed(catalogue, contract, SetQuantity("disk", 60), LATER.date())
    moved = accept(contract, first, at=LATER, order_id="ord-2")
    with pytest.raises(ValueError, match="revision 1, not 0"):
        accept(moved, second, at=LATER, order_id="ord-3")


def test_a_free_change_is_no_proposal(catalogue: Catalogue, contract: Contract) -> None:
    change = SwitchSolution("vps-2", "ubuntu-24.04")
    assert is_free(catalogue, contract, change)
    with pytest.raises(ValueError, match="free change"):
        propose(catalogue, "ctr-1", contract, change, LATER.date())


def test_nothing_of_a_resource_is_not_free_but_refused(catalogue: Catalogue, contract: Contract) -> None:
    assert not is_free(catalogue, contract, SetQuantity("disk", 0))
    assert not isinstance(propose(catalogue, "ctr-1", contract, SetQuantity("disk", 0), LATER.date()), Proposal)


def test_c7_a_free_change_of_the_system_moves_neither_revision_nor_basis(catalogue: Catalogue) -> None:
    new = proposed(catalogue, None, NewContract("vps-2", "suse-enterprise-15", 1), START.date())
    contract = accept(None, new, at=START, order_id="ord-1")
    free = with_operating_system(catalogue, contract, "debian-12")
    assert (free.solution.os, free.solution.monthly_price) == ("debian-12", Decimal("6.99"))
    assert (free.solution.revision, free.solution.bases) == (1, contract.solution.bases)


def test_c7_a_free_system_for_another_keeps_the_price_that_was_bought(catalogue: Catalogue, contract: Contract) -> None:
    prices = {offer.id: "1.00" for offer in catalogue.offers}
    offers = [{**offer.model_dump(), "monthly_price": prices[offer.id]} for offer in catalogue.offers]
    cheaper = Catalogue.model_validate({**catalogue.model_dump(), "offers": offers})
    assert with_operating_system(cheaper, contract, "freebsd-14").solution.monthly_price == Decimal("6.99")


def test_a_proposal_names_the_periods_that_it_was_computed_for(catalogue: Catalogue, contract: Contract) -> None:
    period = next_period(contract.periods[0], 3, contract.anchor_day)
    solution = replace(contract.solution, bases=(*contract.solution.bases, Decimal("7.99")))
    renewed = replace(contract, periods=(*contract.periods, period), lines={"solution": solution})
    both = proposed(catalogue, renewed, SwitchSolution("vps-4", "debian-12"), LATER.date())
    second = proposed(catalogue, renewed, SwitchSolution("vps-4", "debian-12"), date(2026, 2, 28))
    assert (both.periods, second.periods) == ("1:1,2:3", "2:3")
    assert both.amount == Decimal("3.50") + 3 * Decimal("6.00")
    assert second.amount == 3 * Decimal("6.00")


def test_a_period_that_ended_before_the_delivery_leaves_the_next_ones_basis(
    catalogue: Catalogue, contract: Contract
) -> None:
    period = next_period(contract.periods[0], 1, contract.anchor_day)
    solution = replace(contract.solution, bases=(*contract.solution.bases, Decimal("20.00")))
    renewed = replace(contract, periods=(*contract.periods, period), lines={"solution": solution})
    proposal = proposed(catalogue, renewed, SwitchSolution("vps-4", "debian-12"), LATER.date())
    over = replace(renewed, periods=(period,), lines={"solution": replace(solution, bases=(Decimal("20.00"),))})
    assert accept(over, proposal, at=LATER, order_id="ord-2").solution.bases == (Decimal("20.00"),)


def test_the_characteristics_of_a_contract_are_in_total(catalogue: Catalogue, contract: Contract) -> None:
    addition = proposed(catalogue, contract, SetQuantity("disk", 50), LATER.date())
    total = catalogue.characteristics(accept(contract, addition, at=LATER, order_id="ord-2"))
    assert (total.vcpus, total.disk_gib) == (2, 90)
    with pytest.raises(LookupError, match="vps-2"):
        catalogue.model_copy(update={"offers": catalogue.offers[2:]}).characteristics(contract)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (NEW, "vps-2 with debian-12 for 1 month"),
        (SwitchSolution("vps-4", "debian-12"), "vps-2 to vps-4"),
        (SwitchSolution("vps-2", "suse-enterprise-15"), "debian-12 to suse-enterprise-15"),
        (SetQuantity("disk", 50), "disk: 0 to 50"),
    ],
    ids=str,
)
def test_a_change_is_described_with_what_it_starts_from(contract: Contract, change: Change, words: str) -> None:
    assert words in describe(change, None if isinstance(change, NewContract) else contract)
