"""Limit the bandwidth of a machine's interfaces, where the host's kernel can. Called by the host.

Each interface may use the whole of what was bought. On a kernel without the traffic classes that libvirt uses, a
``<bandwidth>`` in the XML would keep the machine from starting; so it is a step of its own after each start.
"""

from __future__ import annotations

from typing import Any

from provider.platform.hypervisor.domain_state import DomainState
from provider.platform.hypervisor.domain_xml import kilobytes_per_second
from provider.platform.hypervisor.port import MachineSpec


def limit_bandwidth(domain: Any, has: DomainState, spec: MachineSpec, scope: int) -> None:
    """Let each interface send and receive what was bought; one that may more already keeps it (N3).

    ``has`` is the definition of that scope; both scopes in one call are refused.
    """
    mbits = spec.characteristics.bandwidth_mbits
    rate = kilobytes_per_second(mbits)
    for mac, limit in has.limits_mbits.items():
        if limit < mbits:
            domain.setInterfaceParameters(mac, {"inbound.average": rate, "outbound.average": rate}, scope)
