"""The demo image with a guest that writes more and more to its disk, to see what a full pool does to it."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path

from provider.platform.hypervisor.demo_guest import INIT
from provider.platform.hypervisor.demo_image import demo_image

_LOOP = "while true; do\n    for cpu"
_WRITER = """\
(at=1000; while true; do
    dd if=/dev/zero of=/dev/vda bs=1M seek=$at count=20 2>/dev/null
    at=$((at + 20)); sleep 1
done) &
"""
_PARTITION = "@@1048576"


def greedy_image(folder: Path) -> Path:
    """Build it below ``folder``. The kernel takes the last of several files of a name in its initramfs."""
    raw, initramfs, image = folder / "greedy.raw", folder / "initramfs.gz", folder / "greedy.qcow2"
    init = INIT.replace(_LOOP, _WRITER + _LOOP)
    if init == INIT:
        raise LookupError("the demo guest has no loop to write beside any more")
    subprocess.run(["qemu-img", "convert", "-O", "raw", str(demo_image()), str(raw)], check=True)
    subprocess.run(["mcopy", "-o", "-i", f"{raw}{_PARTITION}", "::initramfs.gz", str(initramfs)], check=True)
    with initramfs.open("ab") as file:
        file.write(gzip.compress(b"".join(_archive({"init": init.encode()}))))
    subprocess.run(["mcopy", "-o", "-i", f"{raw}{_PARTITION}", str(initramfs), "::initramfs.gz"], check=True)
    subprocess.run(["qemu-img", "convert", "-O", "qcow2", str(raw), str(image)], check=True)
    return image


def _archive(files: dict[str, bytes]) -> Iterator[bytes]:
    """A cpio archive in the "newc" format."""
    for inode, (path, content) in enumerate([*files.items(), ("TRAILER!!!", b"")], start=1):
        name = path.encode() + b"\0"
        fields = (inode, 0o100755, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
        for data in (b"070701" + b"".join(b"%08x" % field for field in fields) + name, content):
            yield data + bytes(-len(data) % 4)
