"""The comparison: facts in, findings out. Pure; docs/reconcile.md lists what it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from provider.backend.port import UNPAID
from provider.money import Money
from provider.platform.ledger import Entry
from provider.platform.payments.port import Intent
from provider.platform.reconcile.facts import Facts, OrderFact, by_order
from provider.platform.reconcile.finding import (
    CancelPayment,
    Cash,
    Finding,
    GiveBack,
    GiveSurplusBack,
    WriteReceipt,
)
from provider.platform.reconcile.machine import of_machine
from provider.platform.reconcile.outside import from_outside, pays
from provider.platform.records.orders import NOTHING_BOUGHT

NOTHING = Decimal("0.00")
UNCHARGED = frozenset({"unconfirmed", "action_required"})
TELL = "Tell the team, with the output of `qualit ledger` and `qualit payments`"


def compare(facts: Facts) -> tuple[Finding, ...]:
    """Everything that does not agree, payments first."""
    return tuple(_findings(facts))


def cash_of(facts: Facts) -> tuple[Cash, ...]:
    """The ledger's cash beside the gateway's, by currency."""
    gateway = facts.cash or {}
    ledger: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for entry in facts.entries:
        for posting in entry.postings:
            if posting.account == "cash":
                ledger[posting.currency] += posting.amount
    return tuple(Cash(name, ledger[name], gateway.get(name, NOTHING)) for name in sorted({*ledger, *gateway}))


def _findings(facts: Facts) -> Iterator[Finding]:
    intents = by_order(facts.intents)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in facts.entries:
        entries[entry.order_id].append(entry)
    for order in facts.orders:
        yield from _of_order(order, intents.get(order.id, []), entries.get(order.id, []))
    known = {order.id for order in facts.orders}
    for order_id, payments in intents.items():
        if order_id not in known:
            yield from map(_unknown_order, payments)
    yield from _journal(facts, known)
    yield from _receipts(facts)
    yield from _cash(facts)
    for fact in facts.machines:
        yield from of_machine(fact, forgets=facts.forgets_machines)
    if facts.unreachable:
        yield Finding(
            "machines-not-compared",
            "host",
            f"{len(facts.machines)} machines were compared and not the others: a host does not answer for them.",
            facts.unreachable,
        )


# -- orders, their payments and their entries ------------------------------------------------------------------
def _of_order(order: OrderFact, intents: list[Intent], entries: list[Entry]) -> Iterator[Finding]:
    own = next((intent for intent in intents if intent.id == order.intent_id), None)
    others = [intent for intent in intents if intent is not own]
    afterwards = list(from_outside(order, own, intents, entries))
    yield from afterwards
    if order.status in NOTHING_BOUGHT:
        found = list(_nothing_bought(order, intents, entries))
    elif order.status in UNPAID:
        # Before its payment is recorded, the payment that the same key gives again is its own.
        found = list(_surplus(order, own, others)) if order.intent_id else []
        if entries:
            found.append(_unpaid_with_entries(order, entries))
    else:
        found = [*_bought(order, own, entries), *_surplus(order, own, others)]
    yield from found
    # A second charge that is disputed belongs to nobody until the bank decides.
    explained = bool(found) or any(f.repair for f in afterwards) or any(i.dispute == "open" for i in others)
    if not explained and order.status not in UNPAID and order.status != "refunding":
        yield from _difference(order, intents, entries)


def _nothing_bought(order: OrderFact, intents: list[Intent], entries: list[Entry]) -> Iterator[Finding]:
    """Declined, cancelled or refunded: nothing may be charged, and what was goes back in full (N2, N3)."""
    recorded = {entry.kind for entry in entries} >= {"charge", "refund"}
    for number, intent in enumerate(intent for intent in intents if intent.status == "succeeded"):
        first = number == 0
        if intent.dispute == "open" or (not intent.kept and (recorded or not first)):
            continue
        yield Finding(
            "payment-of-nothing",
            order.id,
            f"{intent.amount} were charged by the payment {intent.id}, and the order of {order.name} is "
            f"{order.status}: {intent.kept} of it were never given back."
            if intent.kept
            else f"The payment {intent.id} of {intent.amount} was charged and went back, and the ledger lacks it.",
            "It goes back in full, with its charge and its refund in the ledger.",
            order.contract_id,
            repair=GiveBack(order.id, intent.id) if first else GiveSurplusBack(order.id, intent.id),
        )
    yield from (_left_open(order, intent) for intent in intents if intent.status in UNCHARGED)


def _surplus(order: OrderFact, own: Intent | None, others: list[Intent]) -> Iterator[Finding]:
    """An order has one payment (N1): another one is cancelled, or given back when its own has paid for it."""
    for intent in others:
        if intent.status in UNCHARGED:
            yield _left_open(order, intent)
        elif intent.status != "succeeded" or not intent.kept or intent.dispute == "open":
            continue
        elif pays(own, order):
            yield Finding(
                "charged-twice",
                order.id,
                f"The order of {order.name} was charged again by the payment {intent.id}: {intent.kept}.",
                "The second charge goes back in full.",
                order.contract_id,
                repair=GiveSurplusBack(order.id, intent.id),
            )
        else:
            yield Finding(
                "charged-by-another-payment",
                order.id,
                f"The order of {order.name} over {order.due} is {order.status}, and the payment {intent.id}, which it "
                f"does not know, charged {intent.kept}.",
                f"It may be what the order was paid with. {TELL}; refund it at the gateway if the order gets another.",
                order.contract_id,
            )


def _bought(order: OrderFact, own: Intent | None, entries: list[Entry]) -> Iterator[Finding]:
    """Paid for: a captured payment of exactly the amount, and its charge in the ledger (N2)."""
    if order.due and not pays(own, order):
        has = f"its payment {own.id} of {own.amount} is {own.status}" if own else "the gateway knows no payment of it"
        yield Finding(
            "order-without-payment",
            order.id,
            f"The order of {order.name} over {order.due} is {order.status}, and {has}.",
            "If the gateway was set back to an earlier state, restore what it had; otherwise the server runs unpaid: "
            "end it, or ask its customer.",
            order.contract_id,
        )
    charge = next((entry for entry in entries if entry.kind == "charge"), None)
    if charge is None or charge.cash != order.due.amount:
        stands = "has no charge of it" if charge is None else f"has {charge.cash:.2f}"
        yield Finding(
            "order-without-charge",
            order.id,
            f"The order of {order.name} over {order.due} is {order.status}, and the ledger {stands}.",
            f"An entry is written once and never changed: the database was changed from outside. {TELL}, or restore "
            "a backup.",
            order.contract_id,
        )
    if any(entry.kind == "refund" for entry in entries):
        yield Finding(
            "refund-of-a-bought-order",
            order.id,
            f"The ledger has a refund of the order of {order.name}, and the order is {order.status}.",
            f"The database was changed from outside. {TELL}.",
            order.contract_id,
        )


def _left_open(order: OrderFact, intent: Intent) -> Finding:
    return Finding(
        "payment-left-open",
        order.id,
        f"The payment {intent.id} of {intent.amount} for {order.name} is {intent.status}, and the order needs it no "
        f"more: it is {order.status}.",
        "It is cancelled, so that it can never be charged.",
        order.contract_id,
        repair=CancelPayment(intent.id),
    )


def _unpaid_with_entries(order: OrderFact, entries: list[Entry]) -> Finding:
    return Finding(
        "entry-of-an-unpaid-order",
        order.id,
        f"The order of {order.name} is {order.status}, and the ledger has {len(entries)} entries of it.",
        f"The database was changed from outside. {TELL}.",
        order.contract_id,
    )


def _difference(order: OrderFact, intents: list[Intent], entries: list[Entry]) -> Iterator[Finding]:
    """Whatever else makes an order's cash differ."""
    ledger = sum((entry.cash for entry in entries), NOTHING)
    gateway = sum((intent.kept.amount for intent in intents), NOTHING)
    if ledger != gateway:
        currency = order.due.currency
        yield Finding(
            "cash-of-an-order",
            order.id,
            f"The ledger has {Money(ledger, currency)} of the order of {order.name}, the gateway "
            f"{Money(gateway, currency)}.",
            f"The database or the gateway was changed from outside. {TELL}.",
            order.contract_id,
        )


