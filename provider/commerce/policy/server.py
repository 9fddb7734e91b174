"""What a server is called, what reinstalls it, what ends it, and what an addition is tied to: C5, C7, C8, C9.

Called by the resources. Texts are for Terraform and Pulumi alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provider.commerce.contract import RESOURCE_TYPES, Contract
from provider.commerce.policy.wording import counted, written
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""A DNS label in its one spelling (RFC 1123, section 2.1), which is also a valid name of a libvirt domain."""


def name(attribute: str, value: str) -> tuple[Refusal, ...]:
    """A name of a server or a contract (``name``), or a host name, that DNS and libvirt accept."""
    if _LABEL.fullmatch(value):
        return ()
    near = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:63].rstrip("-")
    shown = value if len(value) <= 80 else f"{value[:80]}..."
    detail = (
        f"{written(attribute, shown)} is not 1 to 63 lower-case letters, digits and hyphens that begin and end with "
        f"a letter or a digit, which DNS and the hypervisor need."
        + (f" Write {written(attribute, near)}." if near else "")
    )
    return (Refusal("C9", attribute, f"Invalid {attribute}", detail),)


def rename(held: str, wanted: str) -> tuple[Refusal, ...]:
    """A name that stays as it is (C9)."""
    if held == wanted:
        return ()
    detail = (
        f"{written('name', wanted)} would rename {held}, and a name cannot be changed: it is what the contract is "
        f"found by. Write {written('name', held)}. For a second server, declare a resource of its own."
    )
    return (Refusal("C9", "name", "A name cannot be changed", detail),)


def move_addition(held: str, wanted: str) -> tuple[Refusal, ...]:
    """An addition that stays on its server (C5)."""
    if held == wanted:
        return ()
    detail = (
        f"{written('vps_id', wanted)} would move an addition away from {held}, whose contract it belongs to. "
        f"Write {written('vps_id', held)}, and declare a resource of its own to buy the same for the other server."
    )
    return (Refusal("C5", "vps_id", "An addition cannot move to another server", detail),)


def change_type(held: str, wanted: str) -> tuple[Refusal, ...]:
    """An addition that stays of its type (C5)."""
    if held == wanted:
        return ()
    detail = (
        f"{written('type', wanted)} would turn an addition of {held} into another. Write {written('type', held)}, and "
        f"declare a resource of its own for {wanted}."
    )
    return (Refusal("C5", "type", "An addition cannot change its type", detail),)


def reinstall(catalogue: Catalogue, contract: Contract, os: str, *, allow_reinstall: bool) -> tuple[Refusal, ...]:
    """A change of the operating system that the user has allowed to erase the system disk (C7)."""
    held = contract.solution.os
    if allow_reinstall or held is None or os == held:
        return ()
    detail = (
        f"{written('os', os)} in place of {held} reinstalls the system disk, and everything on it is lost. Write "
        f"allow_reinstall = true to have that, or {written('os', held)} to keep the server as it is."
    )
    return (Refusal("C7", "os", "Reinstallation not allowed", detail + _cheaper_system(catalogue, held, os)),)


def what_a_reinstall_loses(catalogue: Catalogue, server: str, contract: Contract, os: str) -> tuple[str, str]:
    """Summary and detail of a warning that says what an allowed reinstall loses (C7)."""
    held = contract.solution.os or ""
    detail = (
        f"{written('os', os)} in place of {held} reinstalls the system disk of {server}: everything on it is lost. "
        f"Its offer, additions and addresses stay.{_cheaper_system(catalogue, held, os)}"
    )
    return f"The system disk of {server} is erased (rule C7)", detail


def _cheaper_system(catalogue: Catalogue, held: str, os: str) -> str:
    before, after = catalogue.operating_system(held), catalogue.operating_system(os)
    if before and after and after.monthly_price < before.monthly_price:
        return f" Nothing is paid back for {before.name}; the next renewal is cheaper."
    return ""


def deletion_protected(server: str) -> tuple[Refusal, ...]:
    """Why a server whose ``deletion_protection`` is set does not end (C8)."""
    detail = (
        f"{server} has deletion_protection = true. To end it all the same, write deletion_protection = false and "
        "apply that first, then destroy."
    )
    return (Refusal("C8", "deletion_protection", f"{server} is protected from deletion", detail),)


def what_an_end_loses(
    server: str, contract: Contract, *, keeps_contract: bool, has_machine: bool = True
) -> tuple[str, str]:
    """Summary and detail of a warning that says what the end of a server, or of a contract without one, loses (C8).

    ``keeps_contract``: it was bought with an Order and outlives the server (L5).
    """
    bought = f"{contract.solution.offer}{_additions(contract)}"
    if not has_machine:
        detail = (
            f"The contract ({bought}) was paid until {contract.paid_until}, and the rest of that time is not refunded. "
            "A server that runs on it has to end first."
        )
        return f"The contract {server} ends (rule C8)", detail
    machine = "The machine stops, and its disk is deleted with everything on it. "
    if keeps_contract:
        detail = (
            f"{machine}The contract ({bought}) was bought with an Order and stays: it is paid until "
            f"{contract.paid_until}, and another server can run on it."
        )
        return f"{server} ends, its contract stays (rule C8)", detail
    detail = (
        f"{machine}The contract ({bought}) ends too: it was paid until {contract.paid_until}, and the rest of "
        "that time is not refunded."
    )
    return f"{server} ends with its contract (rule C8)", detail


def _additions(contract: Contract) -> str:
    held = [counted(contract.quantity(kind), kind) for kind in RESOURCE_TYPES if contract.quantity(kind)]
    return f", in addition {', '.join(held)}" if held else ""
