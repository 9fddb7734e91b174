"""``qualit renewals``: what will renew when, and for how much (L1, P2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from provider.cli.output import Column, JsonOption, instant, money, print_json, print_table, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.backend.port import Backend, ContractView


@dataclass(frozen=True, slots=True)
class Renewal:
    """The next renewal of one contract. ``amount`` is at today's prices and None where it has none; ``renews_at`` is
    None where it does not renew itself; ``problem`` says what keeps it from that, and ``advice`` what to do.
    ``ends_on`` is None while a bank decides a dispute: nothing ends it until then (L8)."""

    view: ContractView
    renews_at: datetime | None
    ends_on: date | None
    amount: Decimal | None
    problem: str | None
    advice: str | None = None
    is_due: bool = False


def renewals(as_json: Annotated[bool, JsonOption] = False) -> None:
    """List what will renew itself, when, and for how much.

    At the prices of today, credit taken off. A worker (`qualit work`) renews a contract 24 hours before the end of its
    paid time; `qualit renew` does it at once.
    """
    with open_backend() as backend:
        found = sorted(
            (renewal_of(view, backend) for view in backend.contracts()), key=lambda each: each.view.contract.paid_until
        )
    if as_json:
        print_json([_as_json(each) for each in found])
        return
    if not found:
        print_text("You have no contracts, so nothing renews.")
        return
    print_table(
        [
            Column("Server"),
            Column("Status"),
            Column("Paid until"),
            Column("Renews"),
            Column("For"),
            Column("Amount", "right"),
        ],
        [_row(each) for each in found],
    )
    for each in found:
        if each.advice is not None:
            print_text(f"\n{each.advice}")


def renewal_of(view: ContractView, backend: Backend) -> Renewal:
    """The next renewal of a contract as things are now."""
    from provider.commerce.change import Renew
    from provider.commerce.lifecycle import ends_on, renews_at
    from provider.commerce.proposal import Proposal, propose
    from provider.resources.standing import above_spending_limit, renewal_problem, standing

    contract = view.contract
    today = backend.now().date()
    ahead = contract.periods[-1].start > today
    # What is prepaid is renewed after that: then the prices of that day count, and today's are what is known of them.
    day = contract.periods[-1].start if ahead else today
    proposal = propose(backend.catalogue(), contract.id, contract, Renew(contract.term_months), day)
    problem = None
    if not ahead or contract.dispute is not None:
        problem = renewal_problem(view, backend) or above_spending_limit(view, backend)
    warnings = [warning.detail for warning in standing(view, backend)]
    if problem and view.auto_renew and not warnings:
        warnings = [f"{view.name} will not renew itself. {problem}"]
    at = renews_at(contract.paid_until) if view.auto_renew else None
    return Renewal(
        view,
        at,
        ends_on(contract, view.grace_days) if contract.dispute is None else contract.dispute.ends_on,
        proposal.amount if isinstance(proposal, Proposal) else None,
        problem,
        " ".join(warnings) or None,
        at is not None and at <= backend.now(),
    )


def _row(each: Renewal) -> list[str]:
    contract = each.view.contract
    months = contract.term_months
    renews = "not by itself"
    if each.renews_at is not None:
        renews = "not, see below" if each.problem else "due now" if each.is_due else instant(each.renews_at)
    return [
        each.view.name,
        each.view.status,
        contract.paid_until.isoformat(),
        renews,
        f"{months} month{'s' if months > 1 else ''}",
        "unknown" if each.amount is None else money(each.amount, contract.currency),
    ]


def _as_json(each: Renewal) -> dict[str, object]:
    contract = each.view.contract
    return {
        "server": each.view.name,
        "contract": contract.id,
        "status": each.view.status,
        "paid_until": contract.paid_until,
        "auto_renew": each.view.auto_renew,
        "renews_at": each.renews_at,
        "term_months": contract.term_months,
        "amount": each.amount,
        "currency": contract.currency,
        "credit": contract.credit,
        "max_charge": each.view.max_charge,
        "payment_method": each.view.payment_method,
        "ends_on": each.ends_on,
        "problem": each.problem,
    }
