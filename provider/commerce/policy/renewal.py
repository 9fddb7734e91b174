"""When a contract can be renewed (P2, S4, L2), and what a catalogue must still have for that (P8).

Called by ``improvement.change``, so by ``proposal.propose``: for ``qualit renew``, workers and a plan's warnings.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce.contract import Contract
from provider.commerce.policy.sale import term
from provider.commerce.policy.wording import choice
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue


def renewal(catalogue: Catalogue, contract: Contract | None, months: int, today: date) -> tuple[Refusal, ...]:
    """Everything that forbids a renewal: a duration that is not sold, one bought already, a catalogue that lacks it."""
    if contract is None:
        detail = "The contract does not exist or has ended: what it had must be bought anew."
        return (Refusal("L3", "name", "No such contract", detail),)
    unknown = (*term(months), *_known(catalogue, contract))
    if unknown:
        return unknown
    if contract.currency != catalogue.currency:
        return (other_currency(contract, catalogue, ""),)
    ahead = [period for period in contract.periods if period.start > today]
    if ahead:
        detail = (
            f"The next period, from {ahead[-1].start} to {ahead[-1].end}, is bought already. A renewal is bought at "
            f"most one period ahead: the one after it can be bought from {ahead[-1].start} on."
        )
        return (Refusal("P2", "", "Renewed already", detail),)
    return ()


def renewal_within(amount: Decimal, currency: str, max_charge: Decimal | None) -> tuple[Refusal, ...]:
    """A renewal by itself, which charges no more than the resource's ``max_charge`` (L1, P7)."""
    if max_charge is None or amount <= max_charge:
        return ()
    detail = (
        f"The renewal charges {amount:.2f} {currency}, and max_charge allows {max_charge:.2f}. Raise max_charge to at "
        f'least "{amount:.2f}".'
    )
    return (Refusal("L1", "max_charge", "Renewal above max_charge", detail),)


def offer_gone(offer: str) -> Refusal:
    """A contract's offer that the catalogue lacks altogether."""
    detail = (
        f"The server has the offer {offer}, which this catalogue does not list, so nothing can be compared with it. "
        "An offer that is no longer sold stays in the catalogue with retired: true."
    )
    return Refusal("P8", "offer", "Offer missing from the catalogue", detail)


def other_currency(contract: Contract, catalogue: Catalogue, attribute: str) -> Refusal:
    """A contract in another currency than the catalogue's."""
    detail = (
        f"The contract is in {contract.currency}, and the catalogue {catalogue.version} sells in {catalogue.currency}. "
        f"A currency never changes under an id: use a catalogue in {contract.currency}."
    )
    return Refusal("P8", attribute, "Another currency", detail)


def _known(catalogue: Catalogue, contract: Contract) -> tuple[Refusal, ...]:
    solution = contract.solution
    if catalogue.offer(solution.offer or "") is None:
        return (offer_gone(solution.offer or ""),)
    if catalogue.operating_system(solution.os or "") is not None:
        return ()
    systems = choice("operating systems", solution.os or "", (system.id for system in catalogue.operating_systems))
    detail = (
        f"The server has the operating system {solution.os}, which this catalogue does not list, so the renewal has no "
        f"price. {systems} Put it back into the catalogue, or change to a system that it has."
    )
    return (Refusal("S3", "os", "Operating system missing from the catalogue", detail),)
