"""N1 and N9 through Stripe: the buying process is killed while Stripe works, and the next one goes on from there."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from provider.platform.payments.sandbox.faults import Operation
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop
from tests.project.tree import ROOT
from tests.stripe.facade import KEY, Facade
from tests.stripe.objects import STRIPE_METHODS

pytestmark = pytest.mark.torture

VISA = STRIPE_METHODS["test-visa"]
BUYER = """
import sys
from pathlib import Path
from provider.configuration import StripeSettings
from provider.platform.hypervisor import connect
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop
host = MemoryHypervisor()
connect.connect_hypervisor = lambda uri, home: host
host.impossible = sys.argv[5] or None
shop = Shop(Path(sys.argv[1]), host, gateway_settings=StripeSettings(key=sys.argv[3], api_base=sys.argv[2]))
from provider.commerce.change import NewContract
shop.apply(shop.plan(NewContract("vps-2", "debian-12", 3)), method=sys.argv[4])
"""


def arrived(facade: Facade, ending: str) -> None:
    deadline = time.monotonic() + 60
    while not any(request.startswith("POST") and request.endswith(ending) for request in facade.requests):
        assert time.monotonic() < deadline, facade.requests
        time.sleep(0.02)


@pytest.mark.parametrize("operation", ["create_intent", "confirm", "refund"])
@pytest.mark.parametrize("effect", ["slow", "unavailable"])
def test_n1_a_buyer_that_is_killed_while_stripe_works_has_paid_once(
    facade: Facade, tmp_path: Path, host: MemoryHypervisor, operation: Operation, effect: str
) -> None:
    shop = Shop(tmp_path / "home", host, gateway_settings=facade.settings, outside=facade.sandbox)
    account = shop.backend.account().id
    facade.customers["cus_1"] = {"id": "cus_1", "created": 1, "metadata": {"qualit_account": account}}
    shop.close()
    impossible = "no room left" if operation == "refund" else ""
    if effect == "slow":
        facade.sandbox.arrange(operation, "slow", seconds=1)
    else:
        facade.sandbox.arrange(operation, "unavailable", times=2)
    buyer = subprocess.Popen(
        [sys.executable, "-c", BUYER, str(shop.home), facade.url, KEY, VISA, impossible],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    arrived(facade, {"create_intent": "payment_intents", "confirm": "/confirm", "refund": "/refunds"}[operation])
    buyer.send_signal(signal.SIGKILL)
    buyer.communicate(timeout=20)
    (order,) = shop.backend.orders()
    assert order.status in ("placed", "paying", "refunding")
    facade.sandbox.calm()
    shop.host.impossible = impossible or None
    if operation == "refund":
        with pytest.raises(Exception, match="was refunded in full"):
            shop.backend.resume(order.id, timeout_seconds=30)
        expected = Decimal("0.00")
    else:
        assert shop.backend.resume(order.id, timeout_seconds=30).status == "active"
        expected = Decimal("20.97")
    paid = [intent for intent in facade.sandbox.intents() if intent.status == "succeeded"]
    assert len(paid) == 1
    assert len(facade.sandbox.refunds(paid[0].id)) == (operation == "refund")
    assert shop.charged == shop.cash() == expected
    shop.close()
