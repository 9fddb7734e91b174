"""`qualit ledger` and `qualit reconcile`, on a home as it should be and on one that was changed from outside."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal

import pytest

from provider.backend.embedded import EmbeddedBackend, connect
from provider.backend.port import PaymentDeclinedError
from provider.configuration import load_configuration
from provider.money import Money
from provider.platform.payments.sandbox import SandboxGateway
from tests.cli.conftest import Qualit
from tests.cli.test_listings import buy_server


@pytest.fixture
def backend(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedBackend]:
    """The platform of the user's home, on 31 January."""
    monkeypatch.setenv("QUALIT_TEST_CLOCK", "2026-01-31T09:00:00Z")
    with closing(connect(load_configuration())) as opened:
        yield opened


@pytest.fixture
def signals() -> Iterator[None]:
    """Puts back the handlers that a worker replaces."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def gateway() -> SandboxGateway:
    return SandboxGateway(load_configuration().home)


def test_an_empty_ledger_says_so(qualit: Qualit, backend: EmbeddedBackend) -> None:
    assert qualit("ledger", "--json").json() == {"entries": [], "balances": [], "cash": []}
    shown = qualit("ledger")
    assert (shown.exit_code, shown.out) == (0, "The ledger has no entries: nothing was ordered.\n")


def test_n9_the_ledger_shows_each_entry_and_that_its_cash_is_the_gateways(
    qualit: Qualit, backend: EmbeddedBackend
) -> None:
    buy_server(backend, "web-1")
    told = qualit("ledger", "--json").json()
    (entry,) = told["entries"]
    (order,) = qualit("orders", "--json").json()
    assert (entry["order"], entry["kind"], entry["at"]) == (order["id"], "charge", "2026-01-31T09:00:00Z")
    assert entry["postings"] == [
        {"account": "cash", "amount": "20.97", "currency": "EUR"},
        {"account": "revenue", "amount": "-20.97", "currency": "EUR"},
    ]
    assert told["cash"] == [{"currency": "EUR", "ledger": "20.97", "gateway": "20.97", "equal": True}]
    shown = qualit("ledger").out
    assert order["id"] in shown
    assert "20.97 EUR in the ledger, and the same at the payment gateway" in shown


def test_n9_a_ledger_that_differs_from_the_gateway_says_where_to_look(qualit: Qualit, backend: EmbeddedBackend) -> None:
    buy_server(backend, "web-1")
    (intent,) = gateway().intents()
    gateway().refund(intent.id, Money(Decimal("0.97"), "EUR"), idempotency_key="by-hand")
    shown = qualit("ledger").out
    assert "20.97 EUR in the ledger, 20.00 EUR at the payment gateway. They differ by 0.97 EUR" in shown
    assert "`qualit reconcile`" in shown


def test_a_home_that_agrees_ends_with_zero(qualit: Qualit, backend: EmbeddedBackend) -> None:
    assert "Everything agrees." in qualit("reconcile").out
    buy_server(backend, "web-1")
    ended = qualit("reconcile")
    assert (ended.exit_code, ended.err) == (0, "")
    assert ended.out == (
        "Compared 1 order, 1 entry, 1 payment, 1 machine.\n"
        "Cash: 20.97 EUR in the ledger, 20.97 EUR at the payment gateway.\n"
        "Everything agrees.\n"
    )


def test_what_has_one_right_answer_is_repaired_and_ends_with_zero(qualit: Qualit, backend: EmbeddedBackend) -> None:
    with pytest.raises(PaymentDeclinedError):
        buy_server(backend, "web-1", "test-declined")
    (order,) = qualit("orders", "--json").json()
    intent = gateway().create_intent(
        order_id=order["id"], amount=Money(Decimal("20.97"), "EUR"), method_id="test-visa", idempotency_key="elsewhere"
    )
    gateway().confirm(intent.id, idempotency_key="elsewhere:confirm")
    ended = qualit("reconcile")
    assert ended.exit_code == 0
    assert "Repaired:" in ended.out
    assert "Everything agrees now." in ended.out
    assert "Everything agrees." in qualit("reconcile").out
    assert [entry["refunded"] for entry in qualit("orders", "--json").json()] == ["20.97"]


def test_what_is_unexplained_is_told_with_what_to_do_and_ends_with_one(
    qualit: Qualit, backend: EmbeddedBackend
) -> None:
    buy_server(backend, "web-1")
    intent = gateway().create_intent(
        order_id="ord-unknown",
        amount=Money(Decimal("20.97"), "EUR"),
        method_id="test-visa",
        idempotency_key="elsewhere",
    )
    gateway().confirm(intent.id, idempotency_key="elsewhere:confirm")
    ended = qualit("reconcile")
    assert (ended.exit_code, ended.err) == (1, "")
    assert "Unexplained:" in ended.out
    assert f"The payment {intent.id} of 20.97 EUR is succeeded" in ended.out
    told = qualit("reconcile", "--json")
    assert told.exit_code == 1
    (finding,) = told.json()["unexplained"]
    assert (finding["code"], finding["subject"]) == ("payment-of-an-unknown-order", intent.id)
    assert finding["what_to_do"]


def test_n9_a_refund_by_hand_is_recorded_once_and_then_information(qualit: Qualit, backend: EmbeddedBackend) -> None:
    buy_server(backend, "web-1")
    (intent,) = gateway().intents()
    gateway().refund(intent.id, Money(Decimal("0.97"), "EUR"), idempotency_key="by-hand")
    ended = qualit("reconcile")
    assert (ended.exit_code, ended.err) == (0, "")
    assert "0.97 EUR of 20.97 EUR for web-1 were refunded by hand at the gateway" in ended.out
    told = qualit("reconcile", "--json").json()
    assert [finding["code"] for finding in told["information"]] == ["refunded-by-hand"]
    assert told["repaired"] == told["unexplained"] == []
    assert [order["refunded"] for order in qualit("orders", "--json").json()] == ["0.97"]
    shown = qualit("ledger")
    assert "refund-by-hand" in shown.out
    assert "20.00 EUR in the ledger, and the same at the payment gateway" in shown.out


def test_a_worker_tells_what_it_repaired_and_what_it_did_not(
    qualit: Qualit, backend: EmbeddedBackend, signals: None
) -> None:
    buy_server(backend, "web-1")
    (intent,) = gateway().intents()
    again = gateway().create_intent(
        order_id=intent.order_id, amount=intent.amount, method_id="test-visa", idempotency_key="elsewhere"
    )
    gateway().confirm(again.id, idempotency_key="elsewhere:confirm")
    gateway().open_dispute(intent.id)
    ended = qualit("work", "--until-idle")
    assert ended.exit_code == 0
    assert f"{intent.order_id}  repaired, charged-twice: " in ended.out
    assert f"{intent.order_id}  information, dispute-open: " in ended.out
    assert [server["status"] for server in qualit("servers", "--json").json()] == ["suspended"]


def test_a_host_that_is_down_is_told_with_its_remedy(
    qualit: Qualit, backend: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy_server(backend, "web-1")
    monkeypatch.setenv("QUALIT_LIBVIRT_URI", "qemu+unix:///system?socket=/nonexistent")
    ended = qualit("reconcile")
    assert ended.exit_code == 1
    assert "machines-not-compared" in ended.out
    assert "Traceback" not in ended.err
