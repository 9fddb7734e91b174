"""Everything that the provider offers, for the adapters that serve it."""

from __future__ import annotations

from provider.configuration import ENVIRONMENT
from provider.resources.data_sources import owned, price, sold
from provider.resources.functions import FUNCTIONS
from provider.resources.model import DataSource, ManagedResource
from provider.resources.order import ORDER
from provider.resources.resource import RESOURCE
from provider.resources.schema import Attribute, Scalar, Schema
from provider.resources.vps import VPS

__all__ = ["DATA_SOURCES", "FUNCTIONS", "MANAGED", "PROVIDER_SCHEMA"]


def _setting(name: str, description: str, *, sensitive: bool = False) -> Attribute:
    described = f"{description} The environment variable `{ENVIRONMENT[name]}` says the same; this one wins."
    return Attribute(Scalar.STRING, described, optional=True, sensitive=sensitive)


PROVIDER_SCHEMA = Schema(
    "Buy and improve virtual servers of Qual.IT. Without any attribute the embedded platform of this machine is used.",
    {
        "home": _setting("home", "The folder of the embedded platform: its database, gateway file and logs."),
        "database_url": _setting(
            "database_url", "The platform's database; a SQLite file in `home` by default.", sensitive=True
        ),
        "libvirt_uri": _setting("libvirt_uri", "The libvirt host that runs the servers, `qemu:///system` by default."),
        "catalogue": _setting("catalogue", "A catalogue file to use in place of the default one."),
        "test_clock": _setting(
            "test_clock",
            "An instant such as `2026-01-31T09:00:00Z` to use as the present, to try terms in a minute. Only with the "
            "sandbox payment gateway; a home keeps to the kind of clock it was made with.",
        ),
        "payment_method": _setting(
            "payment_method", "The saved payment method of every resource that names none, such as `test-visa`."
        ),
        "payment_gateway": _setting(
            "payment_gateway",
            "What payments go through: `sandbox`, which moves no real money, by default, or `stripe`, whose key comes "
            "from the environment alone. A home that ordered something keeps to its gateway.",
        ),
    },
)

MANAGED: tuple[ManagedResource, ...] = (VPS, ORDER, RESOURCE)
DATA_SOURCES: tuple[DataSource, ...] = (
    sold.CATALOGUE,
    sold.OFFERS,
    sold.OPERATING_SYSTEMS,
    sold.ADDITIONAL_RESOURCES,
    price.PRICE,
    owned.VPS,
    owned.ORDERS,
)
