"""Bring a domain to a power state. Called by the host. libvirt's errors pass through."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import libvirt

from provider.platform.hypervisor.domains import power_state

_ASK_AGAIN_SECONDS = 5.0


def start(domain: Any) -> None:
    """Start a machine that is off, or wake one that sleeps, and let it start with the host."""
    if not domain.isActive():
        domain.create()
    elif domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED:
        domain.resume()
    domain.setAutostart(1)


def put_to_sleep(domain: Any) -> None:
    """Save the memory of a running machine and stop it."""
    domain.setAutostart(0)
    if domain.isActive():
        domain.managedSave()


def shut_down(domain: Any, patience_seconds: float) -> None:
    """Ask the guest to shut down, again and again as it may not listen yet, and stop it when patience ends.

    A sleeping machine is woken for it: to drop its saved memory would be to pull the plug.
    """
    domain.setAutostart(0)
    if power_state(domain) == "sleeping":
        domain.create()
    deadline = time.monotonic() + patience_seconds
    ask_at = 0.0
    while domain.isActive() and time.monotonic() < deadline:
        if time.monotonic() >= ask_at:
            _unless_it_stopped(domain, domain.shutdown)
            ask_at = time.monotonic() + _ASK_AGAIN_SECONDS
        time.sleep(0.2)
    stop(domain)


def stop(domain: Any) -> None:
    """Stop a machine at once, as if the plug was pulled."""
    if domain.isActive():
        _unless_it_stopped(domain, domain.destroy)


def _unless_it_stopped(domain: Any, call: Callable[[], object]) -> None:
    """Make a call that a machine refuses which has just stopped by itself."""
    try:
        call()
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_OPERATION_INVALID or domain.isActive():
            raise
