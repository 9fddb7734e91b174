"""Build the demo image, a small bootable guest made of Debian's packages, and put it into a host's pool.

It stands in for a cloud image in the demo and the tests: one qcow2 disk with a Linux kernel, busybox and the
scripts of ``demo_guest``, started by syslinux from a FAT partition. Nothing needs root, and nothing is mounted.
`qualit images build-demo` and the tests call it.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from provider.platform.hypervisor.demo_guest import (
    ACCOUNTS,
    AGENT,
    AGENT_LIBRARIES,
    APPLETS,
    BOOT_LOADER,
    GROUPS,
    INIT,
    LEASE,
    LOADER,
    MODULES,
    SHUTDOWN,
)

if TYPE_CHECKING:
    from provider.platform.hypervisor.images import Image, Images

KERNEL_PACKAGE = "linux-image-cloud-amd64"
AGENT_PACKAGES = ("qemu-guest-agent", "libglib2.0-0", "libnuma1", "libudev1", "liburing2", "libpcre2-8-0", "libc6")
PACKAGES = (KERNEL_PACKAGE, "busybox-static", "syslinux", "syslinux-common", *AGENT_PACKAGES)
"""Downloaded and unpacked, never installed. The first only names the package of the current kernel."""
DISK_MIB = 48
SHAPE = 3
"""Raised when what the image holds changes: an image of an earlier shape is built anew, and replaced in the pool."""
_SOURCE = "qualit images build-demo"
_PARTITION_OFFSET = 1024 * 1024
_SECTOR = 512


class DemoImageError(Exception):
    """The demo image cannot be built here; the message says what is missing and how to get it."""


def build_demo_image(destination: Path, work: Path) -> None:
    """Build the image at ``destination``; ``work`` is a folder for what is downloaded and unpacked.

    Raises:
        DemoImageError: a tool or a Debian package is missing.
    """
    for tool, package in (("apt-get", "apt"), ("dpkg-deb", "dpkg"), ("mformat", "mtools"), ("qemu-img", "qemu-utils")):
        if shutil.which(tool) is None:
            raise DemoImageError(f"{tool} is missing. Install it: `sudo apt-get install {package}`.")
    work.mkdir(parents=True, exist_ok=True)
    root = _unpacked_packages(work)
    kernel = _only(root, "boot/vmlinuz-*")
    initramfs = work / "initramfs.gz"
    initramfs.write_bytes(gzip.compress(b"".join(_archive(_initramfs_files(root))), mtime=0))
    disk = work / "disk.raw"
    _write_disk(disk, root, {"vmlinuz": kernel, "initramfs.gz": initramfs})
    destination.parent.mkdir(parents=True, exist_ok=True)
    finished = destination.with_name(f"{destination.name}.{os.getpid()}.part")
    _run("qemu-img", "convert", "-O", "qcow2", str(disk), str(finished))
    finished.replace(destination)


def demo_image(cache: Path | None = None) -> Path:
    """The demo image below ``cache`` (by default ``QUALIT_TOOLS_DIR``, or the user's cache), built when missing."""
    folder = cache or _default_cache()
    image = folder / f"demo-guest-{SHAPE}.qcow2"
    if not image.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="demo-guest-", dir=folder) as work:
            build_demo_image(image, Path(work))
    return image


def install_demo_images(uri: str, os_ids: Sequence[str] = ("debian-12",), cache: Path | None = None) -> tuple[str, ...]:
    """Put the demo image into the pool of the host at ``uri`` as the image of each system that has none, or one of an
    earlier shape of it.

    Returns the systems that it now stands in for. The test driver needs no images and gets none.

    Raises:
        HypervisorUnavailableError, DeliveryImpossibleError: as the hypervisor port says.
        DemoImageError: it cannot be built here.
    """
    if uri.startswith("test:"):
        return ()
    from provider.platform.hypervisor.connection import LibvirtConnection, translated
    from provider.platform.hypervisor.images import Images
    from provider.platform.hypervisor.volumes import Volumes

    images = Images(Volumes(LibvirtConnection(uri)))
    with translated("take the demo image", uri):
        missing = tuple(os_id for os_id in os_ids if _lacks(images, os_id))
        for os_id in missing:
            images.add(os_id, demo_image(cache), source=f"{_SOURCE}, shape {SHAPE}")
            _remove_earlier(images, os_id)
    return missing


def _lacks(images: Images, os_id: str) -> bool:
    newest = images.newest(os_id)
    return newest is None or any(_is_earlier(image) for image in images.of(os_id) if image.volume == newest.name())


def _is_earlier(image: Image) -> bool:
    """Whether an image is this one in an earlier shape. Before images had records it was put there like one by hand;
    no system's own image is as small."""
    if image.source is None:
        return image.version == 0 and image.virtual_bytes == DISK_MIB * 1024**2
    return image.source.startswith(_SOURCE) and image.source != f"{_SOURCE}, shape {SHAPE}"


def _remove_earlier(images: Images, os_id: str) -> None:
    from provider.platform.hypervisor.qcow2 import ImageError

    for image in images.of(os_id):
        if image.version and _is_earlier(image):
            with suppress(ImageError):  # machines are based on it
                images.remove(image)


def _default_cache() -> Path:
    named = os.environ.get("QUALIT_TOOLS_DIR")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qualit" / "tools"


