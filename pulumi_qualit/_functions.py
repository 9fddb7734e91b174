# Written by `python -m provider.pulumi.sdk` from the resource model; change that, not this.
"""The functions: what is sold, and what the account has."""

from __future__ import annotations

import pulumi

from pulumi_qualit._invoke import compute, invoke
from pulumi_qualit._types import (
    CheapestOfferResult,
    GetAdditionalResourcesResult,
    GetCatalogueResult,
    GetOffersResult,
    GetOperatingSystemsResult,
    GetOrdersResult,
    GetPriceResult,
    GetVpsResult,
    Needs,
    Solution,
)


def get_catalogue() -> GetCatalogueResult:
    """Everything that is sold, in one value: what the provider's functions take as their `catalogue`.

    Raises:
        QualitError: it could not be looked up, with the reason.
    """
    return invoke("getCatalogue", {}, GetCatalogueResult)


def get_offers() -> GetOffersResult:
    """The offers of the catalogue.

    Raises:
        QualitError: it could not be looked up, with the reason.
    """
    return invoke("getOffers", {}, GetOffersResult)


def get_operating_systems() -> GetOperatingSystemsResult:
    """The operating systems that a server can be installed with.

    Raises:
        QualitError: it could not be looked up, with the reason.
    """
    return invoke("getOperatingSystems", {}, GetOperatingSystemsResult)


def get_additional_resources() -> GetAdditionalResourcesResult:
    """The additional resources that can be bought on top of an offer, with their unit prices.

    Raises:
        QualitError: it could not be looked up, with the reason.
    """
    return invoke("getAdditionalResources", {}, GetAdditionalResourcesResult)


def get_price(
    server: str | None = None,
    offer: str | None = None,
    os: str | None = None,
    term_months: int | None = None,
    additional_resources: dict[str, int] | None = None,
    renew: bool | None = None,
    on: str | None = None,
) -> GetPriceResult:
    """What it would cost to buy a server, or to change one: what a plan of it would charge on that day.

    Nothing is ordered and no price is held. What the rules forbid is no error here: `problems` says why, and the
    amounts are null, so that who asks can decide (in Terraform a `check` block or a precondition).

    Args:
        server: The name of a server that you have, also of a contract that was bought apart (`Order`). What is not
            named below is kept. Without it a new server is priced.
        offer: The offer, required for a new server.
        os: The operating system, `debian-12` for a new server unless another is named.
        term_months: For how many months a new server is ordered, 1 unless told otherwise, or one that you have
            renewed.
        additional_resources: The server's total of each additional resource, by type, such as `{ disk = 50 }`.
        renew: Whether the server is renewed as well, for its `term_months`.
        on: The day, such as `2026-12-24`; today unless it is given. Prices are those of today's catalogue.

    Raises:
        QualitError: it could not be looked up, with the reason.
    """
    return invoke(
        "getPrice",
        {
            "server": server,
            "offer": offer,
            "os": os,
            "termMonths": term_months,
            "additionalResources": additional_resources,
            "renew": renew,
            "on": on,
        },
        GetPriceResult,
    )


def get_price_output(
    server: pulumi.Input[str | None] = None,
    offer: pulumi.Input[str | None] = None,
    os: pulumi.Input[str | None] = None,
    term_months: pulumi.Input[int | None] = None,
    additional_resources: pulumi.Input[dict[str, int] | None] = None,
    renew: pulumi.Input[bool | None] = None,
    on: pulumi.Input[str | None] = None,
) -> pulumi.Output[GetPriceResult]:
    """As ``get_price``, of values that may be outputs."""
    return pulumi.Output.all(server, offer, os, term_months, additional_resources, renew, on).apply(
        lambda given: get_price(*given)
    )


def get_vps(name: str) -> GetVpsResult:
    """A server of the account in total, its additions included.

    Args:
        name: The server's name.

    Raises:
        QualitError: it could not be looked up, with the reason.
    """
    return invoke("getVps", {"name": name}, GetVpsResult)


def get_vps_output(name: pulumi.Input[str]) -> pulumi.Output[GetVpsResult]:
    """As ``get_vps``, of a value that may be an output."""
    return pulumi.Output.from_input(name).apply(get_vps)


def get_orders(server: str | None = None) -> GetOrdersResult:
    """The orders of the account, oldest first.

    Args:
        server: Only the orders of the server of this name.

    Raises:
        QualitError: it could not be looked up, with the reason.
    """
    return invoke("getOrders", {"server": server}, GetOrdersResult)


def get_orders_output(server: pulumi.Input[str | None] = None) -> pulumi.Output[GetOrdersResult]:
    """As ``get_orders``, of a value that may be an output."""
    return pulumi.Output.from_input(server).apply(get_orders)


def monthly_price(catalogue: GetCatalogueResult, wanted: Solution | GetVpsResult | CheapestOfferResult | str) -> str:
    """What a server costs a month: its offer, its operating system and its additional resources.

    The price is that of the catalogue (rule P1), VAT included. It is a text of two decimals, as every amount is. An
    offer that is retired still has a price (rule P8).

    Args:
        catalogue: What is sold: the function `get_catalogue` as a whole.
        wanted: An object like a server; what else a server has is left aside. An offer alone will do.

    Raises:
        QualitError: an argument cannot be used, with the reason.
    """
    return compute("monthlyPrice", {"catalogue": catalogue, "wanted": wanted}, str)


def is_improvement(
    catalogue: GetCatalogueResult,
    held: Solution | GetVpsResult | CheapestOfferResult | str,
    wanted: Solution | GetVpsResult | CheapestOfferResult | str,
) -> bool:
    """Whether a server may go from what it has to what is wanted: nothing of it shrinks.

    It is rule C2: no characteristic of the offer is smaller, and no additional resource. To stay as it is counts.
    An additional resource that `wanted` does not name is kept (rule C5). Whether the offer is still sold is another
    question.

    Args:
        catalogue: What is sold: the function `get_catalogue` as a whole.
        held: What the server has. An object like a server; what else a server has is left aside. An offer alone
            will do.
        wanted: What it is to have. An object like a server; what else a server has is left aside. An offer alone
            will do.

    Raises:
        QualitError: an argument cannot be used, with the reason.
    """
    return compute("isImprovement", {"catalogue": catalogue, "held": held, "wanted": wanted}, bool)


def cheapest_offer(catalogue: GetCatalogueResult, needs: Needs) -> CheapestOfferResult:
    """The cheapest server that has at least what is needed: an offer with the additional resources it lacks.

    Minimum, maximum and step of each additional resource and the most that one server may have are kept, and
    retired offers are left out (rules S2, P8). Of servers that cost the same it is the one with fewer additional
    resources, then the first of the catalogue. It is an error that no server has all of it.

    Args:
        catalogue: What is sold: the function `get_catalogue` as a whole.
        needs: What the server must have in total. What is left out does not matter.

    Raises:
        QualitError: an argument cannot be used, with the reason.
    """
    return compute("cheapestOffer", {"catalogue": catalogue, "needs": needs}, CheapestOfferResult)
