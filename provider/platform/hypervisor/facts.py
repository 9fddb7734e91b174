"""What was found out about a host by trying, remembered below the home. Called by the host and by the checks.

A fact is found out again when libvirt or QEMU became another version.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provider.platform.hypervisor.connection import LibvirtConnection

_FILE = "hypervisor-facts.json"


class HostFacts:
    """Facts of one host, each a yes or a no; without a home none is remembered."""

    def __init__(self, connection: LibvirtConnection, home: Path | None) -> None:
        self._connection = connection
        self._file = home / _FILE if home else None

    def known(self, fact: str) -> bool | None:
        """What is remembered; None when it was never tried with these versions."""
        value = self._all().get(self._key(), {}).get(fact)
        return value if isinstance(value, bool) else None

    def find_out(self, fact: str, attempt: Callable[[], bool]) -> bool:
        """What is remembered or else what ``attempt`` says, which is then remembered."""
        known = self.known(fact)
        if known is not None:
            return known
        answer = attempt()
        everything = self._all()
        everything.setdefault(self._key(), {})[fact] = answer
        self._save(everything)
        return answer

    def _key(self) -> str:
        handle = self._connection.handle()
        return f"{self._connection.uri} libvirt {handle.getLibVersion()} hypervisor {handle.getVersion()}"

    def _all(self) -> dict[str, Any]:
        if self._file is None:
            return {}
        try:
            content = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _save(self, everything: dict[str, Any]) -> None:
        if self._file is None:
            return
        partial = self._file.with_suffix(".part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")
            partial.replace(self._file)
        except OSError:
            return  # a home that cannot be written is reported where it matters; the fact is found out again