def _unpacked_packages(work: Path) -> Path:
    """Debian's packages of ``PACKAGES``, unpacked into one folder."""
    _run("apt-get", "download", *PACKAGES, folder=work)
    meta = _only(work, f"{KERNEL_PACKAGE}_*.deb")
    depends = _run("dpkg-deb", "--field", str(meta), "Depends")
    found = re.search(r"linux-image-[0-9][^ ,]*", depends)
    if found is None:
        raise DemoImageError(f"{KERNEL_PACKAGE} names no kernel package, but only: {depends.strip()}")
    _run("apt-get", "download", found[0], folder=work)
    root = work / "root"
    for package in sorted(work.glob("*.deb")):
        _run("dpkg-deb", "--extract", str(package), str(root))
    return root


def _initramfs_files(root: Path) -> Iterator[tuple[str, int, bytes]]:
    """Path, mode and content of each file in the guest; a folder has no content, a link its target."""
    for folder in ("bin", "dev", "etc", "home", "lib", "lib64", "modules", "proc", "run", "sbin", "sys", "var"):
        yield folder, 0o40755, b""
    for private in ("root", "tmp"):
        yield private, 0o40700, b""
    yield "bin/busybox", 0o100755, (root / "bin/busybox").read_bytes()
    for applet in APPLETS:
        yield f"bin/{applet}", 0o120777, b"busybox"
    modules = _with_dependencies(root)
    for name, content in modules.items():
        yield f"modules/{name}.ko", 0o100644, content
    yield "modules/order", 0o100644, "".join(f"{name}\n" for name in modules).encode()
    yield "init", 0o100755, INIT.encode()
    yield "lease", 0o100755, LEASE.encode()
    yield "etc/passwd", 0o100644, ACCOUNTS.encode()
    yield "etc/group", 0o100644, GROUPS.encode()
    yield "sbin/shutdown", 0o100755, SHUTDOWN.encode()
    yield "bin/qemu-ga", 0o100755, (root / AGENT).read_bytes()
    yield LOADER, 0o100755, _library(root, LOADER.rpartition("/")[2])
    for library in AGENT_LIBRARIES:
        yield f"lib/{library}", 0o100644, _library(root, library)


def _library(root: Path, name: str) -> bytes:
    """A library by the name that programs load it by, from wherever its package has it."""
    return _only(root, f"**/x86_64-linux-gnu/{name}").read_bytes()


def _with_dependencies(root: Path) -> dict[str, bytes]:
    """The guest's modules with what they depend on, in the order of loading. A module names its own dependencies."""
    found: dict[str, bytes] = {}

    def add(name: str) -> None:
        if name in found:
            return
        content = _only(root, f"lib/modules/*/kernel/**/{name}.ko").read_bytes()
        depends = re.search(rb"\0depends=([^\0]*)\0", content)
        for dependency in depends[1].decode().split(",") if depends else ():
            if dependency:
                add(dependency)
        found[name] = content

    for name in MODULES:
        add(name)
    return found


def _archive(files: Iterator[tuple[str, int, bytes]]) -> Iterator[bytes]:
    """A cpio archive in the "newc" format that the kernel's initramfs documentation describes."""
    for inode, (path, mode, content) in enumerate([*files, ("TRAILER!!!", 0, b"")], start=1):
        name = path.encode() + b"\0"
        fields = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
        yield _padded(b"070701" + b"".join(b"%08x" % field for field in fields) + name)
        yield _padded(content)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _write_disk(disk: Path, root: Path, files: dict[str, Path]) -> None:
    """A disk with a master boot record and one active FAT partition that syslinux starts from."""
    sectors = DISK_MIB * 1024 * 1024 // _SECTOR
    first = _PARTITION_OFFSET // _SECTOR
    with disk.open("wb") as image:
        image.truncate(sectors * _SECTOR)
        code = (root / "usr/lib/SYSLINUX/mbr.bin").read_bytes().ljust(446, b"\0")
        # Active, FAT16 with LBA; cylinders, heads and sectors are "beyond" and unused.
        entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 0x0E, b"\xfe\xff\xff", first, sectors - first)
        image.write(code + entry.ljust(64, b"\0") + b"\x55\xaa")
    partition = f"{disk}@@{_PARTITION_OFFSET}"
    _run(
        "mformat",
        "-i",
        partition,
        "-T",
        str(sectors - first),
        "-h",
        "16",
        "-s",
        "63",
        "-H",
        str(first),
        "-v",
        "DEMO",
        "::",
    )
    configuration = disk.with_name("syslinux.cfg")
    configuration.write_text(BOOT_LOADER)
    for name, source in {**files, "syslinux.cfg": configuration}.items():
        _run("mcopy", "-i", partition, str(source), f"::{name}")
    _run(str(root / "usr/bin/syslinux"), "--offset", str(_PARTITION_OFFSET), "--install", str(disk))


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise DemoImageError(f"Debian's packages hold {len(found)} files like {pattern} where one is expected.")
    return found[0]


def _run(*command: str, folder: Path | None = None) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        hint = " Fetch the package lists first: `sudo apt-get update`." if command[0] == "apt-get" else ""
        raise DemoImageError(f"`{' '.join(command)}` failed: {done.stderr.strip()}{hint}")
    return done.stdout
