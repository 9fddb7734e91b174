"""A shop: web servers, a database with more disk, and a worker without the component's rules."""

from decimal import Decimal

import pulumi
from managed_server import ManagedServer, total

import pulumi_qualit as qualit

config = pulumi.Config()
protect = config.get_bool("protect") is not False

webs = [
    ManagedServer(f"web-{number}", team="shop", size="medium", protect=protect)
    for number in range(1, config.require_int("webServers") + 1)
]
database = ManagedServer(
    "database-1", team="shop", size="large", disk_gib=config.require_int("databaseDiskGib"), protect=protect
)
worker = qualit.Vps("worker", name="worker-1", offer="vps-1", os="ubuntu-24.04", power_state="sleeping")

cheapest = min(qualit.get_offers().offers, key=lambda offer: Decimal(offer.monthly_price))

pulumi.export("addresses", [server.address for server in [*webs, database]])
pulumi.export("currency", worker.currency)
pulumi.export("monthly_total", total([*(server.monthly_price for server in [*webs, database]), worker.monthly_price]))
pulumi.export("cheapest_offer", cheapest.id)
