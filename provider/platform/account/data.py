"""The data of an account that stand on its receipts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountData:
    """What a customer told about themselves; empty where they did not. ``country`` is a code of ISO 3166-1 alpha-2."""

    name: str = ""
    company: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    vat_id: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)

    def address(self) -> tuple[str, ...]:
        """The lines of an address label."""
        city = f"{self.postal_code} {self.city}".strip()
        return tuple(line for line in (self.company, self.name, self.street, city, self.country) if line)
