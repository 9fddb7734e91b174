"""Bring a domain to a power state. Called by the host. libvirt's errors pass through."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import libvirt

from provider.platform.hypervisor.domains import power_cause, power_state
from provider.platform.hypervisor.port import HypervisorUnavailableError

_ASK_AGAIN_SECONDS = 5.0
_DISK_RETRY_SECONDS = 1.0


def start(domain: Any) -> None:
    """Start a machine that is off, wake one that sleeps, let a paused one go on; and let it start with the host.

    Raises:
        HypervisorUnavailableError: it was paused because its disk failed, and it still does.
    """
    clear_crashed(domain)
    if not domain.isActive():
        domain.create()
    failed = power_cause(domain) == "disk-error"
    _go_on(domain)
    if failed:
        _watch(domain)
    domain.setAutostart(1)


def clear_crashed(domain: Any) -> None:
    """Stop what is left of a machine whose system crashed, where its host was told to keep it for a look."""
    if domain.state()[0] == libvirt.VIR_DOMAIN_CRASHED:
        stop(domain)


def _go_on(domain: Any) -> None:
    state = domain.state()[0]
    if state == libvirt.VIR_DOMAIN_PAUSED:
        domain.resume()
    elif state == libvirt.VIR_DOMAIN_PMSUSPENDED:
        domain.pMWakeup()


def _watch(domain: Any) -> None:
    """A machine that goes on tries again what its disk failed at, and is paused again within moments if that fails."""
    deadline = time.monotonic() + _DISK_RETRY_SECONDS
    while time.monotonic() < deadline:
        if power_cause(domain) == "disk-error":
            raise HypervisorUnavailableError(
                f'The machine "{domain.name()}" is paused again at once: its disk can still not be written or read',
                "Make room on the host's storage, or repair it, and try again: the machine goes on where it was.",
            )
        time.sleep(0.1)


def put_to_sleep(domain: Any) -> None:
    """Save the memory of a running machine and stop it."""
    domain.setAutostart(0)
    if domain.isActive():
        domain.managedSave()


def shut_down(domain: Any, patience_seconds: float) -> None:
    """Ask the guest to shut down, again and again as it may not listen yet, and stop it when patience ends.

    A sleeping machine is woken for it: to drop its saved memory would be to pull the plug. A paused one goes on.
    """
    domain.setAutostart(0)
    if power_state(domain) == "sleeping":
        domain.create()
    _go_on(domain)
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
