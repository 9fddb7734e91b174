"""The file that `qualit images import` is given: fetched where it is an address, and its checksum compared."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from provider.cli.output import CommandError, print_text

_DIGITS = {"sha256": 64, "sha512": 128}
_CHUNK = 1024 * 1024
_PATIENCE_SECONDS = 30.0
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file is to hash to, in hexadecimal digits."""

    algorithm: str
    digits: str


def checksum(sha256: str | None, sha512: str | None) -> Checksum | None:
    """The checksum that was given, if one was.

    Raises:
        CommandError: both were, or it has not its algorithm's length.
    """
    given = [Checksum(name, value) for name, value in (("sha256", sha256), ("sha512", sha512)) if value is not None]
    if len(given) > 1:
        raise CommandError("Two checksums", "Give --sha256 or --sha512, the one that the distribution publishes.")
    for one in given:
        digits = one.digits.strip().lower()
        length = _DIGITS[one.algorithm]
        if len(digits) != length or set(digits) - set("0123456789abcdef"):
            raise CommandError(
                f"--{one.algorithm} is no checksum",
                f'"{one.digits}" has {len(digits)} characters; it should have {length} hexadecimal digits.',
            )
        return Checksum(one.algorithm, digits)
    return None


@contextmanager
def image_file(named: str, wanted: Checksum | None) -> Iterator[tuple[Path, str]]:
    """The file that a path or an https address names, checked, and where it comes from in words without secrets.

    Raises:
        CommandError: it is not there, cannot be fetched, or hashes to something else.
    """
    if "://" not in named:
        path = Path(named).expanduser()
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise CommandError("There is no such image file", f"{path} {what}. Name a qcow2 file or an https address.")
        _compare(path, wanted)
        yield path, path.name
        return
    address = urlsplit(named)
    if address.scheme != "https" or not address.hostname:
        raise CommandError("The image cannot be fetched", f'"{_shown(named)}" is neither a file nor an https address.')
    if wanted is None:
        raise CommandError(
            "An image from the network needs its checksum",
            f"Give the one that is published beside {_shown(named)}, with --sha256 or --sha512.",
        )
    with tempfile.TemporaryDirectory(prefix="qualit-image-") as folder:
        path = Path(folder, PurePosixPath(address.path).name or "image")
        _fetch(named, path)
        _compare(path, wanted)
        yield path, _shown(named)


def _fetch(address: str, path: Path) -> None:
    import requests

    try:
        with requests.get(address, stream=True, timeout=_PATIENCE_SECONDS) as answer:
            if not answer.url.startswith("https://"):
                raise CommandError("The image cannot be fetched", f"{_shown(address)} leads away from https.")
            answer.raise_for_status()
            length = answer.headers.get("Content-Length")
            print_text(f"Fetching {_size(int(length)) if length else 'an unknown size'} from {_shown(address)}.")
            with path.open("wb") as file:
                for chunk in answer.iter_content(_CHUNK):
                    file.write(chunk)
    except requests.RequestException as error:
        said = str(error).replace(address, _shown(address))
        raise CommandError("The image cannot be fetched", f"{_shown(address)}: {said}") from error
    except OSError as error:
        raise CommandError(
            "The image cannot be fetched",
            f"{path} cannot be written: {error.strerror}. TMPDIR names the folder that it is kept in meanwhile.",
        ) from error


def _compare(path: Path, wanted: Checksum | None) -> None:
    if wanted is None:
        return
    try:
        with path.open("rb") as file:
            is_now = hashlib.file_digest(file, wanted.algorithm).hexdigest()
    except OSError as error:
        raise CommandError("The image file cannot be read", f"{path}: {error.strerror}.") from error
    if is_now != wanted.digits:
        raise CommandError(
            "The image file is not the one that was meant",
            f"{path.name} has the {wanted.algorithm} {is_now},\nand {wanted.digits} was given. Nothing was imported: "
            "fetch it again, and compare with what the distribution publishes.",
        )


def _shown(address: str) -> str:
    """The address without what may be a secret: user, password and query (N8)."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _size(count: int) -> str:
    return f"{count / _MIB:.1f} MiB"
