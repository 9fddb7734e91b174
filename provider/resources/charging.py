"""How a plan comes to a charge: a proposal is priced, held by a quote and shown (P5); an open order is resumed.

Called by the plans of all three resources.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from provider.backend.port import PAID_UNDELIVERED, UNPAID, Backend, OrderView, Quote
from provider.commerce import policy
from provider.commerce.change import Change, SetQuantity, describe
from provider.commerce.contract import Contract, LineKey
from provider.commerce.proposal import ChargeLine, Proposal, propose
from provider.commerce.refusal import Refusal
from provider.resources.checks import parse_money
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Value
from provider.resources.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Charge:
    """What a plan will charge: the value of the attribute ``charge`` and the prices that go with it.

    ``value`` is None when the change is refused.
    """

    value: Value
    monthly_price: Decimal | None
    diagnostics: Diagnostics = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The contract line that a plan wants to change; ``contract`` is None for one that is not bought yet, and ``name``
    is that of such a one."""

    contract_id: str
    key: LineKey
    contract: Contract | None
    name: str | None = None


def plan_charge(
    backend: Backend,
    line: Line,
    change: Change,
    *,
    max_charge: Value,
    payment_method: Value,
    last_read: Stamp | None = None,
) -> Charge:
    """Price a change and hold the price; or resume the order that is open for the line (L4)."""
    revision = line.contract.revision(line.key) if line.contract else 0
    open_order = open_order_of(backend, line.contract_id, line.key, revision)
    if open_order is not None:
        return _resume(open_order, change, max_charge)
    renewal = next((o for o in _open_orders(backend, line.contract_id) if o.kind == "renewal"), None)
    if renewal is not None:
        return Charge(None, None, (open_order_differs(renewal, _attribute(change)),))
    now = backend.now()
    proposal = propose(backend.catalogue(), line.contract_id, line.contract, change, now.date())
    if not isinstance(proposal, Proposal):
        return Charge(None, None, tuple(Diagnostic.of_refusal(refusal) for refusal in proposal))
    if last_read is not None and last_read.revision not in (None, revision):
        return Charge(None, None, (moved(line.key),))
    diagnostics = () if payment_method is UNKNOWN else check_payment_method(backend, payment_method)
    if diagnostics:
        return Charge(None, None, diagnostics)
    earlier = backend.find_quote(proposal)
    diagnostics = _expired(earlier, proposal, now, last_read.read_at if last_read else None)
    if any(d.severity == "error" for d in diagnostics):
        return Charge(None, None, diagnostics)
    amount = earlier.proposal.amount if earlier and earlier.expires_at > now else proposal.amount
    month = backend.spending()
    too_much = policy.charge_within(amount, proposal.currency, _limit(max_charge)) or policy.within_spending_limit(
        month, amount, proposal.currency
    )
    if too_much:
        return Charge(None, None, tuple(Diagnostic.of_refusal(refusal) for refusal in too_much))
    quote = backend.hold_quote(proposal, name=line.name)
    # Tools plan several resources at once: whoever holds last sees the charges of all of them.
    too_much = policy.plan_within_spending_limit(backend.spending()) if month.limit is not None else ()
    if too_much:
        return Charge(None, None, tuple(Diagnostic.of_refusal(refusal) for refusal in too_much))
    held = quote.proposal
    diagnostics = (*diagnostics, *_cheaper_today(quote, proposal))
    value = charge_value(held.amount, describe(change, line.contract), held.lines, quote.id)
    return Charge(value, held.monthly_price, diagnostics)


def goes_on(diagnostics: Diagnostics) -> bool:
    """Whether a plan goes on with an order that is placed already, in place of placing one."""
    return any(diagnostic.summary.endswith(_GOES_ON) for diagnostic in diagnostics)


_GOES_ON = " goes on"


def charge_value(amount: Decimal, reason: str, lines: tuple[ChargeLine, ...], quote_id: str) -> Value:
    """The value of the attribute ``charge``."""
    return {
        "amount": f"{amount:.2f}",
        "reason": reason,
        "lines": [{"description": line.description, "amount": f"{line.amount:.2f}"} for line in lines],
        "quote_id": quote_id,
    }


def open_order_of(backend: Backend, contract_id: str, key: LineKey, revision: int) -> OrderView | None:
    """The order that is placed for a line at this revision and neither delivered nor given up."""
    for order in _open_orders(backend, contract_id):
        if order.line == key and order.revision == revision:
            return order
    return None


def _open_orders(backend: Backend, contract_id: str) -> list[OrderView]:
    return [o for o in backend.orders(contract_id=contract_id) if o.status in UNPAID | PAID_UNDELIVERED]


