"""The SSH keys that Qual.IT has put into a guest, remembered in the domain's metadata. Used by ``guest_agent``.

Only these are ever taken out of a guest again: what its customer added by hand is not among them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KEYS_NAMESPACE = "urn:qualit:keys:1"
KEYS_PREFIX = "qualit-keys"
ET.register_namespace(KEYS_PREFIX, KEYS_NAMESPACE)
_NAMED = f"{{{KEYS_NAMESPACE}}}"


@dataclass(frozen=True, slots=True)
class GuestKeys:
    """The keys that may be in the guest because of us; ``settled`` when they are known to be there, all of them."""

    keys: tuple[str, ...]
    settled: bool = True

    def are(self, wanted: Sequence[str]) -> bool:
        """Whether the guest is known to have the wanted keys, whatever their order and comments."""
        return self.settled and _identities(self.keys) == _identities(wanted)

    def on_the_way_to(self, wanted: Sequence[str]) -> GuestKeys:
        """What may be in the guest while it is being changed; remembered before, for whoever goes on after a cut."""
        return GuestKeys(tuple(dict.fromkeys((*self.keys, *wanted))), settled=False)

    def missing(self, there: Sequence[str], wanted: Sequence[str]) -> list[str]:
        """The wanted keys that are not among those that the guest has."""
        has = _identities(there)
        return [key for key in wanted if identity(key) not in has]

    def superfluous(self, there: Sequence[str], wanted: Sequence[str]) -> list[str]:
        """The lines of the guest with keys that we put there and that are not wanted any more."""
        ours = _identities(self.keys) - _identities(wanted)
        return [line for line in there if identity(line) in ours]

    def element(self) -> ET.Element:
        """As it stands in a domain's XML."""
        return self._element(_NAMED)

    def metadata(self) -> str:
        """As libvirt takes it for a domain that exists: it puts the elements into the namespace itself."""
        return ET.tostring(self._element(""), encoding="unicode")

    def _element(self, namespace: str) -> ET.Element:
        element = ET.Element(f"{namespace}keys", settled="yes" if self.settled else "no")
        for key in self.keys:
            ET.SubElement(element, f"{namespace}key").text = key
        return element


def read_keys(domain: ET.Element) -> GuestKeys:
    """What a domain's XML remembers; nothing and not settled where it remembers nothing."""
    element = domain.find(f"metadata/{_NAMED}keys")
    if element is None:
        return GuestKeys((), settled=False)
    return GuestKeys(tuple(key.text or "" for key in element.findall(f"{_NAMED}key")), element.get("settled") == "yes")


def identity(line: str) -> str:
    """What makes a line of ``authorized_keys`` the same key as another: neither its options nor its comment."""
    return next((word for word in line.split() if word.startswith("AAAA")), line.strip())


def _identities(lines: Iterable[str]) -> set[str]:
    return {identity(line) for line in lines}
