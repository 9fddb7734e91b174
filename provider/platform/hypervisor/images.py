"""The system images in a host's pool: imported whole or not at all, never replaced, removed when nothing needs them.

Machines are copy-on-write volumes on the image that they were installed from, so an image never changes: a new one of
the same system is ``<os>@<version>.qcow2`` with the next version, and new installations use the newest. libvirt cannot
rename a volume; what makes an image usable is its record, ``<os>@<version>.json``, which is written last, when the
content was read back. An image without one (an import that was cut off) is used by nobody. ``<os>.qcow2``, put there by
hand, is version 0 and has no record. Called by the host, `qualit images` and the demo image.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import libvirt

from provider.platform.hypervisor.qcow2 import ImageError, read_qcow2
from provider.platform.hypervisor.volumes import GIB, POOL, Volumes

_VOLUME = re.compile(r"(?P<os>[a-z0-9.-]+?)(?:@(?P<version>[1-9][0-9]*))?\.qcow2")
_MACHINE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-")
_RECORD_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Image:
    """An image in the pool. What its record says is None where it has none.

    ``finished`` is false while it is being imported, and for ever if that was cut off. ``based`` are the volumes that
    would be lost with it.
    """

    os: str
    version: int
    volume: str
    virtual_bytes: int
    based: tuple[str, ...]
    finished: bool
    sha256: str | None = None
    file_bytes: int | None = None
    imported_at: datetime | None = None
    source: str | None = None

    @property
    def machines(self) -> int:
        """How many machines are based on it."""
        return len({found[1] for name in self.based if (found := _MACHINE.match(name))})

    @property
    def disk_gib(self) -> int:
        """The smallest disk that it fits on."""
        return -(-self.virtual_bytes // GIB)


class Images:
    """The images in one pool. libvirt's errors pass through, to be translated by the caller."""

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes

    # -- what a host installs from -------------------------------------------------------------------------
    def newest(self, os: str) -> Any:
        """The volume that new installations of a system use, or None."""
        for version in sorted(self._versions(os), reverse=True):
            volume = self._volumes.find(image_name(os, version)) if self._record(os, version) is not None else None
            if volume is not None:
                return volume
        return self._volumes.find(image_name(os, 0))

    def may_be_used(self, volume: str) -> bool:
        """Whether an image is still offered. A machine's volume is made first and this is asked then; ``remove`` takes
        the record away first and looks for volumes then: one of the two sees the other."""
        named = _VOLUME.fullmatch(volume)
        return named is None or named["version"] is None or self._record(named["os"], int(named["version"])) is not None

    # -- what a person sees and does -----------------------------------------------------------------------
    def all(self) -> list[Image]:
        """Every image, also unfinished ones, by system and version."""
        self._volumes.refresh()
        based = self._volumes.based_on()
        found = []
        for name in self._volumes.names():
            named = _VOLUME.fullmatch(name)
            if named is not None and not _MACHINE.match(name) and not name.startswith("qualit-probe-"):
                image = self._image(named["os"], int(named["version"] or 0), based)
                found += [image] if image is not None else []
        return sorted(found, key=lambda image: (image.os, image.version))

    def of(self, os: str) -> list[Image]:
        """The images of one system, oldest first."""
        return [image for image in self.all() if image.os == os]

    def add(self, os: str, file: Path, *, source: str) -> Image:
        """Import a qcow2 file as the newest image of a system; one that is there already is returned as it is.

        Raises:
            ImageError: it is no disk that can be used, the pool has no room, or what arrived is not what was sent.
        """
        read_qcow2(file)
        size = file.stat().st_size
        free = self._volumes.free_bytes()
        if size > free:
            raise ImageError(
                f'{file} has {size} bytes, and the pool "{POOL}" has {free} bytes left. Make room on the host, for '
                "instance with `qualit images remove` of an image that no machine is based on."
            )
        sha256 = _sha256(file)
        there = self.of(os)
        if there and there[-1].sha256 == sha256:
            return there[-1]
        version = self._upload(os, there[-1].version + 1 if there else 1, file)
        try:
            self._volumes.refresh()
            arrived = self._volumes.sha256(image_name(os, version))
            if arrived != sha256:
                raise ImageError(
                    f"{file} arrived in the pool with another content (SHA-256 {arrived} instead of {sha256}). It was "
                    "removed. Was the file changed meanwhile? Import it again."
                )
            self._write_record(os, version, sha256, size, source)
        except BaseException:
            self._drop(os, version)
            raise
        return next(image for image in self.of(os) if image.version == version)

    def remove(self, image: Image) -> None:
        """Delete an image that nothing is based on.

        Raises:
            ImageError: something is, or it was put there by hand.
        """
        if image.version == 0:
            raise ImageError(
                f"{image.volume} was put into the pool by hand and is removed by hand, when no machine is based on it "
                f"({image.machines} are) and none is being installed: `virsh vol-delete {image.volume} {POOL}`."
            )
        if image.based:
            raise self._in_use(image, image.based)
        record = self._volumes.read(record_name(image.os, image.version))
        self._volumes.delete(record_name(image.os, image.version))
        since = self._volumes.based_on().get(self._volumes.path(image.volume), ())
        if since:
            if record:
                self._volumes.write_text(record_name(image.os, image.version), record.decode())
            raise self._in_use(image, tuple(since))
        self._volumes.delete(image.volume)

    def damage(self, image: Image) -> str | None:
        """What is wrong with an image's content now, compared with its record; None when it is what was imported."""
        if image.sha256 is None:
            return "it has no recorded checksum"
        now = self._volumes.sha256(image.volume)
        return None if now == image.sha256 else f"its SHA-256 is {now}, and {image.sha256} was imported"

    # -- steps ---------------------------------------------------------------------------------------------
    def _upload(self, os: str, version: int, file: Path) -> int:
        """The version that the content got: another import may be under way."""
        while True:
            try:
                self._volumes.write(image_name(os, version), file)
            except libvirt.libvirtError as error:
                if error.get_error_code() != libvirt.VIR_ERR_STORAGE_VOL_EXIST:
                    raise
                version += 1
            else:
                return version

    def _drop(self, os: str, version: int) -> None:
        """What is half-imported goes; without a record it would not be used anyway."""
        with suppress(libvirt.libvirtError):
            self._volumes.delete(record_name(os, version))
            self._volumes.delete(image_name(os, version))

    def _write_record(self, os: str, version: int, sha256: str, size: int, source: str) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        record = {
            "format": _RECORD_FORMAT,
            "sha256": sha256,
            "file_bytes": size,
            "imported_at": now.isoformat(),
            "source": source,
        }
        self._volumes.write_text(record_name(os, version), json.dumps(record))

    def _record(self, os: str, version: int) -> dict[str, Any] | None:
        """An image's record; None when it has none, or one that was not written to its end."""
        try:
            record = json.loads(self._volumes.read(record_name(os, version)))
        except ValueError:
            return None
        return record if isinstance(record, dict) and record.get("format") == _RECORD_FORMAT else None

    def _versions(self, os: str) -> set[int]:
        named = [_VOLUME.fullmatch(name) for name in self._volumes.names() if name.startswith(f"{os}@")]
        return {int(found["version"]) for found in named if found is not None}

    def _image(self, os: str, version: int, based: dict[str, list[str]]) -> Image | None:
        volume = self._volumes.find(image_name(os, version))
        if volume is None:
            return None
        record = self._record(os, version) if version else None
        at = record["imported_at"] if record else None
        return Image(
            os=os,
            version=version,
            volume=image_name(os, version),
            virtual_bytes=int(volume.info()[1]),
            based=tuple(sorted(based.get(str(volume.path()), ()))),
            finished=version == 0 or record is not None,
            sha256=record["sha256"] if record else None,
            file_bytes=record["file_bytes"] if record else None,
            imported_at=datetime.fromisoformat(at) if at else None,
            source=record["source"] if record else None,
        )

    def _in_use(self, image: Image, based: tuple[str, ...]) -> ImageError:
        others = f" and {len(based) - 3} more" if len(based) > 3 else ""
        return ImageError(
            f"{image.volume} is what these disks are copies of, and they would be lost with it: "
            f"{', '.join(based[:3])}{others}. New installations use the newest image; this one can go when those "
            "servers are reinstalled or ended."
        )


def image_name(os: str, version: int) -> str:
    return f"{os}@{version}.qcow2" if version else f"{os}.qcow2"


def record_name(os: str, version: int) -> str:
    return f"{os}@{version}.json"


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
