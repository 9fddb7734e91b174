"""What an order may charge, checked in the transaction that places it: P7, P9, and L1 for a renewal by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from provider.backend.port import Purchase, RefusedError
from provider.commerce import policy
from provider.commerce.change import Renew
from provider.commerce.proposal import Proposal
from provider.platform.records import spending
from provider.platform.records.contracts import ContractRecord
from provider.platform.records.orders import Order
from provider.platform.refusals import raise_refusals


def check_charge(connection: Connection, purchase: Purchase, proposal: Proposal, now: datetime) -> None:
    """The charge is within the resource's ``max_charge``, and within the account's month.

    Two orders that are placed at once cannot both have the room that is left for one: the transaction that reads it
    also writes the order, and transactions are serialisable.

    Raises:
        RefusedError: it is above one of them (P7, P9).
    """
    amount, currency = proposal.amount, proposal.currency
    raise_refusals(policy.charge_within(amount, currency, purchase.max_charge))
    if spending.limit(connection) is not None:
        what = policy.THE_RENEWAL if isinstance(proposal.change, Renew) else policy.THIS_CHANGE
        month = spending.spending(connection, now, currency)
        raise_refusals(policy.within_spending_limit(month, amount, currency, what))


def check_unpaid(order: Order, purchase: Purchase) -> None:
    """An order that is there and not paid is within ``max_charge`` as it is now. The account's month counts it already.

    Raises:
        RefusedError: it is above (P7).
    """
    raise_refusals(policy.unpaid_order_within(order.id, order.due.amount, order.due.currency, purchase.max_charge))


def check_consent(record: ContractRecord, proposal: Proposal) -> None:
    """A renewal by itself is still wanted, and within what the resource allows as it is recorded now.

    Raises:
        RefusedError: it is not (L1).
    """
    if not record.auto_renew:
        raise RefusedError(
            "The contract does not renew itself",
            f"{record.name} has auto_renew = false now. Nothing was ordered.",
            rule="L1",
            attribute="auto_renew",
        )
    raise_refusals(policy.renewal_within(proposal.amount, proposal.currency, record.max_charge))
