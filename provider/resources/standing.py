"""How a contract stands: whether it renews itself, and what every plan says of that (L1, L2).

Called by the reading of the resources that own a contract, and by the command line.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from provider.backend.port import UNPAID, Backend, ContractView, OrderView
from provider.commerce import lifecycle, policy
from provider.commerce.lifecycle import RenewalTerms
from provider.commerce.proposal import Proposal
from provider.commerce.refusal import Refusal
from provider.commerce.renewal import self_renewal
from provider.commerce.spending import Spending, month_of
from provider.resources.charging import check_payment_method
from provider.resources.model import Diagnostic, Diagnostics


def standing(view: ContractView, backend: Backend) -> Diagnostics:
    """A warning when the contract is suspended, or near its end and not renewed by itself (L1, L2, L8)."""
    disputed = policy.what_a_dispute_means(view.name, view.contract, backend.catalogue().contact)
    if disputed is not None:
        return (Diagnostic("warning", *disputed),)
    now = backend.now()
    days = (view.contract.paid_until - now.date()).days
    # Far from its end nobody asks what a renewal would cost: a plan of many servers stays fast.
    is_near = days <= lifecycle.REMINDER_DAYS
    problem = renewal_problem(view, backend) if is_near else None
    terms = RenewalTerms(
        view.auto_renew,
        problem,
        _waiting(view) if is_near else None,
        limited=above_spending_limit(view, backend) if is_near and problem is None else None,
    )
    text = lifecycle.reminder(view.name, view.contract, now, terms, grace_days=view.grace_days)
    if text is None:
        return ()
    summary = (
        f"The contract of {view.name} is suspended (rule L2)"
        if view.status == "suspended"
        else f"The contract of {view.name} ends soon (rule L1)"
    )
    return (Diagnostic("warning", summary, text),)


def renewal_problem(view: ContractView, backend: Backend) -> str | None:
    """What keeps a contract from renewing itself, in a sentence; None when nothing does."""
    waiting = _waiting(view)
    if waiting is not None:
        return waiting
    for order in view.open_orders:
        if order.status in UNPAID and order.kind != "renewal":
            return f"The order {order.id} ({order.description}) is open, and a renewal renews every line."
    failed = view.failed_renewal
    if failed is not None:
        return _failed(failed)
    proposal = planned_renewal(view, backend)
    if not isinstance(proposal, Proposal):
        return proposal[0].detail if proposal else None
    unpayable = check_payment_method(backend, view.payment_method)
    return unpayable[0].detail if unpayable else _expires_before(view, backend)


def above_spending_limit(view: ContractView, backend: Backend) -> str | None:
    """Why the account's month has no room for a contract's renewal by itself when that is due, in a sentence (P9).

    Those whose turn is before it are taken off first.
    """
    if not view.auto_renew or view.contract.dispute is not None:
        return None
    month = backend.spending(_due(view, backend))
    if month.limit is None:
        return None
    # Of those that end on one day the oldest comes first, as for a worker.
    for other in sorted(backend.contracts(), key=lambda each: each.contract.paid_until):
        if other.contract.id == view.contract.id:
            break
        month = _with_renewal_of(other, month, backend)
    proposal = planned_renewal(view, backend)
    if not isinstance(proposal, Proposal):
        return None
    above = policy.within_spending_limit(month, proposal.amount, proposal.currency, policy.THE_RENEWAL)
    return above[0].detail if above else None


def _with_renewal_of(other: ContractView, month: Spending, backend: Backend) -> Spending:
    """The month with another contract's renewal taken off, if it renews itself in it and there is room for that."""
    if not other.auto_renew or month_of(_due(other, backend)) != month.month or renewal_problem(other, backend):
        return month
    proposal = planned_renewal(other, backend)
    if not isinstance(proposal, Proposal) or policy.within_spending_limit(month, proposal.amount, proposal.currency):
        return month
    return replace(month, renewals=month.renewals + proposal.amount)


def _due(view: ContractView, backend: Backend) -> datetime:
    """When a contract is renewed by itself: on its day, or at once where that is over."""
    return max(lifecycle.renews_at(view.contract.paid_until), backend.now())


def _expires_before(view: ContractView, backend: Backend) -> str | None:
    """A method that can be used today and cannot any more when the contract is to be renewed with it, in a sentence."""
    due = lifecycle.renews_at(view.contract.paid_until).date()
    for method in backend.payment_methods():
        if method.id == view.payment_method and method.expires_on is not None and method.expires_on <= due:
            return (
                f"The payment method {method.id} can be used until {method.expires_on - timedelta(days=1)}, and the "
                f"renewal is due on {due}. Save its successor with `qualit payment-methods add`, and write that as "
                "payment_method."
            )
    return None


def _waiting(view: ContractView) -> str | None:
    """The renewal that waits for its customer, in a sentence, with what to do."""
    for order in view.open_orders:
        if order.kind == "renewal" and order.status == "action_required":
            return (
                f"Its renewal {order.id} waits for you to confirm the payment at {order.action_url} (to give it up: "
                f"qualit orders cancel {order.id})."
            )
    return None


def _failed(renewal: OrderView) -> str:
    """What became of the last renewal; a worker tries once with each payment method."""
    what = "failed" if renewal.failure else f"was {renewal.status}"
    why = f" {renewal.failure}" if renewal.failure else ""
    remedy = "" if renewal.status == "refunded" else " Write another payment_method, and a worker tries again."
    return f"Its renewal {renewal.id} {what}.{why}{remedy}"


def planned_renewal(view: ContractView, backend: Backend) -> Proposal | tuple[Refusal, ...]:
    """The next renewal that a contract makes by itself, or what keeps it from that."""
    return self_renewal(backend.catalogue(), view.contract, view.max_charge, backend.now().date())
