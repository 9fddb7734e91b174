"""The comparison alone, on facts that no home ever had."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from provider.backend.port import DisputeStatus, OrderStatus
from provider.money import Money
from provider.platform.ledger import Entry, EntryKind, Posting
from provider.platform.payments.port import Intent, IntentStatus
from provider.platform.reconcile.compare import cash_of, compare
from provider.platform.reconcile.facts import Facts, OrderFact
from provider.platform.reconcile.finding import ORDER_TAKEN_UP
from tests.project.tree import ROOT

AT = datetime(2026, 1, 31, 9, tzinfo=UTC)
CENTS = st.sampled_from([Decimal("0.00"), Decimal("5.00"), Decimal("6.99")])
FINISHED: tuple[OrderStatus, ...] = ("active", "declined", "cancelled", "refunded")
STATUSES: tuple[IntentStatus, ...] = ("unconfirmed", "action_required", "succeeded", "declined", "cancelled")
DISPUTES: tuple[DisputeStatus | None, ...] = (None, "open", "won", "lost")


def entry(order_id: str, kind: EntryKind, amount: Decimal) -> Entry:
    cash = amount if kind == "charge" else -amount
    account = "revenue" if kind == "charge" else "refunds"
    postings = (Posting("cash", cash, "EUR"), Posting(account, -cash, "EUR"))  # type: ignore[arg-type]
    return Entry(f"jrn-{order_id}-{kind}", order_id, "ctr-1", kind, AT, postings)


@st.composite
def intents(draw: st.DrawFn, order_id: str, number: int) -> Intent:
    amount = draw(CENTS.filter(bool))
    status = draw(st.sampled_from(STATUSES))
    refunded = draw(st.sampled_from([Decimal("0.00"), amount])) if status == "succeeded" else Decimal("0.00")
    dispute = draw(st.sampled_from(DISPUTES)) if status == "succeeded" and not refunded else None
    return Intent(
        f"pay-{order_id}-{number}", order_id, Money(amount, "EUR"), Money(refunded, "EUR"), status, dispute=dispute
    )


@st.composite
def all_facts(draw: st.DrawFn) -> Facts:
    orders: list[OrderFact] = []
    entries: list[Entry] = []
    payments: list[Intent] = []
    kinds: tuple[EntryKind, ...] = ("charge", "refund")
    for number in range(draw(st.integers(0, 3))):
        order_id = f"ord-{number}"
        own = [draw(intents(order_id, i)) for i in range(draw(st.integers(0, 2)))]
        due = Money(draw(CENTS), "EUR")
        for kind in kinds:
            if draw(st.booleans()):
                entries.append(entry(order_id, kind, draw(st.sampled_from([due.amount, Decimal("5.00")]))))
        payments += own
        knows = draw(st.booleans())
        intent_id = own[0].id if own and knows else None
        orders.append(
            OrderFact(
                order_id, f"ctr-{number}", "web", draw(st.sampled_from(FINISHED)), due, intent_id, draw(st.booleans())
            )
        )
    if draw(st.booleans()):
        payments.append(draw(intents("ord-unknown", 0)))
    cash: dict[str, Decimal] = defaultdict(Decimal)
    for intent in payments:
        cash["EUR"] += intent.kept.amount
    cash["EUR"] += draw(st.sampled_from([Decimal("0.00"), Decimal("1.00")]))
    return Facts(tuple(orders), tuple(entries), (), tuple(payments), cash)


@given(all_facts())
def test_n9_whatever_happened_a_difference_of_cash_has_a_finding(facts: Facts) -> None:
    findings = compare(facts)
    if any(cash.ledger != cash.gateway for cash in cash_of(facts)):
        assert findings
    ledger: dict[str, Decimal] = defaultdict(Decimal)
    for recorded in facts.entries:
        ledger[recorded.order_id] += recorded.cash
    for order in facts.orders:
        kept = sum((intent.kept.amount for intent in facts.intents if intent.order_id == order.id), Decimal("0.00"))
        if ledger[order.id] != kept:
            assert any(finding.subject == order.id for finding in findings)


@given(all_facts())
def test_n1_no_repair_gives_back_what_an_active_order_was_paid_with(facts: Facts) -> None:
    own = {order.intent_id for order in facts.orders if order.status == "active"}
    for finding in compare(facts):
        assert getattr(finding.repair, "intent_id", None) not in own - {None}


def test_the_page_lists_every_finding_and_no_other() -> None:
    page = (ROOT / "docs" / "reconcile.md").read_text()
    listed = {code for row in re.findall(r"^\| (`[^|]*) \|", page, re.M) for code in re.findall(r"`([a-z-]+)`", row)}
    modules = ("compare.py", "machine.py", "outside.py", "reconcile.py")
    source = "".join((ROOT / "provider/platform/reconcile" / name).read_text() for name in modules)
    found = set(re.findall(r"(?:Finding\(|_finding\(\s*fact,)\s*\"([a-z-]+)\"", source)) | {ORDER_TAKEN_UP}
    assert listed == found
    assert compare(Facts()) == ()
