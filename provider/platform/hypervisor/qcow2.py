"""Whether a file is a qcow2 disk that a host may be given as a system image. Called by ``images``.

Only the header and the tables are read, by QEMU's docs/interop/qcow2.txt, so that it needs no tool on this computer
and nothing is ever guessed: a format that is guessed, or a disk that names other files, would let the author of an
image read files of the host.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_HEADER = struct.Struct(">4sIQIIQIIQQIIQ")
"""Up to the snapshots' offset; version 3 has its feature bits from there on."""
_MAGIC = b"QFI\xfb"
_DIRTY, _CORRUPT, _EXTERNAL_DATA, _KNOWN_FEATURES = 1, 2, 4, 0b11111
_EXTENDED_L2 = 16
_OFFSET = 0x00FFFFFFFFFFFE00
_COMPRESSED = 1 << 62
_LARGEST_L1_BYTES = 32 * 1024 * 1024
_UNPACK = {
    b"\xfd7zXZ\x00": ("compressed with xz", "xz --decompress --keep {}"),
    b"\x1f\x8b": ("compressed with gzip", "gzip --decompress --keep {}"),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "zstd --decompress {}"),
    b"BZh": ("compressed with bzip2", "bzip2 --decompress --keep {}"),
    b"PK\x03\x04": ("a zip archive", "unzip {}"),
}
_CONVERTIBLE = {b"KDMV": "vmdk", b"vhdxfile": "vhdx", b"conectix": "vpc", b"QED\0": "qed"}


class ImageError(Exception):
    """A file that cannot become a system image, or an image that cannot be removed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk as a guest sees it."""

    virtual_bytes: int


def read_qcow2(path: Path) -> Disk:
    """What a qcow2 file holds.

    Raises:
        ImageError: it cannot be read, is no qcow2 disk, is cut short, or depends on other files or a secret.
    """
    try:
        with path.open("rb") as file:
            return _read(path, file)
    except OSError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror}.") from error


def _read(path: Path, file: BinaryIO) -> Disk:
    header = file.read(_HEADER.size + 32)
    if not header.startswith(_MAGIC) or len(header) < _HEADER.size:
        raise _other_format(path, header)
    fields = _HEADER.unpack_from(header)
    _, version, backing, _, cluster_bits, virtual_bytes, encryption, l1_size, l1_offset, *_ = fields
    if version not in (2, 3):
        raise ImageError(f"{path} is qcow2 of version {version}; versions 2 and 3 are known.")
    features = struct.unpack_from(">Q", header, _HEADER.size)[0] if version == 3 else 0
    _refuse_dependent(path, backing, encryption, features)
    if not (9 <= cluster_bits <= 21 and virtual_bytes and l1_size * 8 <= _LARGEST_L1_BYTES):
        raise ImageError(f"{path} has a qcow2 header that contradicts itself. Fetch it again.")
    wide = bool(features & _EXTENDED_L2)
    size = path.stat().st_size
    if any(end > size for end in _ends(file, cluster_bits, l1_size, l1_offset, wide=wide)):
        raise ImageError(f"{path} is cut short: it has {size} bytes, and its disk goes on beyond. Fetch it again.")
    return Disk(virtual_bytes)


def _refuse_dependent(path: Path, backing: int, encryption: int, features: int) -> None:
    flat = f"`qemu-img convert -O qcow2 {path} FLAT.qcow2` makes one file of it, where all of its files are there"
    if backing:
        raise ImageError(
            f"{path} has a backing file: it holds only the differences from another disk, and would make the host "
            f"read a file that it names. Import a disk of its own: {flat}."
        )
    if features & _EXTERNAL_DATA:
        raise ImageError(
            f"{path} keeps its data in an external file, and would make the host read a file that it names. Import a "
            f"disk of its own: {flat}."
        )
    if encryption:
        raise ImageError(f"{path} is encrypted, and no host has its key. Import one that is not encrypted.")
    if features & (_DIRTY | _CORRUPT):
        raise ImageError(
            f"{path} was not closed properly or is damaged. Fetch it again, or mend a copy: `qemu-img check -r all`."
        )
    if features & ~_KNOWN_FEATURES:
        raise ImageError(f"{path} uses features of qcow2 that are not known here ({features:#x}). Convert it: {flat}.")


def _ends(file: BinaryIO, cluster_bits: int, l1_size: int, l1_offset: int, *, wide: bool) -> Iterator[int]:
    """How far into the file each table and each cluster's first byte needs it to go."""
    cluster = 1 << cluster_bits
    compressed_offset = (1 << (62 - (cluster_bits - 8))) - 1
    yield l1_offset + l1_size * 8
    for l1_entry in _entries(file, l1_offset, l1_size * 8):
        table = l1_entry & _OFFSET
        if not table:
            continue
        yield table + cluster
        for entry in _entries(file, table, cluster)[:: 2 if wide else 1]:
            offset = entry & (compressed_offset if entry & _COMPRESSED else _OFFSET)
            if offset:
                yield offset + 1


def _entries(file: BinaryIO, offset: int, length: int) -> tuple[int, ...]:
    file.seek(offset)
    content = file.read(length)
    return struct.unpack(f">{len(content) // 8}Q", content[: len(content) // 8 * 8])


def _other_format(path: Path, header: bytes) -> ImageError:
    for sign, (what, command) in _UNPACK.items():
        if header.startswith(sign):
            return ImageError(f"{path} is {what}. Unpack it first: `{command.format(path)}`.")
    for sign, name in _CONVERTIBLE.items():
        if header.startswith(sign):
            return ImageError(f"{path} is {name}, not qcow2. Convert it: {_convert(name, path)}.")
    if header.lstrip()[:1] == b"<":
        return ImageError(f"{path} is a page of HTML or XML, not a disk. Look at what the address really gives.")
    return ImageError(
        f"{path} is not qcow2. A raw disk is not guessed; if you know that it is one, convert it: "
        f"{_convert('raw', path)}."
    )


def _convert(name: str, path: Path) -> str:
    return f"`qemu-img convert -f {name} -O qcow2 {path} CONVERTED.qcow2`"
