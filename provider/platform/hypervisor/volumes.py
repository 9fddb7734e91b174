"""The storage pool ``qualit`` of a host and the volumes in it. Called by the host and by ``images``.

Everything goes through libvirt, also reading and writing, so that it works on a remote host too. The volumes of a
machine begin with its UUID; what system images are called is said in ``images``. libvirt's errors pass through, to be
translated by the caller.
"""

from __future__ import annotations

import hashlib
import io
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import libvirt

from provider.platform.hypervisor.connection import LibvirtConnection, absent

POOL = "qualit"
POOL_PATH = f"/var/lib/libvirt/images/{POOL}"
"""Where the QEMU user may read; it may not below a user's home."""
GIB = 1024**3
_CHUNK = 1024 * 1024


class Volumes:
    """The pool on one host."""

    def __init__(self, connection: LibvirtConnection) -> None:
        self._connection = connection

    def find_pool(self) -> Any:
        """The active pool, or None."""
        try:
            pool = self._connection.handle().storagePoolLookupByName(POOL)
        except libvirt.libvirtError as error:
            if absent(error):
                return None
            raise
        return pool if pool.isActive() else None

    def ensure_pool(self) -> Any:
        """The active pool; defined and started when it is not there. It starts with the host from then on."""
        found = self.find_pool()
        if found is not None:
            return found
        handle = self._connection.handle()
        try:
            pool = handle.storagePoolDefineXML(_pool_xml())
        except libvirt.libvirtError:
            pool = handle.storagePoolLookupByName(POOL)  # another process was faster, or it was stopped
        try:
            pool.create(libvirt.VIR_STORAGE_POOL_CREATE_WITH_BUILD)
        except libvirt.libvirtError:
            if not pool.isActive():
                raise
        pool.setAutostart(1)
        return pool

    def capacity_gib(self) -> int:
        """The size of the file system that the pool is on."""
        return int(self.ensure_pool().info()[1]) // GIB

    def free_bytes(self) -> int:
        """What the file system that the pool is on still takes, now; libvirt remembers what it was."""
        pool = self.ensure_pool()
        _refresh(pool)
        return int(pool.info()[3])

    def path(self, name: str) -> str:
        """The path on the host of a volume that exists or is to be."""
        target = ET.fromstring(self.ensure_pool().XMLDesc()).findtext("target/path")  # noqa: S314 - libvirt wrote it
        return f"{target}/{name}"

    def find(self, name: str) -> Any:
        """The volume of that name, or None. The pool is read again before None is said."""
        pool = self.find_pool()
        if pool is None:
            return None
        for attempt in range(2):
            try:
                return pool.storageVolLookupByName(name)
            except libvirt.libvirtError as error:
                if not absent(error):
                    raise
            if not attempt:
                _refresh(pool)
        return None

    def has(self, name: str) -> bool:
        """Whether the volume's file is there, whatever libvirt remembers of it."""
        volume = self.find(name)
        if volume is None:
            return False
        try:
            volume.info()
        except libvirt.libvirtError:
            return name in self._names()
        return True

    def names(self) -> list[str]:
        """The volumes that libvirt knows of, which is all that were made through it."""
        pool = self.find_pool()
        return list(pool.listVolumes()) if pool is not None else []

    def based_on(self) -> dict[str, list[str]]:
        """The names of the copy-on-write volumes on each path."""
        pool = self.find_pool()
        found: dict[str, list[str]] = {}
        for volume in pool.listAllVolumes() if pool is not None else ():
            with suppress(libvirt.libvirtError):  # it was deleted meanwhile
                path = ET.fromstring(volume.XMLDesc()).findtext("backingStore/path")  # noqa: S314 - libvirt wrote it
                if path:
                    found.setdefault(path, []).append(str(volume.name()))
        return found

    def machine_volumes(self, uuid: str) -> tuple[str, ...]:
        """The names of everything that the pool holds for a machine, its console's log included."""
        return tuple(sorted(name for name in self._names() if name.startswith(uuid)))

    def create_overlay(self, name: str, image: Any, size_gib: int) -> str:
        """A copy-on-write volume on an image; its path."""
        volume = self.ensure_pool().createXML(
            f"<volume><name>{name}</name><capacity unit='GiB'>{size_gib}</capacity>"
            "<target><format type='qcow2'/></target>"
            f"<backingStore><path>{image.path()}</path><format type='qcow2'/></backingStore></volume>"
        )
        return str(volume.path())

    def write(self, name: str, source: Path) -> str:
        """A volume with the content of a local file; its path. One that is half-written is removed."""
        with source.open("rb") as content:
            return self._write(name, content, source.stat().st_size)

    def write_text(self, name: str, text: str) -> None:
        """A volume with a short text."""
        data = text.encode()
        self._write(name, io.BytesIO(data), len(data))

    def _write(self, name: str, content: BinaryIO, size: int) -> str:
        volume = self.ensure_pool().createXML(
            f"<volume><name>{name}</name><capacity>{size}</capacity><target><format type='raw'/></target></volume>"
        )
        try:
            stream = self._connection.handle().newStream()
            volume.upload(stream, 0, size)
            while chunk := content.read(_CHUNK):
                _send(stream, chunk)
            stream.finish()
        except BaseException:
            volume.delete()
            raise
        return str(volume.path())

    def read(self, name: str) -> bytes:
        """What a volume holds now; nothing when it is not there."""
        return b"".join(self._chunks(name))

    def sha256(self, name: str) -> str:
        """The checksum of what a volume holds now, in hexadecimal digits."""
        digest = hashlib.sha256()
        for chunk in self._chunks(name):
            digest.update(chunk)
        return digest.hexdigest()

    def refresh(self) -> None:
        """Let libvirt look again what is in the pool, also into volumes that were written."""
        _refresh(self.ensure_pool())

    def delete(self, name: str) -> None:
        """Delete a volume; nothing to do is success."""
        volume = self.find(name)
        if volume is not None:
            volume.delete()

    def _chunks(self, name: str) -> Iterator[bytes]:
        volume = self.find(name)
        if volume is None:
            return
        stream = self._connection.handle().newStream()
        volume.download(stream, 0, 0)
        while chunk := stream.recv(_CHUNK):
            yield chunk
        stream.finish()

    def _names(self) -> list[str]:
        """Also what did not come through libvirt: consoles' logs."""
        pool = self.find_pool()
        if pool is None:
            return []
        _refresh(pool)
        return list(pool.listVolumes())


def _pool_xml() -> str:
    return f"<pool type='dir'><name>{POOL}</name><target><path>{POOL_PATH}</path></target></pool>"


def _refresh(pool: Any) -> None:
    """Read the folder again. libvirt refuses while another volume of the pool is being written."""
    for remaining in range(50, -1, -1):
        try:
            pool.refresh()
        except libvirt.libvirtError:
            if not remaining:
                raise
            time.sleep(0.1)
        else:
            return


def _send(stream: Any, data: bytes) -> None:
    while data:
        data = data[stream.send(data) :]