def check_payment_method(backend: Backend, method_id: str | None) -> Diagnostics:
    """The means of payment can be used at once (S5), and is one that the account has saved."""
    refusals = policy.payment_means(
        method_id, backend.payment_methods(), today=backend.now().date(), contact=backend.account().contact
    )
    return tuple(Diagnostic.of_refusal(refusal) for refusal in refusals)


def _limit(max_charge: Value) -> Decimal | None:
    """The limit that is known; one that is not yet is checked with the order (P7)."""
    return None if max_charge is UNKNOWN else parse_money(max_charge)


def _resume(order: OrderView, change: Change, max_charge: Value) -> Charge:
    if order.change != change:
        return Charge(None, None, (open_order_differs(order, _attribute(change)),))
    is_unpaid = order.status in UNPAID
    if is_unpaid:
        too_much = policy.unpaid_order_within(order.id, order.amount, order.currency, _limit(max_charge))
        if too_much:
            return Charge(None, None, tuple(Diagnostic.of_refusal(refusal) for refusal in too_much))
    paid = "is not paid yet" if is_unpaid else "is paid"
    notice = Diagnostic(
        "warning",
        f"Order {order.id}{_GOES_ON}",
        f"The order {order.id} over {order.amount:.2f} {order.currency} {paid} and not delivered. Applying this plan "
        "goes on with it and buys nothing else.",
    )
    value = charge_value(order.amount, order.description, order.lines, order.quote_id)
    return Charge(value, order.monthly_price, (notice,))


def open_order_differs(order: OrderView, attribute: str) -> Diagnostic:
    """The error of a plan that changes a line which an open order for something else holds (L4)."""
    return Diagnostic.of_refusal(open_order_refusal(order, attribute))


def open_order_refusal(order: OrderView, attribute: str) -> Refusal:
    """The refusal to change a line that an open order for something else holds (L4)."""
    remedy = (
        f"Let it finish (apply what it was placed for), or cancel it: qualit orders cancel {order.id}"
        if order.status in UNPAID
        else "It is paid: let it finish by applying what it was placed for, and change that afterwards."
    )
    return Refusal(
        "L4",
        attribute,
        "Another order is open",
        f"The order {order.id} ({order.description}, {order.amount:.2f} {order.currency}) of {order.server} is "
        f"{order.status} since {order.placed_at:%Y-%m-%d %H:%M} UTC and holds the line. {remedy}",
    )


def _attribute(change: Change) -> str:
    return "quantity" if isinstance(change, SetQuantity) else "offer"


def moved(key: LineKey) -> Diagnostic:
    """The refusal of a plan that starts from a state which another order has overtaken (N6)."""
    return Diagnostic(
        "error",
        "The server changed since the plan (rule N6)",
        f"Another order changed the line {key} of this contract after the state was read. Nothing was ordered. Plan "
        "again, with a refresh, to see what is left to do and what it costs now.",
    )


def _expired(earlier: Quote | None, today: Proposal, now: datetime, read_at: datetime | None) -> Diagnostics:
    """Tell that a quote ran out and the amount is another one now.

    When the state was read while the quote was still honoured, this is the plan that an apply makes again of a
    change approved with the old amount: then it is an error (P5).
    """
    if earlier is None or earlier.expires_at > now or earlier.proposal.amount == today.amount:
        return ()
    approved = read_at is not None and earlier.created_at <= read_at < earlier.expires_at
    then = f"{earlier.proposal.amount:.2f} {earlier.proposal.currency}"
    return (
        Diagnostic(
            "error" if approved else "warning",
            "The quoted price is no longer held (rule P5)",
            f"The price of {then} was held until {earlier.expires_at:%Y-%m-%d %H:%M} UTC. The same change costs "
            f"{today.amount:.2f} {today.currency} now. Nothing was ordered at the old price; a new plan shows and "
            "holds the new one.",
            ("charge",) if approved else (),
        ),
    )


def _cheaper_today(quote: Quote, today: Proposal) -> Diagnostics:
    if today.amount >= quote.proposal.amount:
        return ()
    return (
        Diagnostic(
            "warning",
            "Today's price is lower than the quoted one",
            f"The quote {quote.id} holds {quote.proposal.amount:.2f} {today.currency} until "
            f"{quote.expires_at:%Y-%m-%d %H:%M} UTC; today the same change costs {today.amount:.2f} "
            f"{today.currency}. To have today's price: qualit quotes drop {quote.id}, then plan again.",
        ),
    )
