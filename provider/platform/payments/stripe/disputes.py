"""Disputes in Stripe's words and in the port's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from provider.backend.port import DisputeStatus
from provider.platform.payments.port import Dispute
from provider.platform.payments.stripe.amounts import money_of

if TYPE_CHECKING:
    import stripe

STATUS: Mapping[str, DisputeStatus] = {
    # An inquiry: the bank asks and takes nothing. It becomes a dispute, or is closed.
    "warning_needs_response": "open",
    "warning_under_review": "open",
    "warning_closed": "won",
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
    # Settled before the bank opened it, by a refund where one was due: nothing is taken besides.
    "prevented": "won",
}


def dispute_of(dispute: stripe.Dispute, intent_id: str, order_id: str) -> Dispute:
    return Dispute(dispute.id, intent_id, order_id, money_of(dispute.amount, dispute.currency), _status(dispute.status))


def present_status(disputes: Sequence[stripe.Dispute]) -> DisputeStatus | None:
    """What the disputes of one payment come to: a lost one counts most, then an open one."""
    statuses = {_status(dispute.status) for dispute in disputes}
    return next((status for status in _GRAVEST_FIRST if status in statuses), None)


_GRAVEST_FIRST: tuple[DisputeStatus, ...] = ("lost", "open", "won")


def _status(status: str) -> DisputeStatus:
    """One that this program does not know yet is taken for open: nothing is decided by it."""
    return STATUS.get(status, "open")
