# Written by `python -m provider.pulumi.sdk` from the resource model; change that, not this.
"""The functions: what is sold, and what the account has."""

from __future__ import annotations

import pulumi

from pulumi_qualit._invoke import invoke
from pulumi_qualit._types import (
    GetAdditionalResourcesResult,
    GetOffersResult,
    GetOperatingSystemsResult,
    GetOrdersResult,
    GetVpsResult,
)


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
