"""The NoCloud seed: a small FAT volume labelled ``cidata`` by which a cloud image learns who it is. Called by the host.

It is read at installation, and its host name whenever the system starts. File names and content: cloud-init's
documentation of the NoCloud data source.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provider.platform.hypervisor.port import HypervisorUnavailableError, MachineSpec

_SECTOR = 512
_SMALLEST_KIB = 1440
_HOTPLUG_RULES = (
    'SUBSYSTEM=="cpu", ACTION=="add", ATTR{online}=="0", ATTR{online}="1"\n'
    'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online_movable"\n'
)
"""Not every distribution takes new CPUs and memory into use by itself."""


@contextmanager
def seed_image(spec: MachineSpec) -> Iterator[Path]:
    """The seed's image as a file that lives as long as the context; only its owner can read it.

    Raises:
        HypervisorUnavailableError: mtools is missing on this computer.
    """
    _require_mtools()
    with tempfile.TemporaryDirectory(prefix="qualit-seed-") as folder:
        content = {name: text.encode() for name, text in _files(spec).items()}
        kib = max(_SMALLEST_KIB, sum(len(data) for data in content.values()) * 2 // 1024)
        image = Path(folder, "seed.img")
        geometry = ("-T", str(kib * 1024 // _SECTOR), "-h", "2", "-s", "18")
        _mtool("mformat", "-C", "-i", str(image), *geometry, "-v", "cidata", "::")
        for name, data in content.items():
            _put(image, name, data)
        yield image


@contextmanager
def renewed_seed_image(content: bytes, spec: MachineSpec) -> Iterator[Path]:
    """A seed that was written before, with the machine's present name and keys; the rest stays, user data included.

    Raises:
        HypervisorUnavailableError: as ``seed_image``.
    """
    _require_mtools()
    with tempfile.TemporaryDirectory(prefix="qualit-seed-") as folder:
        image = Path(folder, "seed.img")
        image.write_bytes(content)
        _put(image, "meta-data", _meta_data(spec).encode())
        yield image


def _require_mtools() -> None:
    if shutil.which("mformat") is None:
        raise HypervisorUnavailableError(
            "mtools is missing, with which the seed of a machine is written.",
            "Install it: `sudo apt-get install mtools`.",
        )


def _put(image: Path, name: str, data: bytes) -> None:
    """Write one file of the seed, in the place of an earlier one."""
    source = image.with_name(name)
    source.write_bytes(data)
    _mtool("mcopy", "-o", "-i", str(image), str(source), f"::{name}")


def _meta_data(spec: MachineSpec) -> str:
    meta = {"instance-id": spec.uuid, "local-hostname": spec.hostname, "public-keys": list(spec.ssh_keys)}
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in meta.items())


def _files(spec: MachineSpec) -> dict[str, str]:
    """JSON is YAML: nothing that a customer wrote can break out of its place."""
    network = {
        "version": 2,
        "ethernets": {
            f"address{index}": {"match": {"macaddress": address.mac}, "dhcp4": True}
            for index, address in enumerate(spec.addresses)
        },
    }
    rules = {"path": "/etc/udev/rules.d/80-qualit-hotplug.rules", "content": _HOTPLUG_RULES}
    return {
        "meta-data": _meta_data(spec),
        "network-config": json.dumps(network),
        "vendor-data": f"#cloud-config\n{json.dumps({'write_files': [rules]})}\n",
        "user-data": spec.user_data or "#cloud-config\n{}\n",
    }


def _mtool(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        # Not its arguments: it may be the user data that does not fit.
        raise HypervisorUnavailableError(
            f"{command[0]} could not write the seed: {done.stderr.strip()}",
            "Look for a full disk where temporary files are kept (`df -h /tmp`).",
        )