def _unknown_order(intent: Intent) -> Finding:
    return Finding(
        "payment-of-an-unknown-order",
        intent.id,
        f"The payment {intent.id} of {intent.amount} is {intent.status}, and the records know no order "
        f"{intent.order_id}.",
        "Were the records restored from a backup, or is the home another one? Restore the newest records; refund it "
        "at the gateway only if the order was never delivered.",
        # Nothing was charged by it, or nothing is left of it: it makes no difference to the cash.
        severity="unexplained" if intent.kept or intent.status in UNCHARGED else "information",
    )


# -- the ledger ----------------------------------------------------------------------------------------------------
def _journal(facts: Facts, known: set[str]) -> Iterator[Finding]:
    remedy = f"An entry is written once and never changed: the database was changed from outside. {TELL}."
    for entry in facts.entries:
        sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
        for posting in entry.postings:
            sums[posting.currency] += posting.amount
        wrong = [f"{amount:.2f} {currency}" for currency, amount in sums.items() if amount]
        if wrong or not entry.postings:
            what = f"sums to {', '.join(wrong)} and not to zero" if wrong else "has no postings"
            yield Finding("entry-unbalanced", entry.id, f"The entry {entry.id} of {entry.order_id} {what}.", remedy)
        if entry.order_id not in known:
            yield Finding(
                "entry-of-an-unknown-order",
                entry.id,
                f"The entry {entry.id} is of {entry.order_id}, and there is no such order.",
                remedy,
            )
    for journal_id in facts.stray_postings:
        yield Finding("posting-without-entry", journal_id, f"Postings belong to the entry {journal_id}: gone.", remedy)


