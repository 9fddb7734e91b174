"""The hosts of a platform: which there are, and on which of them a server's machine is. Made by the embedded platform.

A server's record names its host, and everything that is done to it is done there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from provider.platform.hypervisor.port import (
    DeliveryImpossibleError,
    Hypervisor,
    HypervisorUnavailableError,
    UnlistedHostError,
)


class Hosts:
    """The hosts at ``uris``, each connected when it is first needed; safe to use from several threads."""

    def __init__(self, uris: Sequence[str], connect: Callable[[str], Hypervisor]) -> None:
        self._entries = [_Entry(uri, connect) for uri in uris]

    def able(self, os: str | None, disk_gib: int | None = None) -> Sequence[Hypervisor]:
        """Those that answer and, when a system is named, can install it on a disk of that size.

        Raises:
            HypervisorUnavailableError, DeliveryImpossibleError: none of them; this is what the first one said.
        """
        able: list[Hypervisor] = []
        said: list[Exception] = []
        for entry in self._entries:
            try:
                hypervisor = entry.hypervisor()
                hypervisor.check(os, disk_gib)
            except (HypervisorUnavailableError, DeliveryImpossibleError) as error:
                said.append(error)
            else:
                able.append(hypervisor)
        if not able:
            raise said[0]
        return able

    def of(self, host: str | None, machine_uuid: str, server: str) -> Hypervisor:
        """The host that a server is recorded on; one that was renamed is known by the machine on it.

        None, of a server that was placed when there was one host and is not installed yet, is the first.

        Raises:
            UnlistedHostError: it is none of these.
            HypervisorUnavailableError: it may be one that does not answer.
        """
        others: list[_Entry] = []
        silent: HypervisorUnavailableError | None = None
        for entry in self._entries:
            try:
                if host is None or entry.hypervisor().host == host:
                    return entry.hypervisor()
                others.append(entry)
            except HypervisorUnavailableError as error:
                silent = silent or error
        if silent is not None:
            raise silent
        for entry in others:
            if entry.forgets_machines or entry.hypervisor().observe(machine_uuid) is not None:
                return entry.hypervisor()
        names = ", ".join(entry.hypervisor().host for entry in others)
        raise UnlistedHostError(
            f'The server {server} is recorded on the host "{host}", and the hosts in use are {names}, none of which '
            "has its machine",
            f'Set QUALIT_LIBVIRT_URI (`libvirt_uri` in the provider block) to the libvirt address of "{host}".',
        )

    def having(self, machine_uuid: str) -> Hypervisor:
        """The host that has a machine that is not recorded on any; the first when none has it.

        Raises:
            HypervisorUnavailableError: one does not answer.
        """
        every = list(self._connected())
        return next((hypervisor for hypervisor in every if hypervisor.observe(machine_uuid) is not None), every[0])

    def _connected(self) -> Iterator[Hypervisor]:
        for entry in self._entries:
            yield entry.hypervisor()


class _Entry:
    """One host of the list. On libvirt's test driver machines are forgotten with the process, and its name means
    nothing: it is the computer's."""

    def __init__(self, uri: str, connect: Callable[[str], Hypervisor]) -> None:
        self.forgets_machines = uri.startswith("test:")
        self._uri = uri
        self._connect = connect
        self._lock = threading.Lock()
        self._hypervisor: Hypervisor | None = None

    def hypervisor(self) -> Hypervisor:
        with self._lock:
            if self._hypervisor is None:
                self._hypervisor = self._connect(self._uri)
            return self._hypervisor
