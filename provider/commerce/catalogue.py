"""The catalogue: what is sold and for how much, as validated, immutable values.

A catalogue is a YAML (or JSON) file. The default one lies beside this module; a user can supply another.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from provider.commerce.contract import ResourceType

Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Characteristics(_Entry):
    """What a server has. Memory and disk in GiB, bandwidth in Mbit/s."""

    vcpus: int = Field(ge=1)
    memory_gib: int = Field(ge=1)
    disk_gib: int = Field(ge=1)
    ipv4_addresses: int = Field(ge=1)
    bandwidth_mbits: int = Field(ge=1)


class Offer(_Entry):
    """A fixed set of characteristics at a monthly price (S1). A retired one is renewable, not orderable (P8)."""

    id: str
    characteristics: Characteristics
    monthly_price: Price
    retired: bool = False


class OperatingSystem(_Entry):
    """An operating system; free unless it has a monthly price of its own (S3)."""

    id: str
    name: str
    monthly_price: Price = Decimal("0.00")


class AdditionalResource(_Entry):
    """A resource that is bought on top of an offer, per unit and month (S2).

    ``minimum``, ``maximum`` and ``step`` bound the quantity of the addition; ``server_maximum`` bounds the
    server's total of the characteristic, offer included.
    """

    type: ResourceType
    unit: str
    unit_price: Price
    minimum: int = Field(ge=1)
    maximum: int = Field(ge=1)
    step: int = Field(ge=1)
    server_maximum: int = Field(ge=1)


class Catalogue(_Entry):
    """Everything that is sold on a day. ``fingerprint`` tells two catalogues apart by their content."""

    version: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    vat_percent: Price
    smallest_payment: Price
    quote_validity_hours: int = Field(default=72, ge=1)
    grace_days: int = Field(default=14, ge=0)
    contact: str
    offers: tuple[Offer, ...]
    operating_systems: tuple[OperatingSystem, ...]
    additional_resources: tuple[AdditionalResource, ...]