def _receipts(facts: Facts) -> Iterator[Finding]:
    """P8: every charge has its receipt and every refund its credit note, and their numbers have no gap."""
    orders = {order.id: order for order in facts.orders}
    for order_id, kind in facts.undocumented:
        order = orders.get(order_id)
        if order is None or order.status in UNPAID or (order.status in NOTHING_BOUGHT and order.status != "refunded"):
            continue  # Its entries are a finding of their own.
        document = "receipt" if kind == "charge" else "credit note"
        yield Finding(
            "receipt-missing",
            order_id,
            f"The {kind} of {order_id} for {order.name} has no {document}.",
            "It is written now, with the next number and the date of today.",
            order.contract_id,
            repair=WriteReceipt(order_id, kind),
        )
    for number in facts.missing_numbers:
        yield Finding(
            "receipt-number-missing",
            number,
            f"{number} was written, and it is gone.",
            "A receipt is written once and never deleted: the database was changed from outside. Restore a backup, or "
            "note for your tax office why the number is missing.",
        )


def _cash(facts: Facts) -> Iterator[Finding]:
    """N9. What an order makes the two differ by is a finding of that order, or an order under way: left is the rest."""
    if facts.cash is None:
        return
    kept: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for intent in facts.intents:
        kept[intent.kept.currency] += intent.kept.amount
    for cash in cash_of(facts):
        rest = kept[cash.currency] - cash.gateway
        if rest:
            yield Finding(
                "cash",
                cash.currency,
                f"The ledger's cash is {cash.ledger:.2f} {cash.currency} and the gateway's {cash.gateway:.2f}: no "
                f"order explains {abs(rest):.2f} of the difference.",
                f"Compare the gateway's own statement with `qualit payments`. {TELL}.",
            )
