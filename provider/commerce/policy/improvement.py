"""A contract is only ever improved: no downgrade (C2), no temporary change (C3), in a paid period only (C1, L2)."""

from __future__ import annotations

from datetime import date

from provider.commerce.catalogue import CHARACTERISTIC, Catalogue, Offer
from provider.commerce.change import Change, NewContract, SetQuantity, SwitchSolution
from provider.commerce.contract import Contract, Improvement, Line
from provider.commerce.policy.sale import (
    check_offer,
    check_operating_system,
    check_quantity,
    check_resource_type,
    check_server_total,
    check_term,
)
from provider.commerce.policy.wording import UNITS, keep, moment, written
from provider.commerce.refusal import Refusal


def check_change(catalogue: Catalogue, contract: Contract | None, change: Change, today: date) -> tuple[Refusal, ...]:
    """Everything that forbids a change of a contract, which is None before it is bought. C7 is a check of its own."""
    if isinstance(change, NewContract):
        return _check_new(catalogue, contract, change)
    attribute = "quantity" if isinstance(change, SetQuantity) else "offer"
    if contract is None:
        detail = "The contract does not exist or has ended. Plan again: what it had must be bought anew."
        return (Refusal("L3", attribute, "No such contract", detail),)
    over = check_paid(contract, today, attribute)
    if over:
        return over
    if isinstance(change, SetQuantity):
        return check_set_quantity(catalogue, contract, change)
    return check_switch(catalogue, contract, change)


def check_paid(contract: Contract, today: date, attribute: str = "") -> tuple[Refusal, ...]:
    """A contract that is paid on a day (C1); after its paid time it can only be renewed (L2)."""
    if today < contract.paid_until:
        return ()
    detail = (
        f"The contract was paid until {contract.paid_until} and is suspended: the machine is off, its disk is kept. "
        "Renew it first; nothing else is possible until then."
    )
    return (Refusal("L2", attribute, "Suspended contract", detail),)


def check_switch(catalogue: Catalogue, contract: Contract, change: SwitchSolution) -> tuple[Refusal, ...]:
    """A switch of offer and system: known, orderable, no downgrade, and with the additions within one server."""
    held_id = contract.solution.offer or ""
    refusals = (
        *check_offer(catalogue, change.offer, held_id),
        *check_operating_system(catalogue, change.os),
    )
    held, wanted = catalogue.offer(held_id), catalogue.offer(change.offer)
    if held is None:
        return (*refusals, _offer_gone(held_id))
    if wanted is None or wanted.id == held.id:
        return refusals
    return (
        *refusals,
        *check_no_downgrade(contract.solution, held, wanted),
        *(
            refusal
            for resource in catalogue.additional_resources
            for refusal in check_server_total(resource, wanted, contract.quantity(resource.type), "offer")
        ),
    )


def check_set_quantity(catalogue: Catalogue, contract: Contract, change: SetQuantity) -> tuple[Refusal, ...]:
    """A server's total of one additional resource: known, no less than it is, within every limit."""
    resource = catalogue.additional_resource(change.type)
    if resource is None:
        return check_resource_type(catalogue, change.type)
    line = contract.lines.get(change.type)
    if line is not None and change.quantity < line.quantity:
        return check_no_smaller_quantity(line, change.quantity, resource.unit)
    refusals = check_quantity(resource, change.quantity)
    offer = catalogue.offer(contract.solution.offer or "")
    if offer is None:
        return (*refusals, _offer_gone(contract.solution.offer or ""))
    return refusals or check_server_total(resource, offer, change.quantity)


def check_no_downgrade(solution: Line, held: Offer, wanted: Offer) -> tuple[Refusal, ...]:
    """An offer that is at least the present one in every characteristic (C2).

    One that is nowhere larger takes an earlier improvement back, if there was one: then it is C3 that refuses.
    """
    smaller = [kind for kind in CHARACTERISTIC if wanted.characteristics.of(kind) < held.characteristics.of(kind)]
    larger = [kind for kind in CHARACTERISTIC if wanted.characteristics.of(kind) > held.characteristics.of(kind)]
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


def check_no_smaller_quantity(line: Line, quantity: int, unit: str) -> tuple[Refusal, ...]:
    """A quantity that is no less than what the server has (C2, C3, C5)."""
    if quantity >= line.quantity:
        return ()
    undone = _undone(line.improvements, str(quantity))
    if undone is not None:
        return (_temporary("quantity", quantity, line.quantity, undone),)
    detail = (
        f"{written('quantity', quantity)} is less than the {line.quantity} {unit} of {line.key} that the server has "
        f"in addition to its offer. An addition does not shrink while its contract lives. "
        f"{keep('quantity', line.quantity)} Removing the whole declaration only releases it: the capacity stays, paid."
    )
    return (
        Refusal("C2", "quantity", f"Downgrade refused: {line.quantity} to {quantity} {unit} of {line.key}", detail),
    )


def _check_new(catalogue: Catalogue, contract: Contract | None, change: NewContract) -> tuple[Refusal, ...]:
    if contract is not None:
        detail = f"The contract {contract.id} is bought already, until {contract.paid_until}. Plan again to change it."
        return (Refusal("C9", "name", "Bought already", detail),)
    return (
        *check_offer(catalogue, change.offer),
        *check_operating_system(catalogue, change.os),
        *check_term(change.months),
    )


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


def _offer_gone(offer: str) -> Refusal:
    detail = (
        f"The server has the offer {offer}, which this catalogue does not list, so nothing can be compared with it. "
        "An offer that is no longer sold stays in the catalogue with retired: true."
    )
    return Refusal("P8", "offer", "Offer missing from the catalogue", detail)
