"""N1, N2, N3, N9: a purchase that is broken off at any point is finished by the next apply, charged once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from provider.backend.port import Quote
from provider.commerce.change import NewContract, SetQuantity
from provider.platform.database.engine import Database
from provider.platform.payments.sandbox import SandboxGateway
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop

OUTSIDE = [
    (Database, "write"),
    (SandboxGateway, "create_intent"),
    (SandboxGateway, "retrieve"),
    (SandboxGateway, "confirm"),
    (MemoryHypervisor, "ensure"),
]
"""Everything that a purchase changes, it changes through these."""


class Killed(BaseException):
    """The process ends here: nothing of ours may catch it."""


class Killer:
    """Breaks off before or after the ``point``-th effect."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.point: float = 0
        self.passed = 0.0
        for owner, name in OUTSIDE:
            monkeypatch.setattr(owner, name, self._around(getattr(owner, name)))

    def arm(self, point: float) -> None:
        self.point, self.passed = point, 0

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def effect(*args: Any, **named: Any) -> Any:
            self._pass()
            result = original(*args, **named)
            self._pass()
            return result

        return effect

    def _pass(self) -> None:
        self.passed += 1
        if self.passed == self.point:
            raise Killed


def kills_until_bought(shop: Shop, killer: Killer, quote: Quote, name: str) -> int:
    """Kill the purchase ever later, each time in a new process on what the last one left; how often it was killed."""
    for point in range(1, 200):
        killer.arm(point)
        try:
            shop.apply(quote, name=name)
        except Killed:
            shop.reopen()
        else:
            return point - 1
    raise AssertionError("the purchase does not come to an end")


@pytest.mark.parametrize("method", ["test-visa", "test-lost-reply"])
def test_n1_a_purchase_that_is_killed_at_each_point_is_charged_once_and_delivered(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    killer = Killer(monkeypatch)
    points = 0
    for number in range(1, 60):
        name = f"web-{number}"
        killer.arm(0)
        quote = shop.plan(NewContract("vps-2", "debian-12", 1), name)
        killer.arm(number)
        try:
            shop.apply(quote, name=name, method=method)
        except Killed:
            points += 1
            killer.arm(0)
            shop.reopen().apply(quote, name=name, method=method)
        else:
            break
    killer.arm(0)
    assert points >= 16
    servers = shop.backend.servers()
    assert [server.status for server in servers] == ["active"] * (points + 1)
    assert len(shop.host.machines) == points + 1
    assert shop.charged == Decimal("6.99") * (points + 1)
    assert {order.status for order in shop.backend.orders()} == {"active"}


def test_n3_a_purchase_that_is_killed_again_and_again_still_ends(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    killer = Killer(monkeypatch)
    killer.arm(0)
    shop.buy()
    quote = shop.plan(SetQuantity("ipv4", 2))
    kills = kills_until_bought(shop, killer, quote, "web")
    killer.arm(0)
    assert kills > 2
    assert len(shop.server().ipv4_addresses) == 3
    assert shop.charged == Decimal("6.99") + Decimal("2.00")
    assert len(list(shop.backend.orders())) == 2
