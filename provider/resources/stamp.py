"""What a read leaves beside the state for later plans: when it was read, and the line's revision then.

Terraform plans again when it applies, and gives that plan the private data of the first one's refresh (but not the
first plan's). So a plan can tell that it is the second one of an approved change, and what moved in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from provider.backend.port import Backend
from provider.commerce.contract import Contract, LineKey

_READ_AT, _REVISION = "read_at", "revision"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The last read of a line, as far as it is known."""

    read_at: datetime | None = None
    revision: int | None = None


def stamp(backend: Backend, contract: Contract, key: LineKey) -> dict[str, str]:
    """The private data of a state that is read now."""
    return {_READ_AT: backend.now().isoformat(), _REVISION: str(contract.revision(key))}


def stamp_of(private: dict[str, str]) -> Stamp:
    """The stamp in the private data of the state that a plan starts from."""
    read_at, revision = private.get(_READ_AT), private.get(_REVISION)
    return Stamp(
        datetime.fromisoformat(read_at) if read_at else None,
        int(revision) if revision else None,
    )
