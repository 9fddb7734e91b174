"""What it would cost to buy or change a server, as ``qualit price`` and the data source ``price`` answer it.

Everything here reads; no price is held (P5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from provider.backend.port import PAID_UNDELIVERED, UNPAID, Backend, ContractView
from provider.commerce import policy
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import Contract, ResourceType
from provider.commerce.estimate import Estimate, estimate
from provider.commerce.refusal import Refusal
from provider.resources.charging import open_order_refusal
from provider.resources.solution import DEFAULT_OS, DEFAULT_TERM_MONTHS

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. None keeps what a contract has; of a new server it is what would be ordered by default.

    ``months`` is the duration of a new contract or of the renewal, ``quantities`` the server's totals.
    """

    offer: str | None = None
    os: str | None = None
    months: int | None = None
    quantities: Mapping[ResourceType, int] = field(default_factory=dict)
    renew: bool = False


def changes_of(wish: Wish, contract: Contract | None, day: date) -> tuple[Change, ...]:
    """The orders that a wish is, in the order in which they would be placed.

    A renewal comes last, so that it has the price of what the server is then; but where the paid time is over it
    comes first, because nothing else is possible before (L2).
    """
    additions = tuple(SetQuantity(kind, units) for kind, units in wish.quantities.items())
    if contract is None:
        new = NewContract(wish.offer or "", wish.os or DEFAULT_OS, wish.months or DEFAULT_TERM_MONTHS)
        return (new, *additions)
    held = contract.solution
    switch: tuple[Change, ...] = ()
    if wish.offer is not None or wish.os is not None:
        switch = (SwitchSolution(wish.offer or held.offer or "", wish.os or held.os or ""),)
    renewal = (Renew(wish.months or contract.term_months),) if wish.renew else ()
    if day >= contract.paid_until:
        return (*renewal, *switch, *additions)
    return (*switch, *additions, *renewal)


def price_new(catalogue: Catalogue, wish: Wish, day: date, today: date) -> Estimate | tuple[Refusal, ...]:
    """What a new server costs at the catalogue's prices."""
    past = policy.priced_day(day, today, None, renewed=False, grace_days=catalogue.grace_days)
    return past or estimate(catalogue, None, changes_of(wish, None, day), day)


def price_change(
    backend: Backend, view: ContractView, wish: Wish, day: date, today: date
) -> Estimate | tuple[Refusal, ...]:
    """What a change of a contract costs, as the contract is now; what a plan would refuse is refused."""
    contract = view.contract
    wrong_day = policy.priced_day(day, today, contract, renewed=wish.renew, grace_days=view.grace_days)
    changes = changes_of(wish, contract, day)
    return wrong_day or _held_up(view, changes) or estimate(backend.catalogue(), contract, changes, day)


def permissions(backend: Backend, view: ContractView, priced: Estimate) -> dict[str, str]:
    """What a resource has to allow for a change, by attribute, and why, in a sentence (C1, C7)."""
    if view.server_id is None or priced.before is None:
        return {}
    before, after = priced.before.solution.os, priced.after.solution.os
    if before != after:
        why = f"{before} to {after} reinstalls {view.name}, which deletes what is on its disk"
        return {"allow_reinstall": f"{why}: only with allow_reinstall = true (rule C7)."}
    server = backend.server(view.server_id)
    if server is None or server.settings.power_state == "off":
        return {}
    system = priced.catalogue.operating_system(after or "")
    wanted = priced.catalogue.characteristics(priced.after)
    hotplug = system is None or system.hotplug
    reason = policy.needs_restart(server.ceiling, server.characteristics, wanted, hotplug=hotplug)
    if reason is None:
        return {}
    return {"allow_restart": f"{view.name} {reason}, so it restarts: only with allow_restart = true (rule C1)."}


def _held_up(view: ContractView, changes: Sequence[Change]) -> tuple[Refusal, ...]:
    """The orders that are open for what is to be changed; a renewal that is open holds all of it (L4)."""
    renews = any(isinstance(change, Renew) for change in changes)
    lines = {change.line for change in changes}
    return tuple(
        open_order_refusal(order, "")
        for order in view.open_orders
        if order.status in UNPAID | PAID_UNDELIVERED
        and (order.line in lines or order.kind in ("new", "renewal") or renews)
    )
