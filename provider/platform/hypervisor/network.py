"""The libvirt network ``qualit``, with an address reserved for each interface of each machine. Called by the host.

libvirt's errors pass through, to be translated by the caller.
"""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import libvirt

from provider.platform.hypervisor.connection import LibvirtConnection, absent
from provider.platform.hypervisor.domain_xml import NETWORK
from provider.platform.hypervisor.domains import dhcp_hosts
from provider.platform.hypervisor.port import Address, DeliveryImpossibleError

_CANDIDATES = tuple(ipaddress.IPv4Network(f"10.{second}.0.0/16") for second in (69, 117, 213))
"""Unusual private networks: the first that nothing else on the host uses is taken."""


class MachineNetwork:
    """The network on one host."""

    def __init__(self, connection: LibvirtConnection) -> None:
        self._connection = connection

    def find(self) -> Any:
        """The network, started or not, or None."""
        try:
            return self._connection.handle().networkLookupByName(NETWORK)
        except libvirt.libvirtError as error:
            if absent(error):
                return None
            raise

    def ensure(self) -> Any:
        """The started network; made when it is not there, with NAT if the host can and isolated otherwise."""
        network = self.find()
        if network is None:
            return self._make()
        if not network.isActive():
            try:
                network.create()
            except libvirt.libvirtError:
                if not network.isActive():
                    raise
        return network

    def subnet(self) -> ipaddress.IPv4Network:
        ip = ET.fromstring(self.ensure().XMLDesc()).find("ip")  # noqa: S314 - libvirt wrote it
        if ip is None:
            raise DeliveryImpossibleError(
                f'The network "{NETWORK}" has no IPv4 addresses. It was not made by Qual.IT: rename or remove it.'
            )
        mask = ip.get("netmask") or ip.get("prefix") or "32"
        return ipaddress.IPv4Network(f"{ip.get('address')}/{mask}", strict=False)

    def addresses_in_use(self) -> frozenset[str]:
        """The reserved addresses and the host's own."""
        gateway = str(self.subnet()[1])
        return frozenset({gateway, *(host.get("ip", "") for host in dhcp_hosts(self.ensure()))})

    def reserve(self, addresses: Sequence[Address]) -> None:
        """Reserve each address for its MAC.

        Raises:
            DeliveryImpossibleError: an address is not of this network or is another machine's; libvirt would
                accept the first.
        """
        subnet = self.subnet()
        network = self.ensure()
        reserved = {host.get("ip"): host.get("mac", "").lower() for host in dhcp_hosts(network)}
        for address in addresses:
            if ipaddress.IPv4Address(address.ip) not in subnet:
                raise DeliveryImpossibleError(f"The address {address.ip} is not of the host's network {subnet}.")
            holder = reserved.get(address.ip)
            if holder is None:
                _update(network, libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, address)
            elif holder != address.mac.lower():
                raise DeliveryImpossibleError(f"The address {address.ip} is already reserved for another machine.")

    def release(self, addresses: Sequence[Address]) -> None:
        """Give back the reservations that are these addresses' own."""
        network = self.find()
        if network is None:
            return
        reserved = {(host.get("ip"), host.get("mac", "").lower()) for host in dhcp_hosts(network)}
        for address in addresses:
            if (address.ip, address.mac.lower()) in reserved:
                _update(network, libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE, address)

    def _make(self) -> Any:
        failure: libvirt.libvirtError | None = None
        for forward in ("<forward mode='nat'/>", ""):
            for subnet in _CANDIDATES:
                try:
                    return self._define(_network_xml(subnet, forward))
                except libvirt.libvirtError as error:
                    if self.find() is not None:  # another process was faster
                        return self.ensure()
                    failure = error
        raise failure or RuntimeError("there is no candidate for the network")

    def _define(self, xml: str) -> Any:
        network = self._connection.handle().networkDefineXML(xml)
        try:
            network.create()
        except libvirt.libvirtError:
            if not network.isActive():
                network.undefine()
                raise
        network.setAutostart(1)
        return network


def _network_xml(subnet: ipaddress.IPv4Network, forward: str) -> str:
    return (
        f"<network><name>{NETWORK}</name>{forward}<bridge name='{NETWORK}0' stp='off' delay='0'/>"
        f"<ip address='{subnet[1]}' netmask='{subnet.netmask}'><dhcp/></ip></network>"
    )


def _update(network: Any, command: int, address: Address) -> None:
    flags = libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG
    if network.isActive():
        flags |= libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE
    network.update(
        command,
        libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST,
        -1,  # whichever of the network's addresses has the DHCP server
        f"<host mac='{address.mac}' ip='{address.ip}'/>",
        flags,
    )
