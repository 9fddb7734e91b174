"""What a plan says of an improvement that a server cannot take as it runs, or that waits for its next start (C1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provider.backend.port import Backend, ServerView
from provider.commerce import policy
from provider.commerce.change import SetQuantity, SwitchSolution
from provider.commerce.contract import CHARACTERISTIC, RESOURCE_TYPES
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Value

if TYPE_CHECKING:
    from provider.commerce.catalogue import Characteristics


def plan_restart(
    server: ServerView | None, change: SwitchSolution | SetQuantity, allow_restart: Value, backend: Backend
) -> Diagnostics:
    """What becomes of a server, whether it runs, sleeps or is off.

    ``allow_restart`` is None where the server's own counts.
    """
    if server is None:
        return ()
    attribute = "quantity" if isinstance(change, SetQuantity) else "offer"
    power_state = server.settings.power_state
    reinstalls = isinstance(change, SwitchSolution) and change.os != server.contract.contract.solution.os
    waits: Diagnostics = ()
    if power_state != "running" and not reinstalls:
        waits = (
            Diagnostic("warning", *policy.what_waits(server.name, sleeps=power_state == "sleeping"), (attribute,)),
        )
    if power_state == "off" or allow_restart is UNKNOWN:
        return waits
    catalogue, contract = backend.catalogue(), server.contract.contract
    has = server.characteristics
    wanted = _wanted(has, change, server, backend)
    system = catalogue.operating_system(contract.solution.os or "")
    reason = policy.needs_restart(server.ceiling, has, wanted, hotplug=system is None or system.hotplug)
    if reason is None or reinstalls:
        return waits  # A reinstallation restarts the server all the same, and is allowed by itself.
    needed = policy.Restart(server.name, reason, sleeps=power_state == "sleeping")
    allowed = server.settings.allow_restart if allow_restart is None else allow_restart is True
    refusals = policy.restart(needed, attribute, allow_restart=allowed)
    if refusals:
        return tuple(Diagnostic.of_refusal(refusal) for refusal in refusals)
    return (Diagnostic("warning", *policy.what_a_restart_does(needed), (attribute,)),)


def _wanted(
    has: Characteristics, change: SwitchSolution | SetQuantity, server: ServerView, backend: Backend
) -> Characteristics:
    """What the server has in all after a change."""
    contract = server.contract.contract
    if isinstance(change, SetQuantity):
        more = {CHARACTERISTIC[change.type]: change.quantity - contract.quantity(change.type)}
        return has.model_copy(update={name: getattr(has, name) + units for name, units in more.items()})
    offer = backend.catalogue().offer(change.offer)
    if offer is None:
        return has
    total = {CHARACTERISTIC[t]: offer.characteristics.of(t) + contract.quantity(t) for t in RESOURCE_TYPES}
    return has.model_copy(update=total)
