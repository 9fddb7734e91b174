# Written by `python -m provider.pulumi.sdk` from the resource model; change that, not this.
"""The types of what is written and read: closed lists of values, and objects."""

from __future__ import annotations

from typing import Literal, Required, TypedDict

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
    hotplug: bool = pulumi.property("hotplug")
    """Whether it takes more vCPUs and memory while it runs; where not, it restarts for them."""
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
class Problem:
    """One of the `problems`."""

    rule: str = pulumi.property("rule")
    """The number of the rule."""
    attribute: str = pulumi.property("attribute")
    """What asks for it, such as `offer`; empty where it is nothing in particular."""
    summary: str = pulumi.property("summary")
    """One sentence."""
    detail: str = pulumi.property("detail")
    """What is wrong and what to write instead."""


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
class GetCatalogueResult:
    """Everything that is sold, in one value: what the provider's functions take as their `catalogue`."""

    version: str = pulumi.property("version")
    """The version of the catalogue."""
    currency: str = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    vat_percent: str = pulumi.property("vatPercent")
    """The VAT that every price includes, in percent."""
    smallest_payment: str = pulumi.property("smallestPayment")
    """An amount above zero and below it is charged as this much."""
    quote_validity_hours: int = pulumi.property("quoteValidityHours")
    """For how long a planned price is held."""
    grace_days: int = pulumi.property("graceDays")
    """How long a server is kept unpaid before it ends."""
    contact: str = pulumi.property("contact")
    """The address of the team."""
    offers: list[OfferInfo] = pulumi.property("offers")
    """The offers, in the catalogue's order."""
    operating_systems: list[OperatingSystemInfo] = pulumi.property("operatingSystems")
    """The operating systems, in the catalogue's order."""
    additional_resources: list[AdditionalResourceInfo] = pulumi.property("additionalResources")
    """The additional resources, in the catalogue's order."""


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
class GetPriceResult:
    """What it would cost to buy a server, or to change one: what a plan of it would charge on that day.

    Nothing is ordered and no price is held. What the rules forbid is no error here: `problems` says why, and the
    amounts are null, so that who asks can decide (in Terraform a `check` block or a precondition).
    """

    server: str = pulumi.property("server")
    """The name of a server that you have, also of a contract that was bought apart (`Order`).

    What is not named below is kept. Without it a new server is priced.
    """
    offer: str = pulumi.property("offer")
    """The offer, required for a new server."""
    os: str = pulumi.property("os")
    """The operating system, `debian-12` for a new server unless another is named."""
    term_months: int = pulumi.property("termMonths")
    """For how many months a new server is ordered, 1 unless told otherwise, or one that you have renewed."""
    additional_resources: dict[str, int] = pulumi.property("additionalResources")
    """The server's total of each additional resource, by type, such as `{ disk = 50 }`."""
    renew: bool = pulumi.property("renew")
    """Whether the server is renewed as well, for its `term_months`."""
    on: str = pulumi.property("on")
    """The day, such as `2026-12-24`; today unless it is given. Prices are those of today's catalogue."""
    priced_on: str = pulumi.property("pricedOn")
    """The day that the price is of."""
    due_now: str | None = pulumi.property("dueNow")
    """What would be paid on that day, all orders together; null where it is refused."""
    lines: list[ChargeLine] = pulumi.property("lines")
    """The lines that the amount is made of, with the days that each is paid for."""
    monthly_price: str | None = pulumi.property("monthlyPrice")
    """What the server costs a month afterwards, additions and VAT included; null where it is refused."""
    monthly_price_before: str = pulumi.property("monthlyPriceBefore")
    """What it costs a month now; `0.00` for a new one."""
    currency: str = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    paid_until: str | None = pulumi.property("paidUntil")
    """The first day that is not paid afterwards; null where it is refused."""
    unit_prices: dict[str, str] = pulumi.property("unitPrices")
    """The price of a unit and month of each additional resource."""
    requires: list[str] = pulumi.property("requires")
    """What the server has to allow for it: `allow_reinstall` or `allow_restart`; mostly nothing."""
    problems: list[Problem] = pulumi.property("problems")
    """Why it is refused; empty where it can be bought."""


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


class Solution(TypedDict, total=False):
    """What a function takes as its `solution`."""

    offer: Required[str]
    """The offer, which must be named."""
    os: str
    """The operating system; a free one unless it is given."""
    additional_resources: dict[str, int]
    """The total of each additional resource, by type, such as `{ disk = 50 }`."""


class Needs(TypedDict, total=False):
    """What a function takes as its `needs`."""

    vcpus: int
    """Virtual CPUs, at least."""
    memory_gib: int
    """Memory in GiB, at least."""
    disk_gib: int
    """Disk in GiB, at least."""
    ipv4_addresses: int
    """IPv4 addresses, at least."""
    bandwidth_mbits: int
    """Bandwidth in Mbit/s, at least."""
    os: str
    """The operating system, whose price is added."""


@pulumi.output_type
class CheapestOfferResult:
    """What to order."""

    offer: str = pulumi.property("offer")
    """The offer."""
    os: str | None = pulumi.property("os")
    """The system that was asked for."""
    additional_resources: dict[str, int] = pulumi.property("additionalResources")
    """The quantity of each additional resource, by type."""
    characteristics: Characteristics = pulumi.property("characteristics")
    """What the server has in total, additions included."""
    monthly_price: str = pulumi.property("monthlyPrice")
    """The price of a month, VAT included."""
    currency: str = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
