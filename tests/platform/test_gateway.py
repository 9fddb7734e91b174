"""The sandbox gateway behaves as a real one: once, by key, and never more back than was paid."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from provider.commerce.policy import ACCEPTED_KINDS
from provider.money import Money
from provider.platform.payments.port import (
    GatewayRefusedError,
    GatewayUnavailableError,
    UnknownMethodError,
)
from provider.platform.payments.sandbox import METHODS, SandboxGateway
from provider.platform.purchase.decline import WORDS, decline_in_words
from tests.platform.gateway import TEN, AnyGateway, Calendar, create, gateway_named, paid


@pytest.fixture(params=["sandbox", "stripe"])
def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyGateway]:
    """The sandbox, and Stripe as its adapter sees it: what the port promises holds for both."""
    yield from gateway_named(request.param, tmp_path)


@pytest.fixture
def sandbox(tmp_path: Path) -> SandboxGateway:
    return SandboxGateway(tmp_path)


@pytest.mark.parametrize("method", ["test-visa", "test-mastercard", "test-amex", "test-paypal"])
def test_s5_each_of_the_four_means_of_payment_is_charged(gateway: AnyGateway, method: str) -> None:
    intent = create(gateway, method)
    assert intent.status == "unconfirmed"
    assert gateway.confirm(intent.id, idempotency_key="confirm").status == "succeeded"


def test_the_same_key_gives_the_same_intent(gateway: AnyGateway) -> None:
    assert create(gateway) == create(gateway)
    assert len(gateway.intents()) == 1


def test_the_same_key_with_other_parameters_is_an_error(gateway: AnyGateway) -> None:
    create(gateway)
    with pytest.raises(GatewayRefusedError, match="another request"):
        create(gateway, amount=Money(Decimal("11.00"), "EUR"))


def test_a_key_is_forgotten_after_a_day_and_then_makes_another_intent(tmp_path: Path) -> None:
    calendar = Calendar()
    gateway = SandboxGateway(tmp_path, now=calendar.now)
    first = create(gateway)
    calendar.pass_by(hours=23, minutes=59)
    assert create(gateway) == first
    calendar.pass_by(minutes=1)
    assert create(gateway) != first
    assert [intent.status for intent in gateway.intents()] == ["unconfirmed", "unconfirmed"]


def test_n1_an_intent_is_charged_once_though_its_key_was_forgotten(tmp_path: Path) -> None:
    calendar = Calendar()
    gateway = SandboxGateway(tmp_path, now=calendar.now)
    intent = paid(gateway)
    calendar.pass_by(hours=25)
    assert gateway.confirm(intent.id, idempotency_key="confirm") == intent
    assert gateway.cash() == {"EUR": Decimal("10.00")}


def test_n1_a_forgotten_refund_is_made_again_but_never_beyond_the_payment(tmp_path: Path) -> None:
    calendar = Calendar()
    gateway = SandboxGateway(tmp_path, now=calendar.now)
    intent = paid(gateway)
    gateway.refund(intent.id, TEN, idempotency_key="refund")
    calendar.pass_by(hours=25)
    with pytest.raises(GatewayRefusedError, match="cannot be refunded"):
        gateway.refund(intent.id, TEN, idempotency_key="refund")


def test_a_key_of_one_operation_is_no_key_of_another(gateway: AnyGateway) -> None:
    intent = create(gateway, key="one")
    with pytest.raises(GatewayRefusedError, match="another request"):
        gateway.confirm(intent.id, idempotency_key="one")
    assert gateway.retrieve(intent.id).status == "unconfirmed"


def test_an_intent_that_succeeded_is_not_charged_again(gateway: AnyGateway) -> None:
    intent = paid(gateway)
    assert gateway.confirm(intent.id, idempotency_key="another") == intent
    assert sum(i.amount.amount for i in gateway.intents() if i.status == "succeeded") == Decimal("10.00")


DECLINES = {
    "test-declined": "card_declined",
    "test-insufficient-funds": "insufficient_funds",
    "test-expired-card": "expired_card",
    "test-lost-card": "lost_card",
    "test-processing-error": "processing_error",
}


@pytest.mark.parametrize(("method", "code"), DECLINES.items())
def test_n5_a_declined_card_is_an_intent_with_its_code_and_no_exception(
    gateway: AnyGateway, method: str, code: str
) -> None:
    intent = paid(gateway, method)
    assert (intent.status, intent.decline_code) == ("declined", code)
    assert gateway.cash() == {"EUR": Decimal("0.00")}


@pytest.mark.parametrize("code", [*DECLINES.values(), "authentication_required"])
def test_every_decline_has_words_that_say_what_to_do(code: str) -> None:
    assert code in WORDS
    assert "; " in decline_in_words(code)


def test_a_lost_card_is_declined_without_saying_so() -> None:
    assert "lost" not in decline_in_words("lost_card")
    assert "stolen" not in decline_in_words("stolen_card")


def test_3d_secure_waits_for_the_customer(gateway: AnyGateway) -> None:
    waiting = gateway.confirm(create(gateway, "test-3ds").id, idempotency_key="confirm")
    assert waiting.status == "action_required"
    assert (waiting.action_url or "").endswith(waiting.id)
    assert gateway.confirm_as_customer(waiting.id).status == "succeeded"
    with pytest.raises(GatewayRefusedError, match="waits for nobody"):
        gateway.confirm_as_customer(waiting.id)


def test_n5_a_customer_who_fails_3d_secure_is_declined(gateway: AnyGateway) -> None:
    failed = gateway.fail_as_customer(paid(gateway, "test-3ds").id)
    assert (failed.status, failed.decline_code) == ("declined", "authentication_required")
    assert failed.action_url is None
    with pytest.raises(GatewayRefusedError, match="waits for nobody"):
        gateway.confirm_as_customer(failed.id)


def test_a_lost_reply_has_charged_and_is_lost_once(gateway: AnyGateway) -> None:
    intent = create(gateway, "test-lost-reply")
    with pytest.raises(GatewayUnavailableError):
        gateway.confirm(intent.id, idempotency_key="confirm")
    assert gateway.retrieve(intent.id).status == "succeeded"
    assert gateway.confirm(intent.id, idempotency_key="confirm").status == "succeeded"


def test_n1_an_intent_whose_reply_is_lost_is_created_once(gateway: AnyGateway) -> None:
    with pytest.raises(GatewayUnavailableError):
        create(gateway, "test-lost-reply-create")
    assert [create(gateway, "test-lost-reply-create")] == list(gateway.intents())


def test_n1_a_refund_whose_reply_is_lost_is_made_once(gateway: AnyGateway) -> None:
    intent = paid(gateway, "test-lost-reply-refund")
    with pytest.raises(GatewayUnavailableError):
        gateway.refund(intent.id, TEN, idempotency_key="refund")
    assert [gateway.refund(intent.id, TEN, idempotency_key="refund")] == list(gateway.refunds(intent.id))
    assert gateway.cash() == {"EUR": Decimal("0.00")}


def test_an_error_of_the_gateway_has_charged_nothing_and_its_key_works_again(gateway: AnyGateway) -> None:
    intent = create(gateway, "test-5xx")
    with pytest.raises(GatewayUnavailableError, match="503"):
        gateway.confirm(intent.id, idempotency_key="confirm")
    assert gateway.retrieve(intent.id).status == "unconfirmed"
    assert gateway.confirm(intent.id, idempotency_key="confirm").status == "succeeded"


def test_a_slow_gateway_has_charged_before_it_answers(tmp_path: Path) -> None:
    seen = []

    def wait(seconds: float) -> None:
        seen.append((seconds, SandboxGateway(tmp_path).cash()))

    gateway = SandboxGateway(tmp_path, sleep=wait)
    assert paid(gateway, "test-slow").status == "succeeded"
    assert seen == [(2.0, {"EUR": Decimal("10.00")})]


def test_s5_every_test_method_has_a_label_of_its_own_and_all_but_one_a_brand_that_is_accepted(
    sandbox: SandboxGateway,
) -> None:
    methods = sandbox.methods()
    assert len({method.label for method in methods}) == len({method.id for method in methods}) == len(methods)
    assert {method.id for method in methods if method.kind not in ACCEPTED_KINDS} == {"test-unionpay"}
    assert all(method.label.endswith("(test)") for method in methods)


def test_n8_a_card_number_is_neither_repeated_nor_remembered(sandbox: SandboxGateway, tmp_path: Path) -> None:
    with pytest.raises(UnknownMethodError) as raised:
        create(sandbox, "4242424242424242")
    assert "4242" not in str(raised.value)
    assert b"4242" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_no_more_is_refunded_than_was_charged(gateway: AnyGateway) -> None:
    intent = paid(gateway)
    gateway.refund(intent.id, Money(Decimal("6.00"), "EUR"), idempotency_key="first")
    with pytest.raises(GatewayRefusedError, match="cannot be refunded"):
        gateway.refund(intent.id, Money(Decimal("4.01"), "EUR"), idempotency_key="second")
    assert gateway.retrieve(intent.id).refunded == Money(Decimal("6.00"), "EUR")


def test_a_refund_with_the_same_key_is_made_once(gateway: AnyGateway) -> None:
    intent = paid(gateway)
    first = gateway.refund(intent.id, TEN, idempotency_key="refund")
    assert gateway.refund(intent.id, TEN, idempotency_key="refund") == first
    assert list(gateway.refunds(intent.id)) == [first]


def test_a_payment_that_succeeded_cannot_be_cancelled_nor_a_cancelled_one_confirmed(gateway: AnyGateway) -> None:
    with pytest.raises(GatewayRefusedError):
        gateway.cancel(paid(gateway).id)
    other = create(gateway, key="other")
    assert gateway.cancel(other.id).status == "cancelled"
    with pytest.raises(GatewayRefusedError, match="was cancelled"):
        gateway.confirm(other.id, idempotency_key="confirm-other")


def test_an_unpaid_intent_is_not_refunded(gateway: AnyGateway) -> None:
    with pytest.raises(GatewayRefusedError):
        gateway.refund(create(gateway).id, TEN, idempotency_key="refund")


@pytest.mark.parametrize("method", ["bank_transfer", "sepa_debit", "cheque", "cash", "crypto"])
def test_s5_a_method_that_is_not_saved_is_unknown(gateway: AnyGateway, method: str) -> None:
    with pytest.raises(UnknownMethodError):
        create(gateway, method)


def test_every_call_is_remembered_also_a_refused_one_and_a_lost_one(sandbox: SandboxGateway, tmp_path: Path) -> None:
    intent = create(sandbox, "test-lost-reply")
    with pytest.raises(GatewayUnavailableError):
        sandbox.confirm(intent.id, idempotency_key="confirm")
    with pytest.raises(GatewayRefusedError):
        sandbox.retrieve("pay_unknown")
    sandbox.methods()
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
