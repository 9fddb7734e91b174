# Written by `python -m provider.pulumi.sdk` from the resource model; change that, not this.
"""The types of what is written and read: closed lists of values, and objects."""

from __future__ import annotations

from typing import Literal

import pulumi

Duration = Literal[1, 3, 6, 12]
PowerState = Literal["running", "sleeping", "off"]
ResourceType = Literal["vcpu", "memory", "disk", "ipv4", "bandwidth"]
PaymentBrand = Literal["visa", "mastercard", "amex", "paypal"]


@pulumi.output_type
class Timeouts:
    """How long to wait for an operation.

    What was paid and is not delivered by then is finished by the next apply.
    """

    create: str | None = pulumi.property("create")
    """How long to wait when creating, such as `"10m"`; ten minutes unless set."""
    update: str | None = pulumi.property("update")
    """How long to wait when improving, such as `"10m"`; ten minutes unless set."""


@pulumi.input_type
class TimeoutsArgs:
    """How long to wait for an operation.

    What was paid and is not delivered by then is finished by the next apply.
    """

    create: pulumi.Input[str] | None = pulumi.property("create")
    """How long to wait when creating, such as `"10m"`; ten minutes unless set."""
    update: pulumi.Input[str] | None = pulumi.property("update")
    """How long to wait when improving, such as `"10m"`; ten minutes unless set."""

    def __init__(
        self,
        *,
        create: pulumi.Input[str] | None = None,
        update: pulumi.Input[str] | None = None,
    ) -> None:
        pulumi.set(self, "create", create)
        pulumi.set(self, "update", update)


@pulumi.output_type
class Characteristics:
    """What the offer has. What the server has in total, additions included, is in the function `get_vps`."""

    vcpus: int = pulumi.property("vcpus")
    """Virtual CPUs."""
    memory_gib: int = pulumi.property("memoryGib")
    """Memory in GiB."""
    disk_gib: int = pulumi.property("diskGib")
    """Disk in GiB."""
    ipv4_addresses: int = pulumi.property("ipv4Addresses")
    """IPv4 addresses."""
    bandwidth_mbits: int = pulumi.property("bandwidthMbits")
    """Bandwidth in Mbit/s."""


@pulumi.output_type
class ChargeLine:
    """One of the `lines`."""

    description: str = pulumi.property("description")
    """What the line is for."""
    amount: str = pulumi.property("amount")
    """The line's amount."""


@pulumi.output_type
class Charge:
    """The last charge that was made through this resource; in a plan that charges, the charge that applying it
    makes.
    """

    amount: str = pulumi.property("amount")
    """What is paid, all lines together."""
    reason: str = pulumi.property("reason")
    """What it is paid for."""
    lines: list[ChargeLine] = pulumi.property("lines")
    """The lines that the amount is made of."""
    quote_id: str = pulumi.property("quoteId")
    """The quote that holds the price until the change is applied."""


@pulumi.output_type
class OfferInfo:
    """One of the `offers`."""

    id: str = pulumi.property("id")
    """What it is called in a configuration."""
    characteristics: Characteristics = pulumi.property("characteristics")
    """What the offer has. What the server has in total, additions included, is in the function `get_vps`."""
    monthly_price: str = pulumi.property("monthlyPrice")
    """The price of a month, VAT included."""
    retired: bool = pulumi.property("retired")
    """Whether it can be renewed and no longer be ordered."""


@pulumi.output_type
class OperatingSystemInfo:
    """One of the `operating_systems`."""

    id: str = pulumi.property("id")
    """What it is called in a configuration."""
    name: str = pulumi.property("name")
    """Its name for people."""
    monthly_price: str = pulumi.property("monthlyPrice")
    """What it adds to a month's price; `0.00` for all but SUSE Enterprise."""
    login: str = pulumi.property("login")
    """The account that `ssh_keys` log in to."""


@pulumi.output_type
class AdditionalResourceInfo:
    """One of the `additional_resources`."""

    type: str = pulumi.property("type")
    """The `type` of a `Resource`."""
    unit: str = pulumi.property("unit")
    """What is counted."""
    unit_price: str = pulumi.property("unitPrice")
    """The price of a unit and month."""
    minimum: int = pulumi.property("minimum")
    """The smallest quantity."""
    maximum: int = pulumi.property("maximum")
    """The largest quantity."""
    step: int = pulumi.property("step")
    """The quantity is a multiple of it."""
    server_maximum: int = pulumi.property("serverMaximum")
    """How much a server can have in total, its offer included."""


@pulumi.output_type
class OrderInfo:
    """One of the `orders`."""

    id: str = pulumi.property("id")
    """The order's id."""
    kind: str = pulumi.property("kind")
    """`new`, `improvement`, `addition` or `renewal`."""
    server: str = pulumi.property("server")
    """The name of the server or, without one, of the contract."""
    description: str = pulumi.property("description")
    """What was ordered."""
    status: str = pulumi.property("status")
    """How far it is; `active` once delivered."""
    amount: str = pulumi.property("amount")
    """What it cost."""
    refunded: str = pulumi.property("refunded")
    """What was paid back."""
    currency: str = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    placed_at: str = pulumi.property("placedAt")
    """When it was ordered, in UTC."""


@pulumi.output_type
class GetOffersResult:
    """The offers of the catalogue."""

    catalogue_version: str = pulumi.property("catalogueVersion")
    """The version of the catalogue."""
    currency: str = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    offers: list[OfferInfo] = pulumi.property("offers")
    """The offers, in the catalogue's order."""


@pulumi.output_type
class GetOperatingSystemsResult:
    """The operating systems that a server can be installed with."""

    currency: str = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    operating_systems: list[OperatingSystemInfo] = pulumi.property("operatingSystems")
    """The operating systems, in the catalogue's order."""


@pulumi.output_type
class GetAdditionalResourcesResult:
    """The additional resources that can be bought on top of an offer, with their unit prices."""

    currency: str = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    additional_resources: list[AdditionalResourceInfo] = pulumi.property("additionalResources")
    """The additional resources, in the catalogue's order."""


@pulumi.output_type
class GetVpsResult:
    """A server of the account in total, its additions included."""

    name: str = pulumi.property("name")
    """The server's name."""
    id: str = pulumi.property("id")
    """The server's id."""
    offer: str = pulumi.property("offer")
    """The offer of its contract."""
    os: str = pulumi.property("os")
    """Its operating system."""
    characteristics: Characteristics = pulumi.property("characteristics")
    """What the server has in total, additions included."""
    additional_resources: dict[str, int] = pulumi.property("additionalResources")
    """The quantity of each additional resource, by type."""
    power_state: str = pulumi.property("powerState")
    """`running`, `sleeping` or `off`."""
    status: str = pulumi.property("status")
    """`provisioning`, `active` or `suspended`."""
    monthly_price: str = pulumi.property("monthlyPrice")
    """The price of a month in total, additions and VAT included."""
    currency: str = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    paid_until: str = pulumi.property("paidUntil")
    """The first day that is not paid, such as `2026-02-28`."""
    ipv4_addresses: list[str] = pulumi.property("ipv4Addresses")
    """All its IPv4 addresses."""
    labels: dict[str, str] = pulumi.property("labels")
    """Its labels."""


@pulumi.output_type
class GetOrdersResult:
    """The orders of the account, oldest first."""

    server: str = pulumi.property("server")
    """Only the orders of the server of this name."""
    orders: list[OrderInfo] = pulumi.property("orders")
    """The orders."""
