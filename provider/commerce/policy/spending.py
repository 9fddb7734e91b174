"""How much may be charged: by one change (P7), and by all orders of an account in a month (P9).

Called by the plans of the resources and by the command line, and again by the platform in the transaction that orders.
What a renewal by itself may charge (L1) is in ``renewal``.
"""

from __future__ import annotations

from decimal import Decimal

from provider.commerce.refusal import Refusal
from provider.commerce.spending import Spending

THIS_CHANGE = "This change"
THE_RENEWAL = "The renewal"


def charge_within(amount: Decimal, currency: str, max_charge: Decimal | None) -> tuple[Refusal, ...]:
    """A charge that does not exceed the resource's ``max_charge`` (P7)."""
    if max_charge is None or amount <= max_charge:
        return ()
    detail = (
        f"This change charges {amount:.2f} {currency} now, and max_charge allows {max_charge:.2f}. Raise "
        f'max_charge to at least "{amount:.2f}" to approve it. Nothing was ordered.'
    )
    return (Refusal("P7", "max_charge", "Charge above max_charge", detail),)


def unpaid_order_within(
    order_id: str, amount: Decimal, currency: str, max_charge: Decimal | None
) -> tuple[Refusal, ...]:
    """An order that waits to be paid, and that a change would go on with, within ``max_charge`` as it is now (P7)."""
    if max_charge is None or amount <= max_charge:
        return ()
    detail = (
        f"The order {order_id} over {amount:.2f} {currency} was placed before and waits to be paid, and max_charge "
        f'allows {max_charge:.2f}. Raise max_charge to at least "{amount:.2f}" to go on with it, or give it up: qualit '
        f"orders cancel {order_id}"
    )
    return (Refusal("P7", "max_charge", "Charge above max_charge", detail),)


def within_spending_limit(
    spending: Spending, amount: Decimal, currency: str, what: str = THIS_CHANGE
) -> tuple[Refusal, ...]:
    """A charge that fits into what is left of the account's month (P9); what is free always does."""
    left = spending.left
    if not amount or spending.limit is None or left is None:
        return ()
    if currency != spending.currency:
        detail = (
            f"{what} charges {amount:.2f} {currency}, and the account's spending limit is in {spending.currency}. Set "
            f"one in {currency}: qualit account spending-limit AMOUNT.{_not_ordered(what)}"
        )
        return (Refusal("P9", "", "The spending limit is in another currency", detail),)
    if amount <= left.amount:
        return ()
    enough = spending.gone + amount
    remedy = f"raise the limit to at least {enough:.2f}: qualit account spending-limit {enough:.2f}"
    if what == THIS_CHANGE and amount <= spending.limit:
        remedy = f"Wait until {spending.next_month}, or {remedy}"
    else:  # The end of the paid time does not wait for another month.
        remedy = f"R{remedy[1:]}"
    detail = f"{what} charges {amount:.2f} {currency}, and {_of_the_limit(spending)}. {remedy}.{_not_ordered(what)}"
    return (Refusal("P9", "", f"{what} is above the spending limit", detail),)


def plan_within_spending_limit(spending: Spending) -> tuple[Refusal, ...]:
    """A plan that fits into what is left as a whole, not only each of its charges: else it would be bought in part."""
    left = spending.left
    if left is None or spending.planned <= left.amount:
        return ()
    enough = spending.gone + spending.planned
    detail = (
        f"What is planned here charges {spending.planned:.2f} {spending.currency} so far, and "
        f"{_of_the_limit(spending)}. Plan less at once, or raise the limit to at least {enough:.2f}: qualit account "
        f"spending-limit {enough:.2f}. Nothing was ordered."
    )
    return (Refusal("P9", "", "The plan as a whole is above the spending limit", detail),)


def _not_ordered(what: str) -> str:
    """The end of a refusal; of a renewal it is told long before anything would be ordered."""
    return " Nothing was ordered." if what == THIS_CHANGE else ""


def _of_the_limit(spending: Spending) -> str:
    gone = [f"{spending.spent:.2f} are spent"] if spending.spent else []
    if spending.held:
        gone.append(f"{spending.held:.2f} are held by orders that are not paid yet (`qualit orders`)")
    if spending.renewals:
        gone.append(f"{spending.renewals:.2f} go to renewals before it (`qualit renewals`)")
    return (
        f"{spending.left} are left of the account's spending limit of {spending.limit:.2f} for "
        f"{spending.month:%B %Y} (UTC){': ' if gone else ''}{', '.join(gone)}"
    )
