"""The sandbox gateway behaves as a real one: once, by key, and never more back than was paid."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from provider.money import Money
from provider.platform.payments.port import (
    GatewayRefusedError,
    GatewayUnavailableError,
    Intent,
    UnknownMethodError,
)
from provider.platform.payments.sandbox import METHODS, SandboxGateway

TEN = Money(Decimal("10.00"), "EUR")


@pytest.fixture
def gateway(tmp_path: Path) -> SandboxGateway:
    return SandboxGateway(tmp_path)


def create(gateway: SandboxGateway, method: str = "test-visa", key: str = "create", amount: Money = TEN) -> Intent:
    return gateway.create_intent(order_id="ord-1", amount=amount, method_id=method, idempotency_key=key)


def paid(gateway: SandboxGateway) -> Intent:
    return gateway.confirm(create(gateway).id, idempotency_key="confirm")


@pytest.mark.parametrize("method", ["test-visa", "test-mastercard", "test-amex", "test-paypal"])
def test_s5_each_of_the_four_means_of_payment_is_charged(gateway: SandboxGateway, method: str) -> None:
    intent = create(gateway, method)
    assert intent.status == "unconfirmed"
    assert gateway.confirm(intent.id, idempotency_key="confirm").status == "succeeded"


def test_the_same_key_gives_the_same_intent(gateway: SandboxGateway) -> None:
    assert create(gateway) == create(gateway)
    assert len(gateway.intents()) == 1


def test_the_same_key_with_other_parameters_is_an_error(gateway: SandboxGateway) -> None:
    create(gateway)
    with pytest.raises(GatewayRefusedError, match="another request"):
        create(gateway, amount=Money(Decimal("11.00"), "EUR"))


def test_an_intent_that_succeeded_is_not_charged_again(gateway: SandboxGateway) -> None:
    intent = paid(gateway)
    assert gateway.confirm(intent.id, idempotency_key="another") == intent
    assert sum(i.amount.amount for i in gateway.intents() if i.status == "succeeded") == Decimal("10.00")


def test_a_declined_card_is_an_intent_and_no_exception(gateway: SandboxGateway) -> None:
    intent = gateway.confirm(create(gateway, "test-declined").id, idempotency_key="confirm")
    assert (intent.status, intent.decline_code) == ("declined", "card_declined")


def test_3d_secure_waits_for_the_customer(gateway: SandboxGateway) -> None:
    waiting = gateway.confirm(create(gateway, "test-3ds").id, idempotency_key="confirm")
    assert waiting.status == "action_required"
    assert (waiting.action_url or "").endswith(waiting.id)
    assert gateway.confirm_as_customer(waiting.id).status == "succeeded"
    with pytest.raises(GatewayRefusedError, match="waits for nobody"):
        gateway.confirm_as_customer(waiting.id)


def test_a_lost_reply_has_charged_and_is_lost_once(gateway: SandboxGateway) -> None:
    intent = create(gateway, "test-lost-reply")
    with pytest.raises(GatewayUnavailableError):
        gateway.confirm(intent.id, idempotency_key="confirm")
    assert gateway.retrieve(intent.id).status == "succeeded"
    assert gateway.confirm(intent.id, idempotency_key="confirm").status == "succeeded"


def test_no_more_is_refunded_than_was_charged(gateway: SandboxGateway) -> None:
    intent = paid(gateway)
    gateway.refund(intent.id, Money(Decimal("6.00"), "EUR"), idempotency_key="first")
    with pytest.raises(GatewayRefusedError, match="cannot be refunded"):
        gateway.refund(intent.id, Money(Decimal("4.01"), "EUR"), idempotency_key="second")
    assert gateway.retrieve(intent.id).refunded == Money(Decimal("6.00"), "EUR")


def test_a_refund_with_the_same_key_is_made_once(gateway: SandboxGateway) -> None:
    intent = paid(gateway)
    first = gateway.refund(intent.id, TEN, idempotency_key="refund")
    assert gateway.refund(intent.id, TEN, idempotency_key="refund") == first
    assert list(gateway.refunds(intent.id)) == [first]


def test_a_payment_that_succeeded_cannot_be_cancelled_nor_a_cancelled_one_confirmed(gateway: SandboxGateway) -> None:
    with pytest.raises(GatewayRefusedError):
        gateway.cancel(paid(gateway).id)
    other = create(gateway, key="other")
    assert gateway.cancel(other.id).status == "cancelled"
    with pytest.raises(GatewayRefusedError, match="was cancelled"):
        gateway.confirm(other.id, idempotency_key="confirm-other")


def test_an_unpaid_intent_is_not_refunded(gateway: SandboxGateway) -> None:
    with pytest.raises(GatewayRefusedError):
        gateway.refund(create(gateway).id, TEN, idempotency_key="refund")


@pytest.mark.parametrize("method", ["bank_transfer", "sepa_debit", "cheque", "cash", "crypto"])
def test_s5_a_method_that_is_not_saved_is_unknown(gateway: SandboxGateway, method: str) -> None:
    with pytest.raises(UnknownMethodError):
        create(gateway, method)


def test_every_call_is_remembered_also_a_refused_one_and_a_lost_one(gateway: SandboxGateway, tmp_path: Path) -> None:
    intent = create(gateway, "test-lost-reply")
    with pytest.raises(GatewayUnavailableError):
        gateway.confirm(intent.id, idempotency_key="confirm")
    with pytest.raises(GatewayRefusedError):
        gateway.retrieve("pay_unknown")
    gateway.methods()
    with closing(sqlite3.connect(tmp_path / "sandbox-gateway.sqlite3")) as file:
        calls = file.execute("SELECT operation, request, outcome FROM calls ORDER BY number").fetchall()
    assert [(operation, outcome) for operation, _, outcome in calls] == [
        ("create_intent", f"{intent.id} unconfirmed"),
        ("confirm", "reply lost"),
        ("retrieve", "refused: there is no payment pay_unknown"),
        ("methods", f"{len(METHODS)} methods"),
    ]
    assert json.loads(calls[0][1])["amount"] == "10.00 EUR"


def test_a_file_that_cannot_be_used_is_an_unavailable_gateway(tmp_path: Path) -> None:
    (tmp_path / "sandbox-gateway.sqlite3").write_text("no database " * 200)
    with pytest.raises(GatewayUnavailableError, match=r"sandbox-gateway\.sqlite3"):
        SandboxGateway(tmp_path).methods()
