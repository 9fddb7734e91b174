"""Small qcow2 files made by hand, by QEMU's docs/interop/qcow2.txt: valid ones and ones with something wrong."""

from __future__ import annotations

import struct
from pathlib import Path

CLUSTER = 65536


def write_qcow2(
    path: Path,
    *,
    virtual_bytes: int = 1 << 30,
    content: bytes = b"data",
    version: int = 3,
    backing: bytes = b"",
    features: int = 0,
    encryption: int = 0,
) -> Path:
    """A disk with one allocated cluster: header, L1 table, L2 table, refcounts, the cluster."""
    l1, l2, refcount_table, refcounts, data = (number * CLUSTER for number in range(1, 6))
    l1_size = max(1, -(-virtual_bytes // (CLUSTER * CLUSTER // 8)))
    header = struct.pack(
        ">4sIQIIQIIQQIIQ",
        b"QFI\xfb",
        version,
        256 if backing else 0,
        len(backing),
        16,
        virtual_bytes,
        encryption,
        l1_size,
        l1,
        refcount_table,
        1,
        0,
        0,
    )
    header += struct.pack(">QQQII", features, 0, 0, 4, 104)
    parts = {
        0: header,
        256: backing,
        l1: struct.pack(">Q", 1 << 63 | l2),
        l2: struct.pack(">Q", 1 << 63 | data),
        refcount_table: struct.pack(">Q", refcounts),
        refcounts: struct.pack(">6H", *[1] * 6),
        data: content,
    }
    with path.open("wb") as file:
        for offset, part in parts.items():
            file.seek(offset)
            file.write(part)
        file.truncate(data + CLUSTER)
    return path
