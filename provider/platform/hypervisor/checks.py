"""What a host has and lacks for running machines, as `qualit doctor` shows it."""

from __future__ import annotations

import grp
import importlib.util
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from provider.platform.hypervisor.check import Check, good, limited, missing, version
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.hypervisor.remedy import INSTALL_PYTHON

__all__ = ["Check", "run_checks"]

_KVM_DEVICE = Path("/dev/kvm")


def run_checks(uri: str, home: Path | None = None, os_ids: Sequence[str] = ()) -> list[Check]:
    """Look at the host behind ``uri``, in the order in which things depend on each other, as far as one can get.

    ``os_ids`` are the systems of which there should be an image. What is found out by trying (KVM, bandwidth) is
    remembered below ``home``, if one is given; the first time takes some seconds.
    """
    found: list[Check] = []
    try:
        found.extend(_connection_checks(uri))
        if all(check.ok for check in found) and not uri.startswith("test:"):
            from provider.platform.hypervisor.host_checks import host_checks

            found.append(_mtools())
            found.extend(host_checks(uri, home, os_ids))
            if uri.startswith("qemu:///"):
                found.extend(_kvm_device())
    except (HypervisorUnavailableError, DeliveryImpossibleError) as error:
        remedy = error.remedy if isinstance(error, HypervisorUnavailableError) else ""
        found.append(missing("hypervisor", str(error), remedy))
    return found


def _connection_checks(uri: str) -> Iterator[Check]:
    if importlib.util.find_spec("libvirt") is None:
        yield missing("libvirt-python", "It is not installed.", INSTALL_PYTHON)
        return
    yield good("libvirt-python", "It can be imported.")
    from provider.platform.hypervisor.connection import LibvirtConnection

    connection = LibvirtConnection(uri)
    try:
        handle = connection.handle()
    except HypervisorUnavailableError as error:
        yield missing("libvirt", str(error), error.remedy)
        return
    if uri.startswith("test:"):
        yield limited("libvirt", "The test driver: its machines have no guest and end with the process.")
    else:
        yield good("libvirt", f"{handle.getHostname()} answers, with version {version(handle.getLibVersion())}.")
    connection.close()


def _mtools() -> Check:
    if shutil.which("mformat") is None:
        return missing("mtools", "New machines get no seed without it.", "sudo apt-get install mtools")
    return good("mtools", "It is installed.")


def _kvm_device() -> Iterator[Check]:
    """Where nobody (udev) gave the device to its group, libvirt looks for KVM anew at each start, for a minute."""
    try:
        status, kvm = _KVM_DEVICE.stat(), grp.getgrnam("kvm").gr_gid
    except (OSError, KeyError):
        return
    everybody = status.st_mode & stat.S_IROTH and status.st_mode & stat.S_IWOTH
    group = status.st_gid == kvm and status.st_mode & stat.S_IRGRP and status.st_mode & stat.S_IWGRP
    if not (everybody or group):
        yield limited(
            str(_KVM_DEVICE),
            "It is there and closed to QEMU: each start of a machine takes a minute longer.",
            f"sudo chgrp kvm {_KVM_DEVICE} && sudo chmod 660 {_KVM_DEVICE}",
        )
