"""Which files may become system images: whole qcow2 disks that depend on nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from provider.platform.hypervisor.qcow2 import ImageError, read_qcow2
from tests.qcow2 import write_qcow2


@pytest.mark.parametrize("version", [2, 3])
def test_a_whole_disk_is_read_with_its_virtual_size(tmp_path: Path, version: int) -> None:
    assert read_qcow2(write_qcow2(tmp_path / "disk.qcow2", version=version)).virtual_bytes == 1 << 30


@pytest.mark.skipif(shutil.which("qemu-img") is None, reason="qemu-img is not installed")
@pytest.mark.parametrize("options", ["", "compat=0.10", "extended_l2=on", "compression_type=zstd"])
def test_what_qemu_writes_is_read_also_compressed(tmp_path: Path, options: str) -> None:
    raw, disk = tmp_path / "disk.raw", tmp_path / "disk.qcow2"
    raw.write_bytes(b"some content " * 500_000)
    compressed = [] if options.startswith("extended") else ["-c"]
    chosen = ["-o", options] if options else []
    subprocess.run(["qemu-img", "convert", *compressed, "-O", "qcow2", *chosen, raw, disk], check=True)
    assert read_qcow2(disk).virtual_bytes >= 6_500_000
    disk.write_bytes(disk.read_bytes()[: disk.stat().st_size // 3])
    with pytest.raises(ImageError, match="cut short"):
        read_qcow2(disk)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"backing": b"/etc/shadow"}, "has a backing file.*read a file that it names.*qemu-img convert"),
        ({"features": 4}, "external file.*read a file that it names"),
        ({"encryption": 1}, "is encrypted"),
        ({"features": 1}, "not closed properly or is damaged"),
        ({"features": 2}, "not closed properly or is damaged"),
        ({"features": 1 << 40}, "features of qcow2 that are not known here"),
        ({"version": 4}, "version 4"),
        ({"virtual_bytes": 0}, "contradicts itself"),
    ],
)
def test_a_disk_that_depends_on_something_or_is_damaged_is_refused(
    tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ImageError, match=said):
        read_qcow2(write_qcow2(tmp_path / "disk.qcow2", **wrong))


@pytest.mark.parametrize("left", [300, 70_000, 150_000, 320_000])
def test_a_disk_that_is_cut_short_is_refused_wherever_it_ends(tmp_path: Path, left: int) -> None:
    disk = write_qcow2(tmp_path / "disk.qcow2")
    disk.write_bytes(disk.read_bytes()[:left])
    with pytest.raises(ImageError, match=f"cut short: it has {left} bytes"):
        read_qcow2(disk)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xfd7zXZ\x00...", "compressed with xz. Unpack it first: `xz --decompress"),
        (b"\x1f\x8b...", "gzip"),
        (b"KDMV....", "is vmdk, not qcow2. Convert it: `qemu-img convert -f vmdk"),
        (b"<!DOCTYPE html><html>", "a page of HTML"),
        (b"\0" * 510 + b"\x55\xaa", "not qcow2. A raw disk is not guessed.*convert -f raw"),
        (b"QFI\xfb", "is not qcow2"),
        (b"", "is not qcow2"),
    ],
)
def test_another_format_is_named_with_the_command_that_helps(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "disk.img"
    file.write_bytes(content)
    with pytest.raises(ImageError, match=said):
        read_qcow2(file)


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"cannot be read: No such file"):
        read_qcow2(tmp_path / "none.qcow2")
