"""Qual.IT for Pulumi programs in Python: servers, contracts bought apart, additional resources, and look-ups.

It needs no plugin of Pulumi's: the resources are dynamic ones. It must never import the top-level name ``provider``,
which in a program may be a file of the user's own.

The platform is chosen by ``pulumi config set qualit:home FOLDER`` and the like, or by the environment, as with
``QUALIT_HOME``.
"""

from __future__ import annotations

from pulumi_qualit._functions import (
    get_additional_resources,
    get_catalogue,
    get_offers,
    get_operating_systems,
    get_orders,
    get_orders_output,
    get_price,
    get_price_output,
    get_vps,
    get_vps_output,
)
from pulumi_qualit._resources import Order, OrderArgs, Resource, ResourceArgs, Vps, VpsArgs
from pulumi_qualit._types import (
    AdditionalResourceInfo,
    Characteristics,
    Charge,
    ChargeLine,
    Duration,
    GetAdditionalResourcesResult,
    GetCatalogueResult,
    GetOffersResult,
    GetOperatingSystemsResult,
    GetOrdersResult,
    GetPriceResult,
    GetVpsResult,
    OfferInfo,
    OperatingSystemInfo,
    OrderInfo,
    PaymentBrand,
    PowerState,
    Problem,
    ResourceType,
    Timeouts,
    TimeoutsArgs,
)
from pulumi_qualit.errors import PluginError, QualitError

__all__ = [
    "AdditionalResourceInfo",
    "Characteristics",
    "Charge",
    "ChargeLine",
    "Duration",
    "GetAdditionalResourcesResult",
    "GetCatalogueResult",
    "GetOffersResult",
    "GetOperatingSystemsResult",
    "GetOrdersResult",
    "GetPriceResult",
    "GetVpsResult",
    "OfferInfo",
    "OperatingSystemInfo",
    "Order",
    "OrderArgs",
    "OrderInfo",
    "PaymentBrand",
    "PluginError",
    "PowerState",
    "Problem",
    "QualitError",
    "Resource",
    "ResourceArgs",
    "ResourceType",
    "Timeouts",
    "TimeoutsArgs",
    "Vps",
    "VpsArgs",
    "get_additional_resources",
    "get_catalogue",
    "get_offers",
    "get_operating_systems",
    "get_orders",
    "get_orders_output",
    "get_price",
    "get_price_output",
    "get_vps",
    "get_vps_output",
]
