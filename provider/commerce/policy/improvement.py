"""A contract is only ever improved: no downgrade (C2), no temporary change (C3), in a paid period only (C1, L2).

Called by ``proposal.propose``, so at plan, and again by the platform before anything is ordered (C4).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import CHARACTERISTIC, Contract, Improvement, Line, ResourceType
from provider.commerce.policy.renewal import offer_gone, other_currency, renewal
from provider.commerce.policy.sale import new_contract, offer, operating_system, quantity, server_total
from provider.commerce.policy.standing import paid, undisputed
from provider.commerce.policy.wording import UNITS, keep, moment, written
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue, Offer


def change(catalogue: Catalogue, contract: Contract | None, wanted: Change, today: date) -> tuple[Refusal, ...]:
    """Everything that forbids a change of a contract, which is None before it is bought. C7 is a check of its own."""
    if isinstance(wanted, NewContract):
        return _new(catalogue, contract, wanted)
    attribute = {SetQuantity: "quantity", Renew: ""}.get(type(wanted), "offer")
    if contract is not None and contract.dispute is not None:
        return undisputed(contract, catalogue.contact, attribute)
    if isinstance(wanted, Renew):
        return renewal(catalogue, contract, wanted.months, today)
    if contract is None:
        detail = "The contract does not exist or has ended. Plan again: what it had must be bought anew."
        return (Refusal("L3", attribute, "No such contract", detail),)
    unpaid = paid(contract, today, attribute)
    if unpaid:
        return unpaid
    if contract.currency != catalogue.currency:
        return (other_currency(contract, catalogue, attribute),)
    if isinstance(wanted, SetQuantity):
        return _set_quantity(catalogue, contract, wanted)
    return _switch(catalogue, contract, wanted)


def _new(catalogue: Catalogue, contract: Contract | None, wanted: NewContract) -> tuple[Refusal, ...]:
    if contract is not None:
        detail = f"The contract {contract.id} is bought already, until {contract.paid_until}. Plan again to change it."
        return (Refusal("C9", "name", "Bought already", detail),)
    return new_contract(catalogue, wanted.offer, wanted.os, wanted.months)


def _switch(catalogue: Catalogue, contract: Contract, wanted: SwitchSolution) -> tuple[Refusal, ...]:
    """A switch of offer and system: known, orderable, no downgrade, and with the additions within one server."""
    held_id = contract.solution.offer or ""
    unknown = (*offer(catalogue, wanted.offer, held_id), *operating_system(catalogue, wanted.os))
    held, better = catalogue.offer(held_id), catalogue.offer(wanted.offer)
    if held is None:
        return (*unknown, offer_gone(held_id))
    if better is None or better.id == held.id:
        return unknown
    beyond_totals = (
        refusal
        for resource in catalogue.additional_resources
        for refusal in server_total(resource, better, contract.quantity(resource.type), "offer")
    )
    return (*unknown, *no_downgrade(contract.solution, held, better), *beyond_totals)


def _set_quantity(catalogue: Catalogue, contract: Contract, wanted: SetQuantity) -> tuple[Refusal, ...]:
    """A server's total of one additional resource: known, no less than it is, within every limit."""
    line = contract.lines.get(wanted.type)
    resource = catalogue.additional_resource(wanted.type)
    if line is not None and wanted.quantity < line.quantity:
        return no_smaller_quantity(line, wanted.quantity, resource.unit if resource else "units")
    refusals = quantity(catalogue, wanted.type, wanted.quantity)
    if refusals or resource is None:
        return refusals
    held_id = contract.solution.offer or ""
    held = catalogue.offer(held_id)
    return (offer_gone(held_id),) if held is None else server_total(resource, held, wanted.quantity)


def no_downgrade(solution: Line, held: Offer, wanted: Offer) -> tuple[Refusal, ...]:
    """An offer that is at least the present one in every characteristic (C2).

    One that is nowhere larger takes an earlier improvement back, if there was one: then it is C3 that refuses.
    """
    smaller = smaller_characteristics(held, wanted)
    larger = smaller_characteristics(wanted, held)
    if not smaller:
        return ()
    losses = ", ".join(
        f"{wanted.characteristics.of(kind)} instead of {held.characteristics.of(kind)} {UNITS[CHARACTERISTIC[kind]]}"
        for kind in smaller
    )
    undone = None if larger else _undone(solution.improvements, wanted.id)
    if undone is not None:
        return (_temporary("offer", wanted.id, held.id, undone),)
    also = (
        " It has more elsewhere, but an offer that is smaller in one characteristic is a downgrade." if larger else ""
    )
    detail = (
        f"{written('offer', wanted.id)} has less than {held.id}, which the server has: {losses}.{also} "
        f"A server can only be improved while its contract lives. {keep('offer', held.id)}"
    )
    return (Refusal("C2", "offer", f"Downgrade refused: {held.id} to {wanted.id}", detail),)


def smaller_characteristics(held: Offer, wanted: Offer) -> list[ResourceType]:
    """The characteristics of which ``wanted`` has less than ``held``, by the type of what adds to them."""
    return [kind for kind in CHARACTERISTIC if wanted.characteristics.of(kind) < held.characteristics.of(kind)]


def no_smaller_quantity(line: Line, wanted: int, unit: str) -> tuple[Refusal, ...]:
    """A quantity that is no less than what the server has (C2, C3, C5)."""
    if wanted >= line.quantity:
        return ()
    undone = _undone(line.improvements, str(wanted))
    if undone is not None:
        return (_temporary("quantity", wanted, line.quantity, undone),)
    detail = (
        f"{written('quantity', wanted)} is less than the {line.quantity} {unit} of {line.key} that the server has "
        f"in addition to its offer. An addition does not shrink while its contract lives. "
        f"{keep('quantity', line.quantity)}"
    )
    summary = f"Downgrade refused: {line.quantity} to {wanted} {unit} of {line.key}"
    return (Refusal("C2", "quantity", summary, detail),)


def _undone(improvements: tuple[Improvement, ...], wanted: str) -> Improvement | None:
    """The improvement that going back to ``wanted`` would undo: the one from just there, else the latest."""
    back = reversed(improvements)
    return next((each for each in back if each.before == wanted), improvements[-1] if improvements else None)


def _temporary(attribute: str, wanted: str | int, held: str | int, undone: Improvement) -> Refusal:
    detail = (
        f"The server was improved from {undone.before} to {undone.after} on {moment(undone.at)} "
        f"(order {undone.order_id}); {written(attribute, wanted)} would take that back. A server cannot be improved "
        f"for a time and then go back, wherever it was improved. {keep(attribute, held)}"
    )
    summary = f"Temporary change refused: improved from {undone.before} on {undone.at:%Y-%m-%d}"
    return Refusal("C3", attribute, summary, detail)
