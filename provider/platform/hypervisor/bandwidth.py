"""Limit the bandwidth of a machine's interfaces, where the host's kernel can. Called by the host.

Each interface may use the whole of what was bought. On a kernel without the traffic classes that libvirt uses, a
``<bandwidth>`` in the XML would keep the machine from starting; so it is a step of its own after each start.
"""

from __future__ import annotations

from typing import Any

import libvirt

from provider.platform.hypervisor.domain_xml import kilobytes_per_second
from provider.platform.hypervisor.domains import definition


def limit_bandwidth(domain: Any, mbits: int) -> None:
    """Set what the interfaces of a running machine may send and receive. Live and persistent need a call each."""
    rate = kilobytes_per_second(mbits)
    for scope, persistent in ((libvirt.VIR_DOMAIN_AFFECT_LIVE, False), (libvirt.VIR_DOMAIN_AFFECT_CONFIG, True)):
        state = definition(domain, persistent=persistent)
        if state.bandwidth_mbits == mbits:
            continue
        for mac in state.macs:
            domain.setInterfaceParameters(mac, {"inbound.average": rate, "outbound.average": rate}, scope)
