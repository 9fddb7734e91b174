"""What a running server cannot be given, and what the restart for it takes: C1.

Called by the resources when planning, and by the platform at the order and the delivery. Texts are for Terraform and
Pulumi alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from provider.commerce.policy.wording import UNITS
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import Characteristics

_BOUNDED = ("vcpus", "memory_gib", "ipv4_addresses")
"""What a machine reserves room for when it starts. Its disk and its bandwidth grow without."""
_PLUGGED = ("vcpus", "memory_gib")
"""What a system without hotplug takes at its start only."""


class Present(Protocol):
    """What a machine has, or a server is to have."""

    @property
    def vcpus(self) -> int: ...

    @property
    def memory_gib(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Restart:
    """A restart that a server needs for an improvement, and why. ``sleeps``: it is asleep meanwhile."""

    server: str
    reason: str
    sleeps: bool = False


def needs_restart(
    ceiling: Characteristics, has: Present, wanted: Characteristics, *, hotplug: bool = True
) -> str | None:
    """Why a machine that runs or sleeps has to be started anew to become what is wanted; None when it need not."""
    for name in _BOUNDED:
        room, value = getattr(ceiling, name), getattr(wanted, name)
        if value > room:
            return f"was started with room for {room} {UNITS[name]} and would have {value}"
    for name in _PLUGGED:
        before, value = getattr(has, name), getattr(wanted, name)
        if value > before and not hotplug:
            return f"has a system that takes no more {UNITS[name]} while it runs ({before} now, {value} then)"
    return None


def restart(needed: Restart | None, attribute: str, *, allow_restart: bool) -> tuple[Refusal, ...]:
    """A restart that an improvement needs and that the user has allowed (C1)."""
    if needed is None or allow_restart:
        return ()
    detail = (
        f"{needed.server} {needed.reason}: it has to restart for that. Write allow_restart = true to have it shut "
        "down, enlarged and started again. Or switch it off, apply that, and improve it then: what is off needs no "
        "restart. Nothing was ordered."
    )
    return (Refusal("C1", attribute, "Restart not allowed", detail),)


def what_a_restart_does(needed: Restart) -> tuple[str, str]:
    """Summary and detail of a warning that an allowed restart is made (C1)."""
    steps = (
        "It sleeps, and what is saved of it cannot grow that far: it is woken, shut down, enlarged, started and put to "
        "sleep again, so that it wakes freshly started."
        if needed.sleeps
        else "It is asked to shut down and stopped if it does not, enlarged and started again."
    )
    return f"{needed.server} restarts (rule C1)", f"{needed.server} {needed.reason}. {steps} Its disk stays."


def what_waits(server: str, *, sleeps: bool) -> tuple[str, str]:
    """Summary and detail of a warning that a server which sleeps or is off is improved and left so (C1)."""
    if sleeps:
        return (
            f"{server} has it when it wakes (rule C1)",
            f"{server} sleeps and is not woken for this. Its disk grows now, as the host keeps it; its vCPUs, memory, "
            "addresses and bandwidth are there when it wakes, where it was and without a restart.",
        )
    return (
        f"{server} has it when it starts (rule C1)",
        f"{server} is off and stays off. Everything is set now on its host, and there from its next start.",
    )
