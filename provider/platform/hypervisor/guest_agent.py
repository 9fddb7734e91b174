"""What is asked of a running guest through its QEMU agent. Called by the host.

The guest is its customer's: an agent that is not there, hangs or refuses is no failure of ours. Each call waits a few
seconds at most, and nothing that was paid for rests on one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import libvirt

from provider.platform.hypervisor.domains import definition
from provider.platform.hypervisor.guest_keys import KEYS_NAMESPACE, KEYS_PREFIX, GuestKeys

ANSWER_SECONDS = 5
"""How long the agent may take for one answer; libvirt would wait for ever."""
CPU_SECONDS = 5.0
"""How long a guest may take to see a new CPU."""
WAKING_SECONDS = 5.0
"""How long the agent of a woken guest may take to be there again."""


def wait_for_agent(domain: Any) -> None:
    """Give the agent of a guest that was just woken a moment to be there; without one nothing happens."""
    deadline = time.monotonic() + WAKING_SECONDS
    while not definition(domain).agent_connected and time.monotonic() < deadline:
        time.sleep(0.2)


def place_keys(domain: Any, login: str, wanted: Sequence[str]) -> str | None:
    """Let exactly the wanted keys of ours log in as ``login``; None when they do, else why not yet.

    What was put there by others stays. Safe to repeat: what may be in the guest is remembered before it is put there.
    """
    state = definition(domain)
    known = state.keys
    if known.are(wanted):
        return None
    on_the_way = known.on_the_way_to(wanted)
    _remember(domain, on_the_way)
    if not domain.isActive():
        return "it does not run"
    if not state.agent_connected:
        return "no guest agent is connected"
    try:
        domain.agentSetResponseTimeout(ANSWER_SECONDS)
        there = _keys_of(domain, login)
        if missing := known.missing(there, wanted):
            domain.authorizedSSHKeysSet(login, missing, libvirt.VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND)
            there = domain.authorizedSSHKeysGet(login)
        if superfluous := on_the_way.superfluous(there, wanted):
            domain.authorizedSSHKeysSet(login, superfluous, libvirt.VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE)
    except libvirt.libvirtError as error:
        return _reason(error)
    _remember(domain, GuestKeys(tuple(wanted)))
    return None


def bring_online(domain: Any, vcpus: int) -> bool:
    """Let a running guest use all its vCPUs, where its system leaves new ones offline; whether it now does.

    The guest sees a new one a moment after it was added.
    """
    if not definition(domain).agent_connected:
        return False
    deadline = time.monotonic() + CPU_SECONDS
    while True:
        try:
            domain.agentSetResponseTimeout(ANSWER_SECONDS)
            seen = domain.guestVcpus()
            if seen is None:  # libvirt's Python binding raises nothing when the agent does not answer
                return False
            if _count(seen["vcpus"]) >= vcpus:
                domain.setVcpusFlags(vcpus, libvirt.VIR_DOMAIN_VCPU_GUEST)
                return True
        except libvirt.libvirtError as error:
            _reason(error)
            if error.get_error_code() == libvirt.VIR_ERR_AGENT_UNRESPONSIVE:
                return False
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.2)


def _keys_of(domain: Any, login: str) -> list[str]:
    """The lines of an account's ``authorized_keys``; none where it has no such file yet.

    That is an error like any other to the agent, so this may be one; it is one if adding a key fails as well.
    """
    try:
        return list(domain.authorizedSSHKeysGet(login))
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_INTERNAL_ERROR:
            raise
        return []


def _remember(domain: Any, keys: GuestKeys) -> None:
    scope = libvirt.VIR_DOMAIN_AFFECT_CONFIG | (libvirt.VIR_DOMAIN_AFFECT_LIVE if domain.isActive() else 0)
    domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, keys.metadata(), KEYS_PREFIX, KEYS_NAMESPACE, scope)


def _reason(error: libvirt.libvirtError) -> str:
    """What the guest said; an error of the connection to the host is none of the guest's and goes on."""
    if error.get_error_domain() not in (libvirt.VIR_FROM_QEMU, libvirt.VIR_FROM_DOMAIN, libvirt.VIR_FROM_NONE):
        raise error
    if error.get_error_code() == libvirt.VIR_ERR_AGENT_UNRESPONSIVE:
        return "its guest agent does not answer"
    if error.get_error_code() in (libvirt.VIR_ERR_NO_SUPPORT, libvirt.VIR_ERR_OPERATION_UNSUPPORTED):
        return "the host or its guest agent is too old for it"
    # libvirt puts in front of it which command could not be executed.
    said = (error.get_error_message() or str(error)).partition("agent command '")[2].partition("': ")[2]
    return f"its guest agent refused: {said or error}"


def _count(bitmap: str) -> int:
    """How many CPUs a list such as ``0-2,5`` has."""
    total = 0
    for part in bitmap.split(","):
        first, _, last = part.partition("-")
        total += int(last or first) - int(first) + 1
    return total
