"""What is sold and how it is paid: S1-S5, the limits of an addition, retired offers (P8), the largest charge (P7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from provider.commerce.catalogue import AdditionalResource, Catalogue, Offer
from provider.commerce.policy.wording import UNITS, choice, listed, written
from provider.commerce.refusal import Refusal

TERMS = (1, 3, 6, 12)
"""The durations that can be ordered, in months (S4)."""

ACCEPTED_KINDS = {"visa": "Visa", "mastercard": "MasterCard", "amex": "American Express", "paypal": "PayPal"}
"""The kinds of payment that can be used at once (S5), with their names."""

_CARD_NUMBER = re.compile(r"\d(?:[ -]?\d){11,18}")
_PLAIN_METHOD = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def check_offer(catalogue: Catalogue, offer: str, held: str | None = None) -> tuple[Refusal, ...]:
    """An offer that can be ordered (S1, P8). The one that is ``held`` may be retired."""
    orderable = [each.id for each in catalogue.offers if not each.retired]
    found = catalogue.offer(offer)
    if found is None:
        detail = f"{written('offer', offer)} is not in the catalogue. {choice('offers', offer, orderable)}"
        return (Refusal("S1", "offer", "Unknown offer", detail),)
    if found.retired and offer != held:
        detail = (
            f"{written('offer', offer)} is no longer sold: a contract that has it can be renewed, but it cannot "
            f"be ordered. {choice('offers', offer, orderable)}"
        )
        return (Refusal("P8", "offer", "Retired offer", detail),)
    return ()


def check_operating_system(catalogue: Catalogue, os: str) -> tuple[Refusal, ...]:
    """An operating system that the catalogue has (S3)."""
    if catalogue.operating_system(os) is not None:
        return ()
    known = choice("operating systems", os, (system.id for system in catalogue.operating_systems))
    detail = f"{written('os', os)} is not in the catalogue. {known}"
    return (Refusal("S3", "os", "Unknown operating system", detail),)


def check_term(months: int) -> tuple[Refusal, ...]:
    """A duration that is sold (S4)."""
    if months in TERMS:
        return ()
    detail = f"{written('term_months', months)} is not a duration that is sold. Write 1, 3, 6 or 12 months."
    return (Refusal("S4", "term_months", "Unknown duration", detail),)


def check_resource_type(catalogue: Catalogue, resource_type: str) -> tuple[Refusal, ...]:
    """A type of additional resource that the catalogue has (S2)."""
    if catalogue.additional_resource(resource_type) is not None:
        return ()
    known = choice("types", resource_type, (resource.type for resource in catalogue.additional_resources))
    detail = f"{written('type', resource_type)} is not an additional resource of the catalogue. {known}"
    return (Refusal("S2", "type", "Unknown type of additional resource", detail),)


def check_quantity(resource: AdditionalResource, quantity: int) -> tuple[Refusal, ...]:
    """A quantity within the resource's minimum, maximum and step (S2), whatever the server."""
    low, high, step, unit = resource.minimum, resource.maximum, resource.step, resource.unit
    allowed = f"{resource.type} is sold from {low} to {high} {unit}" + (f" in steps of {step}." if step > 1 else ".")
    asked = written("quantity", quantity)
    if quantity < low:
        detail = f"{asked} is below the minimum. {allowed} Write quantity = {low} or more, or leave the addition out."
        return (Refusal("S2", "quantity", "Quantity below the minimum", detail),)
    if quantity > high:
        detail = f"{asked} is above the maximum. {allowed} Write quantity = {high} or less."
        return (Refusal("S2", "quantity", "Quantity above the maximum", detail),)
    if quantity % step:
        below = quantity - quantity % step
        near = (
            f"quantity = {below} or {below + step}"
            if low <= below and below + step <= high
            else f"a multiple of {step}"
        )
        return (
            Refusal("S2", "quantity", "Quantity off the step", f"{asked} is off the step. {allowed} Write {near}."),
        )
    return ()


def check_server_total(
    resource: AdditionalResource, offer: Offer, quantity: int, attribute: str = "quantity"
) -> tuple[Refusal, ...]:
    """An offer and its addition together within what one server may have (S2).

    ``attribute`` is the one that asks: ``quantity``, or ``offer`` when the offer changes under the addition.
    """
    included = offer.characteristics.of(resource.type)
    total = included + quantity
    if total <= resource.server_maximum:
        return ()
    unit = UNITS[resource.characteristic]
    room = max((resource.server_maximum - included) // resource.step * resource.step, 0)
    sums = f"{included} of the offer {offer.id} and {quantity} in addition are {total} {unit}"
    if attribute == "quantity":
        remedy = f"Write quantity = {room} or less." if room >= resource.minimum else "This offer has no room for it."
    else:
        remedy = f"Choose an offer that has {resource.server_maximum - quantity} {unit} or less."
    detail = f"{sums}; one server has at most {resource.server_maximum}. {remedy}"
    return (Refusal("S2", attribute, "More than one server may have", detail),)


def check_payment_method(catalogue: Catalogue, method: str | None, saved: Mapping[str, str]) -> tuple[Refusal, ...]:
    """A saved method that pays at once (S5, S6). ``saved`` has the kind of each by its id or alias.

    A value that may be a card number or a secret is not repeated, and the refusal points at no attribute, because
    Terraform prints the source of an attribute that an error points at (N8).
    """
    usable = [name for name, kind in saved.items() if kind in ACCEPTED_KINDS]
    if method is not None and method in usable:
        return ()
    names = listed(usable) if usable else "none"
    terms = (
        "Every order is payable at once, by credit card (Visa, MasterCard, American Express) or PayPal. "
        f"Saved methods that can be used: {names}. "
        f"To pay in another way, write to {catalogue.contact} before you order."
    )
    if method is None:
        detail = f"No payment_method is given, and the account has no default one. {terms}"
        return (Refusal("S5", "payment_method", "No payment method", detail),)
    if _CARD_NUMBER.search(method):
        detail = (
            "The value of payment_method looks like a card number. Remove it from the program and its history: "
            f"payment_method takes the id of a method that was saved with the account, never a number. {terms}"
        )
        return (Refusal("S5", "", "A card number is not a payment method", detail),)
    if not _PLAIN_METHOD.fullmatch(method) and method not in saved:
        detail = f"The value of payment_method is not the id of a saved method. {terms}"
        return (Refusal("S5", "", "Unknown payment method", detail),)
    detail = f"{written('payment_method', method)} cannot be used to pay at once. {terms}"
    return (Refusal("S5", "payment_method", "Payment method not accepted", detail),)


def check_max_charge(amount: Decimal, currency: str, max_charge: Decimal | None) -> tuple[Refusal, ...]:
    """A charge within the resource's ``max_charge`` (P7)."""
    if max_charge is None or amount <= max_charge:
        return ()
    detail = (
        f"{amount:.2f} {currency} would be charged now, above max_charge = {max_charge:.2f}. Nothing is ordered. "
        "Raise max_charge, or ask for less."
    )
    return (Refusal("P7", "max_charge", "Charge above max_charge", detail),)
