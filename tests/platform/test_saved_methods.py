"""The saved payment methods: removed and saved again, the account's default, and what a removal means for an order."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from provider.backend.embedded import connect
from provider.backend.port import ActionRequiredError, RefusedError, UnavailableError
from provider.commerce.change import NewContract, SetQuantity
from provider.configuration import Configuration
from provider.platform.payments.port import UnknownMethodError
from provider.platform.payments.sandbox import METHODS, SandboxGateway
from tests.platform.gateway import TEN, create, paid
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)


@pytest.fixture
def gateway(tmp_path: Path) -> SandboxGateway:
    return SandboxGateway(tmp_path)


def test_a_removed_method_is_gone_for_every_process_until_it_is_saved_again(
    gateway: SandboxGateway, tmp_path: Path
) -> None:
    assert list(gateway.methods()) == list(METHODS)
    gateway.remove_method("test-visa")
    assert "test-visa" not in {method.id for method in SandboxGateway(tmp_path).methods()}
    with pytest.raises(UnknownMethodError):
        gateway.remove_method("test-visa")
    begun = SandboxGateway(tmp_path).set_up_method("test-visa")
    assert begun.url is None
    assert begun.method == METHODS[0]
    assert gateway.set_up_method("test-visa") == begun, "saved already"
    assert list(gateway.methods()) == list(METHODS)


def test_what_to_save_must_be_named_and_be_a_test_method(gateway: SandboxGateway, tmp_path: Path) -> None:
    for wanted in (None, "", "test-diners", "4242424242424242"):
        with pytest.raises(UnknownMethodError, match='the sandbox has "test-visa"') as refused:
            gateway.set_up_method(wanted)
        assert "4242" not in str(refused.value)
    with pytest.raises(UnknownMethodError):
        gateway.remove_method("4242424242424242")
    assert b"4242" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_n5_a_payment_by_a_removed_method_is_not_charged_and_the_same_key_still_finds_it(
    gateway: SandboxGateway,
) -> None:
    intent = create(gateway)
    gateway.remove_method("test-visa")
    assert create(gateway) == intent
    with pytest.raises(UnknownMethodError):
        gateway.confirm(intent.id, idempotency_key="confirm")
    with pytest.raises(UnknownMethodError):
        create(gateway, key="another")
    assert gateway.cash() == {"EUR": Decimal("0.00")}
    assert gateway.cancel(intent.id).status == "cancelled"


def test_what_was_charged_before_a_removal_is_refunded_after_it(gateway: SandboxGateway) -> None:
    intent = paid(gateway)
    gateway.remove_method("test-visa")
    assert gateway.confirm(intent.id, idempotency_key="again") == intent
    gateway.refund(intent.id, TEN, idempotency_key="refund")
    assert gateway.cash() == {"EUR": Decimal("0.00")}


@pytest.mark.parametrize(
    ("method", "words"), [("test-expired", "expired on 2019-12-31"), ("test-unionpay", "UnionPay is not accepted")]
)
def test_s5_an_expired_card_and_one_of_another_brand_are_refused_at_the_order(
    shop: Shop, method: str, words: str
) -> None:
    quote = shop.plan(NEW)
    with pytest.raises(RefusedError, match=words) as refused:
        shop.apply(quote, method=method)
    assert (refused.value.rule, refused.value.attribute) == ("S5", "payment_method")
    assert "Visa, MasterCard, American Express" in refused.value.detail
    assert list(shop.backend.orders()) == []
    contract_id = shop.buy().contract.contract.id
    with pytest.raises(RefusedError, match=words):
        shop.backend.configure_contract(contract_id, payment_method=method)


def test_s5_a_removed_method_is_refused_at_the_order(shop: Shop) -> None:
    quote = shop.plan(NEW)
    with closing(shop.another()) as elsewhere:
        elsewhere.remove_payment_method("test-visa")
    with pytest.raises(RefusedError, match="no saved method of that id"):
        shop.apply(quote)
    shop.backend.set_up_payment_method("test-visa")
    assert shop.apply(quote).status == "active"


@pytest.mark.parametrize("operation", ["create_intent", "confirm"])
def test_a_method_removed_before_an_order_is_paid_cancels_it_and_gives_the_quote_back(
    shop: Shop, operation: str
) -> None:
    quote = shop.plan(NEW)
    shop.gateway.arrange(operation, "unavailable", times=4)  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        shop.apply(quote)
    shop.gateway.calm()
    shop.reopen().backend.remove_payment_method("test-visa")
    with pytest.raises(RefusedError, match="test-visa was removed before it was charged") as refused:
        shop.backend.resume(shop.backend.orders()[0].id, timeout_seconds=shop.timeout)
    assert refused.value.rule == "L4"
    assert [order.status for order in shop.backend.orders()] == ["cancelled"]
    assert {payment.status for payment in shop.backend.payments()} <= {"cancelled"}
    assert shop.charged == 0
    assert shop.plan(NEW) == quote, "the quote was given back"
    assert shop.apply(quote, method="test-paypal").status == "active"


def test_n3_what_a_removed_method_paid_and_cannot_be_delivered_is_refunded(shop: Shop) -> None:
    quote = shop.plan(NEW)
    with pytest.raises(ActionRequiredError):
        shop.apply(quote, method="test-3ds")
    (payment,) = shop.backend.payments()
    shop.backend.confirm_payment(payment.id)
    shop.backend.remove_payment_method("test-3ds")
    shop.host.impossible = "no room left"
    with pytest.raises(RefusedError, match="was refunded in full"):
        shop.backend.resume(shop.backend.orders()[0].id, timeout_seconds=shop.timeout)
    assert shop.charged == 0


def test_the_default_is_the_accounts_own_unless_the_providers_setting_names_one(any_shop: Shop) -> None:
    shop = any_shop
    assert shop.backend.account().default_payment_method is None
    shop.backend.choose_default_payment_method("test-amex")
    assert shop.reopen().backend.account().default_payment_method == "test-amex"
    setting = Configuration(
        home=shop.home,
        database_url=shop.database_url,
        test_clock=datetime.fromisoformat(shop.instant),
        payment_method="test-visa",
    )
    with closing(connect(setting)) as configured:
        assert (configured.account().default_payment_method, configured.own_default()) == ("test-visa", "test-amex")
    shop.backend.choose_default_payment_method(None)
    assert shop.backend.account().default_payment_method is None


@pytest.mark.parametrize("method", ["test-expired", "test-unionpay", "nonsense", "4242 4242 4242 4242"])
def test_s5_only_what_can_be_used_at_once_becomes_the_default(shop: Shop, method: str) -> None:
    with pytest.raises(RefusedError) as refused:
        shop.backend.choose_default_payment_method(method)
    assert refused.value.rule == "S5"
    assert "4242" not in str(refused.value)
    assert shop.backend.own_default() is None


def test_removing_the_default_clears_it_also_where_the_gateway_was_first(shop: Shop) -> None:
    shop.backend.choose_default_payment_method("test-visa")
    shop.backend.remove_payment_method("test-paypal")
    assert shop.backend.own_default() == "test-visa"
    shop.backend.remove_payment_method("test-visa")
    assert shop.backend.own_default() is None
    shop.backend.choose_default_payment_method("test-amex")
    shop.gateway.remove_method("test-amex")
    with pytest.raises(RefusedError, match="no saved method"):
        shop.backend.remove_payment_method("test-amex")
    assert shop.backend.own_default() is None


def test_a_removal_leaves_the_servers_as_they_are(shop: Shop) -> None:
    shop.buy()
    before = shop.server()
    shop.backend.remove_payment_method("test-visa")
    assert shop.server() == before
    assert [view.name for view in shop.backend.contracts()] == ["web"]
    with pytest.raises(RefusedError, match="no saved method"):
        shop.add("disk", 50)
    assert shop.apply(shop.plan(SetQuantity("disk", 50)), method="test-paypal").status == "active"


def test_n8_another_method_for_an_order_that_waits_is_refused_and_not_repeated(shop: Shop) -> None:
    quote = shop.plan(NEW)
    with pytest.raises(ActionRequiredError):
        shop.apply(quote, method="test-3ds")
    with pytest.raises(RefusedError, match=r"waits to be paid with test-3ds\. To pay with another method") as refused:
        shop.apply(quote, method="sk_live_51HxYzAbCdEf")
    assert "sk_live" not in str(refused.value)


def test_a_removal_that_meets_a_process_killed_after_it_cancelled_the_payment_ends_the_order_all_the_same(
    shop: Shop,
) -> None:
    quote = shop.plan(NEW)
    shop.gateway.arrange("confirm", "unavailable", times=4)
    with pytest.raises(UnavailableError):
        shop.apply(quote)
    shop.gateway.calm()
    shop.gateway.remove_method("test-visa")
    (intent,) = shop.gateway.intents()
    shop.gateway.cancel(intent.id)
    with pytest.raises(RefusedError, match="nothing was charged"):
        shop.reopen().backend.resume(shop.backend.orders()[0].id, timeout_seconds=shop.timeout)
    assert shop.plan(NEW) == quote
