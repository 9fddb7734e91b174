"""What to run when the hypervisor cannot be used. Called wherever a HypervisorUnavailableError is raised."""

from __future__ import annotations

from pathlib import Path

INSTALL_PYTHON = (
    "Install the headers that it is built against: "
    "`sudo apt-get install --no-install-recommends libvirt-dev pkg-config gcc python3-dev`, "
    "and then `pip install libvirt-python` in this Python's environment."
)
INSTALL_DAEMON = (
    "apt-get install --no-install-recommends libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils "
    "dnsmasq-base mtools"
)
FULL_POOL = (
    "The storage pool of the host is full. The team makes room in it, or gives it a larger file system; "
    "`qualit doctor` shows it"
)


def remedy_for(uri: str, error: str) -> str:
    """The command that most likely puts right what libvirt complains about in ``error``."""
    lowered = error.lower()
    if "permission denied" in lowered or "authentication" in lowered or "polkit" in lowered:
        return "Give your user access to libvirt: `sudo usermod -aG libvirt $USER`, then log in again; or run as root."
    if "no connection driver" in lowered or "unexpected qemu uri" in lowered or "parse xml document" in lowered:
        return (
            f'"{uri}" is no libvirt address that works here. Use "qemu:///system", or "test:///default" without QEMU.'
        )
    if "failed to connect socket" in lowered or "cannot recv data" in lowered or "connection refused" in lowered:
        return f"{_installed()}Start the libvirt daemon: {start_daemon()}."
    if "cannot find suitable emulator" in lowered or "cannot check qemu binary" in lowered:
        return f"Install QEMU: `{INSTALL_DAEMON}`."
    return "Try again; `qualit doctor` shows what is missing on this machine."


def remedy_for_silence(uri: str) -> str:
    """What to look at when a host takes calls and does not answer them: its daemon hangs, or a machine's QEMU does."""
    return (
        "What that call did is looked at when it is tried again, which happens by itself. If "
        f"`virsh -c {uri} list` answers, the QEMU of that machine hangs: look at its storage, or stop it with "
        "`virsh destroy`, and it is started again. If not, the daemon hangs: restart it; the machines run on meanwhile."
    )


def start_daemon() -> str:
    """The command that starts libvirt on this machine, with or without systemd."""
    if Path("/run/systemd/system").is_dir():
        return "`sudo systemctl start libvirtd`"
    return "`sudo sh -c 'virtlogd -d; libvirtd -d'`"


def _installed() -> str:
    if any(Path(folder, "libvirtd").exists() for folder in ("/usr/sbin", "/sbin")):
        return ""
    return f"Install libvirt: `sudo {INSTALL_DAEMON}`. "
