"""The server's machine as libvirt's own `virsh` sees it: the demo's witness beside Qual.IT."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """A domain; ``id`` is given anew at each boot, so an equal one means that the machine never stopped."""

    id: str
    state: str
    vcpus: int
    memory_gib: int
    disk_gib: int
    sleeping: bool


def look(uri: str, domain: str) -> Machine | None:
    """The domain of that UUID; None when libvirt has none."""
    state = _virsh(uri, "domstate", domain)
    if state is None:
        return None
    info = _virsh(uri, "dominfo", domain) or ""
    return Machine(
        id=(_virsh(uri, "domid", domain) or "").strip(),
        state=state.strip(),
        vcpus=_vcpus(uri, domain),
        memory_gib=_memory_gib(uri, domain),
        disk_gib=_disk_gib(uri, domain),
        sleeping="Managed save:   yes" in info,
    )


def _vcpus(uri: str, domain: str) -> int:
    live = (_virsh(uri, "vcpucount", domain, "--current", "--live") or "").strip()
    return int(live) if live else 0


def _memory_gib(uri: str, domain: str) -> int:
    """What the machine has now, in whole GiB."""
    match = re.search(r"^Used memory:\s+(\d+) KiB", _virsh(uri, "dominfo", domain) or "", re.MULTILINE)
    return int(match[1]) // 1024**2 if match else 0


def _disk_gib(uri: str, domain: str) -> int:
    """The size of the system disk, which is the first one."""
    disks = re.search(r"^\s*(vd[a-z])\s", _virsh(uri, "domblklist", domain) or "", re.MULTILINE)
    if disks is None:
        return 0
    match = re.search(r"^Capacity:\s+(\d+)", _virsh(uri, "domblkinfo", domain, disks[1]) or "", re.MULTILINE)
    return int(match[1]) // 1024**3 if match else 0


def _virsh(uri: str, *arguments: str) -> str | None:
    """What virsh prints in English; None when it fails."""
    ended = subprocess.run(  # noqa: S603 - a fixed command
        ["virsh", "--connect", uri, *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    return ended.stdout if ended.returncode == 0 else None
