"""A component as a platform team would give it to its developers: a server in one of their sizes, with its rules."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import pulumi

import pulumi_qualit as qualit

Size = Literal["small", "medium", "large"]

OFFERS: Mapping[Size, str] = {"small": "vps-1", "medium": "vps-2", "large": "vps-4"}


class ManagedServer(pulumi.ComponentResource):
    """A server that is labelled, protected, paid for a quarter, and never charges more than the team's limit.

    A larger ``size`` or more ``disk_gib`` improves it while it runs; less of either is refused in the preview.

    Attributes:
        address: its IPv4 address.
        monthly_price: of the server with its disk, such as ``"18.99"``; known in a preview.
    """

    address: pulumi.Output[str | None]
    monthly_price: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        team: str,
        size: Size,
        disk_gib: int = 0,
        protect: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("shop:index:ManagedServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        server = qualit.Vps(
            name,
            name=name,
            offer=OFFERS[size],
            term_months=3,
            labels={"team": team, "size": size},
            deletion_protection=protect,
            max_charge="100.00",
            opts=child,
        )
        prices = [server.monthly_price]
        if disk_gib:
            disk = qualit.Resource(f"{name}-disk", vps=server, type="disk", quantity=disk_gib, opts=child)
            prices.append(disk.monthly_price)
        self.address = server.ipv4_address
        self.monthly_price = total(prices)
        self.register_outputs({"address": self.address, "monthlyPrice": self.monthly_price})


def total(prices: list[pulumi.Output[str]]) -> pulumi.Output[str]:
    """The sum of amounts, as an amount."""
    return pulumi.Output.all(*prices).apply(lambda amounts: str(sum(map(Decimal, amounts))))
