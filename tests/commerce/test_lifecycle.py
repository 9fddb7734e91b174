"""L1 and L2: the status of a contract at an instant, and what a plan reminds of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from provider.commerce.calendar import first_period
from provider.commerce.contract import Contract, Dispute
from provider.commerce.lifecycle import RenewalTerms, ends_on, reminder, status_at

CONTRACT = Contract("ctr-1", "EUR", 31, 1, (first_period(date(2026, 1, 31), 1),))


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (datetime(2026, 2, 27, 23, 59, 59, tzinfo=UTC), "active"),
        (datetime(2026, 2, 28, tzinfo=UTC), "suspended"),
        (datetime(2026, 3, 13, 23, 59, 59, tzinfo=UTC), "suspended"),
        (datetime(2026, 3, 14, tzinfo=UTC), "ended"),
    ],
)
def test_l2_a_contract_is_suspended_at_its_end_and_ends_after_the_grace(now: datetime, status: str) -> None:
    assert status_at(CONTRACT, now, 14) == status


def test_l8_a_disputed_contract_is_suspended_until_its_dispute_ends_it() -> None:
    now = datetime(2026, 2, 10, tzinfo=UTC)
    disputed = replace(CONTRACT, dispute=Dispute("ord-1", "pay_1", Decimal("6.99"), opened_on=now.date()))
    assert status_at(disputed, now, 14) == status_at(disputed, now.replace(year=2027), 14) == "suspended"
    lost = Dispute("ord-1", "pay_1", Decimal("6.99"), now.date(), lost_on=now.date(), ends_on=date(2026, 2, 24))
    assert status_at(replace(CONTRACT, dispute=lost), datetime(2026, 2, 23, 23, tzinfo=UTC), 14) == "suspended"
    assert status_at(replace(CONTRACT, dispute=lost), datetime(2026, 2, 24, tzinfo=UTC), 14) == "ended"


def test_l8_a_dispute_that_was_won_leaves_the_grace_to_renew() -> None:
    assert ends_on(replace(CONTRACT, undisputed_since=date(2026, 2, 10)), 14) == date(2026, 3, 14)
    assert ends_on(replace(CONTRACT, undisputed_since=date(2026, 4, 1)), 14) == date(2026, 4, 15)


def test_l2_without_grace_a_contract_ends_at_once() -> None:
    assert status_at(CONTRACT, datetime(2026, 2, 28, tzinfo=UTC), 0) == "ended"
    assert ends_on(CONTRACT, 0) == date(2026, 2, 28)


def remind(now: datetime, *, auto_renew: bool = False, problem: str | None = None) -> str | None:
    return reminder("web", CONTRACT, now, RenewalTerms(auto_renew, problem), grace_days=14)


def test_l1_a_plan_reminds_from_fourteen_days_before_the_end() -> None:
    assert remind(datetime(2026, 2, 13, 23, 59, tzinfo=UTC)) is None
    text = remind(datetime(2026, 2, 14, tzinfo=UTC))
    assert text is not None
    for words in ("web is paid until 2026-02-28, 14 days", "auto_renew = true", "deleted with its disk on 2026-03-14"):
        assert words in text
    assert "1 day from now" in (remind(datetime(2026, 2, 27, 23, tzinfo=UTC)) or "")


def test_l1_a_contract_that_renews_itself_needs_no_reminder() -> None:
    assert remind(datetime(2026, 2, 26, 23, 59, tzinfo=UTC), auto_renew=True) is None


def test_l1_a_renewal_that_is_due_and_was_not_made_is_warned_of() -> None:
    text = remind(datetime(2026, 2, 27, tzinfo=UTC), auto_renew=True)
    assert text is not None
    assert "qualit work" in text


def test_l1_what_keeps_a_contract_from_renewing_itself_is_warned_of_in_time() -> None:
    assert remind(datetime(2026, 2, 13, tzinfo=UTC), auto_renew=True, problem="The card was declined.") is None
    text = remind(datetime(2026, 2, 14, tzinfo=UTC), auto_renew=True, problem="The card was declined.")
    assert text is not None
    for words in ("will not renew itself. The card was declined.", "qualit renew web"):
        assert words in text


@pytest.mark.parametrize("auto_renew", [True, False])
def test_l2_a_suspended_contract_says_until_when_it_can_be_renewed(auto_renew: bool) -> None:
    text = remind(datetime(2026, 3, 1, tzinfo=UTC), auto_renew=auto_renew)
    assert text is not None
    assert "paid until 2026-02-28 and not renewed" in text
    assert "kept until 2026-03-14" in text


def test_l3_an_ended_contract_says_when_its_machine_was_deleted() -> None:
    assert "ended on 2026-03-14" in (remind(datetime(2026, 4, 1, tzinfo=UTC)) or "")
