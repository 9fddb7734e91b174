"""The Stripe adapter by itself: what it sends, what it makes of Stripe's answers, and what it says of errors."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from provider.configuration import Configuration, ConfigurationError, StripeSettings, load_configuration
from provider.money import Money
from provider.platform.payments.port import (
    GatewayKeyError,
    GatewayRefusedError,
    GatewayUnavailableError,
    UnknownMethodError,
)
from provider.platform.payments.stripe.amounts import minor_units
from provider.platform.payments.stripe.disputes import STATUS
from provider.platform.payments.stripe.intents import intent_of
from provider.platform.payments.stripe.methods import saved_method
from tests.platform.gateway import TEN, Calendar, create, paid
from tests.project.tree import ROOT
from tests.stripe.facade import Facade, serving
from tests.stripe.gateways import StripeWithOutside, stripe_gateway
from tests.stripe.wire import Answer

CARD = "4242 4242 4242 4242"


def answers(facade: Facade, answer: Answer) -> None:
    """Let every request from now on get this answer."""
    facade.answer = lambda *_: answer  # type: ignore[method-assign]


# -- the customer and their methods --------------------------------------------------------------------------
def test_the_customer_is_made_once_also_by_threads_and_found_again_by_a_home_that_forgot_it(
    facade: Facade, tmp_path: Path
) -> None:
    with stripe_gateway(facade, tmp_path / "a", "acc-1") as gateway, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: gateway.set_up_method(), range(8)))
    with stripe_gateway(facade, tmp_path / "b", "acc-1") as restored:
        assert restored.methods()
    assert [customer["metadata"] for customer in facade.customers.values()] == [{"qualit_account": "acc-1"}]


def test_an_account_that_never_saved_a_method_has_none_and_makes_no_customer(facade: Facade, tmp_path: Path) -> None:
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        facade.customers.clear()
        gateway._account.database.write(
            lambda connection: connection.exec_driver_sql("UPDATE home SET gateway_customer = NULL")
        )
        assert gateway.methods() == ()
        assert gateway.intents() == []
        with pytest.raises(UnknownMethodError):
            create(gateway)
        assert facade.customers == {}


def test_a_saved_card_is_named_by_its_brand_its_last_digits_and_its_expiry(gateway: StripeWithOutside) -> None:
    methods = {method.id: method for method in gateway.methods()}
    visa, paypal = methods["pm_testvisa"], methods["pm_testpaypal"]
    assert (visa.kind, visa.label, visa.expires_on) == ("visa", "Visa ending 4242, 12/2027", date(2028, 1, 1))
    assert (paypal.kind, paypal.label, paypal.expires_on) == ("paypal", "PayPal a…@example.com", None)
    assert len(methods) == 16, "from several pages"


def shaped(thing: dict[str, Any], kind: str) -> Any:
    import stripe

    return getattr(stripe, kind).construct_from(thing, None)


def test_s5_a_method_of_another_kind_keeps_stripes_name_for_the_policy_to_refuse() -> None:
    method = saved_method(
        shaped({"id": "pm_1", "type": "sepa_debit", "sepa_debit": {"last4": "3000"}}, "PaymentMethod")
    )
    assert (method.kind, method.label) == ("sepa_debit", "Sepa debit")
    card = {"brand": "discover", "last4": "9424", "exp_month": 1, "exp_year": 2030}
    method = saved_method(shaped({"id": "pm_2", "type": "card", "card": card}, "PaymentMethod"))
    assert (method.kind, method.label, method.expires_on) == (
        "discover",
        "Discover ending 9424, 01/2030",
        date(2030, 2, 1),
    )


def test_a_method_is_saved_on_a_page_of_stripe_and_never_by_its_name(gateway: StripeWithOutside) -> None:
    set_up = gateway.set_up_method()
    assert (set_up.url or "").startswith("https://checkout.stripe.example/")
    assert set_up.method is None
    with pytest.raises(GatewayRefusedError, match="page of Stripe"):
        gateway.set_up_method("test-visa")


def test_a_method_is_removed_once_and_only_if_it_is_the_customers(gateway: StripeWithOutside) -> None:
    gateway.remove_method("pm_testvisa")
    assert "pm_testvisa" not in {method.id for method in gateway.methods()}
    for gone in ("pm_testvisa", "pm_ofanother", "test-visa"):
        with pytest.raises(UnknownMethodError):
            gateway.remove_method(gone)
    with pytest.raises(UnknownMethodError):
        create(gateway, "test-visa")


def test_n8_what_is_no_id_of_a_method_is_neither_sent_nor_repeated(gateway: StripeWithOutside, facade: Facade) -> None:
    before = len(facade.requests)
    for number in (CARD, CARD.replace(" ", ""), "pm_" + CARD):
        with pytest.raises(UnknownMethodError) as raised:
            create(gateway, number)
        assert "4242" not in str(raised.value)
    assert facade.requests[before:] == []


# -- amounts and statuses ------------------------------------------------------------------------------------
def test_an_amount_is_sent_in_hundredths() -> None:
    assert minor_units(Money(Decimal("20.97"), "EUR")) == 2097


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("ISK", 0), ("KWD", 3)])
def test_a_currency_without_hundredths_is_refused_with_the_reason(currency: str, decimals: int) -> None:
    with pytest.raises(GatewayRefusedError, match=rf"{currency} has {decimals} decimals.*such as EUR"):
        minor_units(Money(Decimal("10.00"), currency))


def stripe_intent(status: str, error: dict[str, Any] | None = None) -> Any:
    intent = {
        "id": "pi_1",
        "amount": 1000,
        "currency": "eur",
        "status": status,
        "last_payment_error": error,
        "next_action": None,
        "latest_charge": None,
        "metadata": {"qualit_order": "ord-1"},
    }
    return shaped(intent, "PaymentIntent")


@pytest.mark.parametrize(
    ("status", "error", "expected", "code"),
    [
        ("requires_confirmation", None, "unconfirmed", None),
        ("requires_action", None, "action_required", None),
        ("processing", None, "unconfirmed", None),
        ("requires_capture", None, "unconfirmed", None),
        ("a_status_of_tomorrow", None, "unconfirmed", None),
        ("succeeded", None, "succeeded", None),
        ("canceled", None, "cancelled", None),
        ("requires_payment_method", None, "declined", None),
        ("requires_payment_method", {"code": "card_declined", "decline_code": "lost_card"}, "declined", "lost_card"),
        ("requires_payment_method", {"code": "expired_card"}, "declined", "expired_card"),
        ("requires_payment_method", {"code": "authentication_required"}, "unconfirmed", None),
        (
            "requires_payment_method",
            {"code": "card_declined", "decline_code": "authentication_required"},
            "unconfirmed",
            None,
        ),
        (
            "requires_payment_method",
            {"code": "payment_intent_authentication_failure"},
            "declined",
            "authentication_required",
        ),
    ],
)
def test_each_status_of_stripe_is_one_of_the_port(
    status: str, error: dict[str, Any] | None, expected: str, code: str | None
) -> None:
    found = intent_of(stripe_intent(status, error))
    assert (found.status, found.decline_code, found.order_id, found.amount) == (expected, code, "ord-1", TEN)


def test_every_status_of_a_dispute_that_stripe_documents_is_known() -> None:
    assert STATUS == {
        "warning_needs_response": "open",
        "warning_under_review": "open",
        "warning_closed": "won",
        "needs_response": "open",
        "under_review": "open",
        "won": "won",
        "lost": "lost",
        "prevented": "won",
    }


# -- once ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["fails_before", "fails_after"])
def test_n1_a_bank_that_wants_the_customer_is_asked_once_whatever_stripe_answers_to_it(
    gateway: StripeWithOutside, facade: Facade, how: str
) -> None:
    intent = create(gateway, "test-3ds")
    facade.wants_customer.add(intent.id.replace("pi_", "pay_"))
    assert gateway.retrieve(intent.id).status == "unconfirmed"
    getattr(facade, how).append("confirm")
    with pytest.raises(GatewayUnavailableError, match="500"):
        gateway.confirm(intent.id, idempotency_key="confirm")
    waiting = gateway.confirm(intent.id, idempotency_key="confirm")
    assert waiting.status == "action_required"
    confirmed = [one for one in facade.requests if one.endswith("/confirm")]
    assert len(confirmed) == (3 if how == "fails_before" else 1), "failed, replayed, and then under the next key"


def test_a_bank_that_refuses_the_customer_too_has_declined(gateway: StripeWithOutside, facade: Facade) -> None:
    intent = create(gateway, "test-3ds")
    facade.never_satisfied = True
    declined = gateway.confirm(intent.id, idempotency_key="confirm")
    assert (declined.status, declined.decline_code) == ("declined", "authentication_required")
    assert gateway.cash() == {"EUR": Decimal("0.00")}


def test_n1_a_refund_is_found_again_after_its_key_was_forgotten(tmp_path: Path) -> None:
    calendar = Calendar()
    (tmp_path / "stripe").mkdir()
    with (
        serving(Facade(tmp_path / "stripe", now=calendar.now)) as facade,
        stripe_gateway(facade, tmp_path / "home") as gateway,
    ):
        intent = paid(gateway)
        part = Money(Decimal("4.00"), "EUR")
        first = gateway.refund(intent.id, part, idempotency_key="refund")
        calendar.pass_by(hours=25)
        assert gateway.refund(intent.id, part, idempotency_key="refund") == first
        assert gateway.cash() == {"EUR": Decimal("6.00")}


def test_payments_of_another_account_at_the_same_customer_are_none_of_ours(
    gateway: StripeWithOutside, facade: Facade
) -> None:
    ours = create(gateway)
    create(gateway, key="other")
    other = next(kept for id_, kept in facade._kept.items() if id_ != ours.id.replace("pi_", "pay_"))
    other["metadata"] = {**other["metadata"], "qualit_account": "acc-other"}
    assert [intent.id for intent in gateway.intents()] == [ours.id]


# -- errors --------------------------------------------------------------------------------------------------
SECRETS = f"the key sk_test_51abcDEF, the card {CARD} and pi_1_secret_abc"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Answer.error(401, message=SECRETS), GatewayKeyError, "does not know the key in QUALIT_STRIPE_KEY"),
        (Answer.error(403, message=SECRETS), GatewayKeyError, "QUALIT_STRIPE_KEY may not do this"),
        (Answer.error(429, message=SECRETS), GatewayUnavailableError, "429"),
        (Answer.error(409, message=SECRETS, code="idempotency_key_in_use"), GatewayUnavailableError, "409"),
        (Answer.error(500, type="api_error", message=SECRETS), GatewayUnavailableError, "500.*request req_1"),
        (Answer.error(400, message=SECRETS), GatewayRefusedError, "(left out)"),
        (Answer.error(400, type="idempotency_error", message=SECRETS), GatewayRefusedError, "another request"),
        (Answer.error(402, type="card_error", code="card_declined", message=SECRETS), GatewayRefusedError, "left out"),
        (
            Answer.error(404, code="resource_missing", param="intent", message=SECRETS),
            GatewayKeyError,
            "another Stripe account",
        ),
        (Answer(200, {}).broken(), GatewayUnavailableError, "cannot be reached"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else None,
)
def test_n8_an_error_of_stripe_is_told_in_the_ports_words_without_a_secret(
    gateway: StripeWithOutside, facade: Facade, answer: Answer, error: type[Exception], words: str
) -> None:
    answers(facade, answer)
    with pytest.raises(error, match=words) as raised:
        gateway.retrieve("pi_1")
    assert type(raised.value) is error
    for secret in ("sk_test", "4242", "secret_abc"):
        assert secret not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_stripe_that_does_not_answer_in_time_is_unavailable(
    gateway: StripeWithOutside, facade: Facade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provider.platform.payments.stripe.account.ANSWER_SECONDS", 0.1)
    gateway._account._client = None
    facade.check = lambda *_: facade.sleep(0.5)
    with pytest.raises(GatewayUnavailableError, match="did not answer in time"):
        gateway.retrieve("pi_1")


def test_a_key_that_is_not_set_is_named(facade: Facade, tmp_path: Path) -> None:
    facade_settings = facade.settings
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        gateway._account._settings = replace(facade_settings, key=None)
        gateway._account._client = None
        with pytest.raises(GatewayKeyError, match="QUALIT_STRIPE_KEY"):
            gateway.methods()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"key": "pk_test_1"}, "no secret key of Stripe"),
        ({"key": "sk_test_1\nX-Header: 1"}, "no secret key of Stripe"),
        ({"api_base": "http://stripe.example"}, "unencrypted; use an https address"),
    ],
)
def test_n8_a_key_is_not_sent_where_it_is_no_key_or_others_could_read_it(
    facade: Facade, tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        sent = len(facade.requests)
        gateway._account._settings = replace(facade.settings, **settings)
        gateway._account._client = None
        with pytest.raises(GatewayKeyError, match=words) as raised:
            gateway.methods()
        assert "test_1" not in str(raised.value)
        assert len(facade.requests) == sent


# -- configuration -------------------------------------------------------------------------------------------
def configured(**environment: str) -> Configuration:
    return load_configuration({}, {"QUALIT_HOME": "/home/of/nobody", **environment})


def test_the_gateway_is_the_sandbox_unless_the_configuration_says_stripe() -> None:
    assert configured().payment_gateway == "sandbox"
    assert configured(QUALIT_PAYMENT_GATEWAY="stripe").payment_gateway == "stripe"
    assert load_configuration({"payment_gateway": "stripe"}, {}).payment_gateway == "stripe"
    with pytest.raises(ConfigurationError, match='"paypal", which is none of: sandbox, stripe'):
        configured(QUALIT_PAYMENT_GATEWAY="paypal")


def test_n8_the_keys_come_from_the_environment_alone_and_are_never_shown() -> None:
    found = configured(QUALIT_STRIPE_KEY="sk_test_1", QUALIT_STRIPE_WEBHOOK_SECRET="whsec_1")  # noqa: S106
    assert found.stripe == StripeSettings(key="sk_test_1", webhook_secret="whsec_1")  # noqa: S106
    assert "sk_test_1" not in repr(found)
    assert "whsec_1" not in repr(found)
    assert load_configuration({"key": "sk_test_1", "stripe_key": "sk_test_1"}, {}).stripe == StripeSettings()


def test_a_test_clock_and_a_key_that_moves_real_money_are_refused_together() -> None:
    clock = {"QUALIT_TEST_CLOCK": "2026-01-31T09:00:00Z", "QUALIT_PAYMENT_GATEWAY": "stripe"}
    for key in ("sk_live_1", "rk_live_1"):
        with pytest.raises(ConfigurationError, match="moves real money"):
            configured(**clock, QUALIT_STRIPE_KEY=key)
    assert configured(**clock, QUALIT_STRIPE_KEY="sk_test_1").test_clock is not None


def test_the_doctor_says_that_the_key_is_missing(tmp_path: Path) -> None:
    from provider.cli.doctor_checks import _gateway

    home = Configuration(tmp_path, payment_gateway="stripe")
    (missing,) = _gateway(home)
    assert not missing.ok
    assert "QUALIT_STRIPE_KEY" in missing.remedy
    (there,) = _gateway(replace(home, stripe=StripeSettings(key="sk_test_1")))
    assert there.ok
    assert "sk_test" not in there.detail
    assert list(_gateway(Configuration(tmp_path))) == []


@pytest.mark.parametrize("gateway_name", ["sandbox", "stripe"])
def test_nobody_waits_for_the_sdk_before_it_is_needed(gateway_name: str, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from provider.backend.embedded import connect\n"
        "from provider.configuration import Configuration\n"
        "backend = connect(Configuration(home=pathlib.Path(sys.argv[1]), payment_gateway=sys.argv[2]))\n"
        "backend.identity('vps', 'web'); backend.catalogue(); backend.servers(); backend.close()\n"
        "print([name for name in ('stripe', 'requests') if name in sys.modules])\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "home"), gateway_name]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.strip() == "[]"
