"""Every request that the adapter can make is one that Stripe's schema takes, and every answer is one it can read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from provider.money import Money
from provider.platform.payments.port import PaymentGateway
from provider.platform.payments.stripe import StripeGateway
from tests.platform.gateway import TEN, create
from tests.stripe.facade import KEY, ROUTES, Facade
from tests.stripe.gateways import StripeWithOutside, stripe_gateway
from tests.stripe.mock import refusal_of, stripe_mock

pytestmark = pytest.mark.cli

METHODS = {name for name, _ in inspect.getmembers(StripeGateway, inspect.isfunction) if not name.startswith("_")}


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with stripe_mock(tmp_path_factory.mktemp("stripe-mock") / "log") as url:
        yield url


@pytest.fixture
def refusals(facade: Facade, mock: str) -> list[str]:
    """What stripe-mock said against requests that the façade got."""
    found: list[str] = []

    def check(method: str, path: str, text: str, headers: dict[str, str]) -> None:
        refusal = refusal_of(mock, method, path, text, headers)
        if refusal is not None:
            found.append(refusal)

    facade.check = check
    return found


def live_through_everything(gateway: StripeWithOutside) -> None:
    """Use the whole port so that every request is made that can be made."""
    paid = gateway.confirm(create(gateway, "test-visa", "paid").id, idempotency_key="paid-confirm")
    gateway.refund(paid.id, Money(Decimal("4.00"), "EUR"), idempotency_key="refund")
    gateway.refunds(paid.id)
    waiting = gateway.confirm(create(gateway, "test-3ds", "3ds").id, idempotency_key="3ds-confirm")
    assert waiting.status == "action_required"
    gateway.cancel(waiting.id)
    by_paypal = gateway.confirm(create(gateway, "test-paypal", "paypal").id, idempotency_key="paypal-confirm")
    gateway.open_dispute(by_paypal.id)
    assert gateway.retrieve(by_paypal.id).dispute == "open"
    assert len(gateway.intents()) == 3
    assert len(gateway.disputes()) == 1
    assert gateway.cash() == {"EUR": Decimal("16.00")}
    assert gateway.events(0)
    assert gateway.set_up_method().url
    gateway.remove_method(gateway.methods()[0].id)
    gateway.webhook()


def test_every_request_of_the_adapter_is_taken_by_stripes_schema(
    facade: Facade, refusals: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: set[str] = set()
    for name in METHODS:
        original = getattr(StripeGateway, name)

        def noted(*arguments: object, _name: str = name, _original: object = original, **named: object) -> object:
            called.add(_name)
            return _original(*arguments, **named)  # type: ignore[operator]

        monkeypatch.setattr(StripeGateway, name, noted)
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        live_through_everything(gateway)
    assert refusals == []
    assert called == METHODS
    unused = [
        f"{method} {pattern}"
        for method, pattern, _ in ROUTES
        if not any(re.fullmatch(rf"{method} {pattern}", request) for request in facade.requests)
    ]
    assert unused == [], "a request that nobody makes any more, or that this test does not"


def test_the_schema_is_looked_at(mock: str) -> None:
    headers = {"authorization": f"Bearer {KEY}", "content-type": "application/x-www-form-urlencoded"}
    for method, path, text in [
        ("POST", "/v1/payment_intents", "amount=1000&currency=eur&colour=red"),
        ("POST", "/v1/refunds", "amount=much"),
        ("GET", "/v1/events", "colour=red"),
        ("POST", "/v1/nothing", ""),
    ]:
        assert refusal_of(mock, method, path, text, headers) is not None, path


def test_the_adapter_has_every_method_of_the_port() -> None:
    port = {name for name, _ in inspect.getmembers(PaymentGateway, inspect.isfunction) if not name.startswith("_")}
    assert port <= METHODS


def test_the_adapter_reads_the_objects_that_stripe_shows_as_examples(mock: str, facade: Facade, tmp_path: Path) -> None:
    """stripe-mock answers every request with the example of Stripe's reference, with all of its fields."""
    facade.url = mock
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        assert gateway.set_up_method().url
        assert gateway.methods() is not None
        made = create(gateway, "pm_1example")
        assert made.amount == TEN
        gateway.retrieve(made.id)
        gateway.confirm(made.id, idempotency_key="confirm")
        gateway.cancel(made.id)
        assert gateway.refund(made.id, TEN, idempotency_key="refund").amount.amount == TEN.amount
        gateway.refunds(made.id)
        assert gateway.intents() == [], "those of the example belong to nobody"
        assert gateway.events(0) == []
        gateway.remove_method("pm_1example")
