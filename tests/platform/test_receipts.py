"""Receipts and credit notes: one for each entry of the ledger, numbered without a gap, never changed (P8)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from provider.backend.port import ActionRequiredError, RefusedError, UnavailableError
from provider.commerce.catalogue import DEFAULT_CATALOGUE
from provider.commerce.change import NewContract, SetQuantity, SwitchSolution
from provider.money import Money
from provider.platform.database import tables
from provider.platform.receipts.document import Receipt, receipt_from_json, receipt_to_json
from provider.platform.receipts.issue import issue
from provider.platform.records import orders, receipts, servers
from tests.platform.findings import damage
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)


def numbers(shop: Shop) -> list[str]:
    return [document.number for document in shop.backend.receipts()]


def as_before_receipts(shop: Shop) -> None:
    """The records as an earlier release left them."""
    for statement in ("DELETE FROM receipts", "DELETE FROM receipt_series", "UPDATE orders SET payment_means = NULL"):
        damage(shop, statement)


def newest(shop: Shop) -> Receipt:
    return shop.backend.receipts()[-1]


def refused_delivery(shop: Shop, quantity: int = 4) -> str:
    """An addition that is paid, cannot be delivered and is refunded; returns the order's id."""
    shop.host.impossible = "no room"
    with pytest.raises(RefusedError):
        shop.add("memory", quantity)
    shop.host.impossible = None
    return shop.backend.orders()[-1].id


def test_p8_a_receipt_shows_what_was_paid_with_the_rate_and_the_amount_of_vat(any_shop: Shop) -> None:
    any_shop.buy(months=3)
    order, (receipt,) = any_shop.backend.orders()[0], any_shop.backend.receipts()
    assert (receipt.number, receipt.kind) == ("R-2026-000001", "receipt")
    assert (receipt.vat_percent, receipt.currency) == (Decimal("19.00"), "EUR")
    parts = receipt.amounts
    assert (parts.net, parts.vat, parts.gross) == (Decimal("17.62"), Decimal("3.35"), order.amount)
    assert receipt.lines == order.lines
    assert (receipt.order_id, receipt.quote_id, receipt.contract_id) == (order.id, order.quote_id, order.contract_id)
    assert (receipt.server, receipt.payment_means) == ("web", "Visa (test)")
    assert (receipt.seller, receipt.contact) == ("Qual.IT", any_shop.backend.account().contact)
    assert receipt.placed_at == receipt.paid_at == receipt.issued_at == any_shop.backend.now()


def test_p8_the_rate_is_that_of_the_catalogue_that_the_price_was_held_with(shop: Shop, tmp_path: Path) -> None:
    quote = shop.plan(NEW)
    dearer = tmp_path / "catalogue.yaml"
    dearer.write_text(DEFAULT_CATALOGUE.read_text().replace("vat_percent: 19.00", "vat_percent: 25.00"))
    shop.catalogue = dearer
    shop.reopen().apply(quote)
    assert newest(shop).vat_percent == Decimal("19.00")
    shop.buy(name="later")
    assert newest(shop).vat_percent == Decimal("25.00")


def test_p6_what_fills_a_payment_up_to_the_smallest_is_a_line_of_the_receipt(shop: Shop) -> None:
    shop.buy()
    shop.at("2026-02-26T09:00:00+00:00").add("disk", 10)
    receipt = newest(shop)
    assert receipt.amounts.gross == Decimal("0.50")
    assert [line.amount for line in receipt.lines] == [Decimal("0.07"), Decimal("0.43")]
    assert "credited to the next renewal" in receipt.lines[1].description


def test_n2_a_due_of_zero_has_a_receipt_of_zero(shop: Shop) -> None:
    shop.buy(os="suse-enterprise-15")
    server = shop.server()
    shop.backend.configure_server(server.id, server.settings, os="debian-12", timeout_seconds=5)
    shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    receipt = newest(shop)
    assert receipt.amounts.gross == receipt.amounts.vat == Decimal("0.00")
    assert [line.amount for line in receipt.lines] == [Decimal("0.00")]
    assert receipt.payment_means is None


def test_p8_a_refund_has_a_credit_note_that_takes_its_receipt_back(any_shop: Shop) -> None:
    any_shop.buy()
    order_id = refused_delivery(any_shop)
    receipt, note = any_shop.backend.receipt(order_id)
    assert (receipt.number, note.number, note.refers_to) == ("R-2026-000002", "C-2026-000001", "R-2026-000002")
    assert (note.kind, note.refunded_at) == ("credit-note", any_shop.backend.now())
    assert note.amounts == receipt.amounts.taken_back()
    assert [line.amount for line in note.lines] == [-line.amount for line in receipt.lines]
    assert note.payment_means == receipt.payment_means


def test_p8_a_receipt_says_who_the_customer_was_when_it_was_written(any_shop: Shop) -> None:
    backend = any_shop.backend
    any_shop.buy()
    backend.set_account_data({"name": "Erika Mustermann", "country": "DE", "vat_id": "DE136695976"})
    any_shop.add("disk", 50)
    backend.set_account_data({"name": "Max Mustermann"})
    first, second = backend.receipts()
    assert first.customer is None
    assert second.customer is not None
    assert (second.customer.name, second.customer.vat_id) == ("Erika Mustermann", "DE136695976")


def test_p8_what_a_receipt_says_cannot_be_changed(any_shop: Shop) -> None:
    any_shop.buy()
    records = any_shop.records()
    for statement in (delete(tables.receipts), update(tables.receipts).values(year=2025)):
        with pytest.raises(UnavailableError) as raised:
            records.write(lambda connection, statement=statement: connection.execute(statement))  # type: ignore[misc]
        assert isinstance(raised.value.__cause__, DBAPIError)
        assert "never changed" in str(raised.value.__cause__)


def test_p8_a_document_is_stored_as_it_was(shop: Shop) -> None:
    shop.buy()
    shop.backend.set_account_data({"company": "Söhne & Co"})
    refused_delivery(shop)
    for document in shop.backend.receipts():
        assert receipt_from_json(receipt_to_json(document)) == document


def test_p8_a_transaction_that_fails_after_the_receipt_leaves_no_gap(
    any_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_shop.buy()
    whole = servers.living_on
    failed: list[str] = []

    def fails_once(*arguments: object) -> object:
        """What settling asks for after it has written the receipt."""
        in_settle = receipts.of_entry(arguments[0], any_shop.backend.orders()[-1].id, "charge")  # type: ignore[arg-type]
        if in_settle is not None and not failed and any_shop.backend.orders()[-1].status == "paying":
            failed.append(in_settle.number)
            raise UnavailableError("The records cannot be used", "as if the power had failed")
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("provider.platform.purchase.pay.servers.living_on", fails_once)
    quote = any_shop.plan(SetQuantity("disk", 50))
    try:
        any_shop.apply(quote)
    except UnavailableError:
        any_shop.recover()
    assert failed == ["R-2026-000002"]
    assert numbers(any_shop) == ["R-2026-000001", "R-2026-000002"]


def test_p8_numbers_begin_again_with_the_year(shop: Shop) -> None:
    shop.buy(months=3)
    shop.at("2026-12-31T23:59:59+00:00").buy(name="old-year", months=3)
    shop.at("2027-01-01T00:00:00+00:00").buy(name="new-year")
    assert numbers(shop) == ["R-2026-000001", "R-2026-000002", "R-2027-000001"]


def test_p8_purchases_at_once_have_numbers_without_a_gap(any_shop: Shop) -> None:
    shop, names = any_shop, [f"web-{number}" for number in range(4)]
    quotes = {name: shop.plan(NEW, name) for name in names}
    backends = {name: shop.another() for name in names}
    with ThreadPoolExecutor(len(names)) as pool:
        done = [pool.submit(shop.apply, quotes[name], name=name, backend=backends[name], timeout=60) for name in names]
        assert {order.result().status for order in done} == {"active"}
    for backend in backends.values():
        backend.close()
    assert sorted(numbers(shop)) == [f"R-2026-{serial:06}" for serial in range(1, len(names) + 1)]


def test_p8_many_transactions_that_take_the_next_number_at_once_leave_no_gap_and_take_none_twice(
    any_shop: Shop,
) -> None:
    shop, many = any_shop, 10
    shop.buy()
    for step in range(1, many):
        shop.add("disk", 10 * step)
    as_before_receipts(shop)
    records = shop.records()
    with records.read() as connection:
        bought = orders.of_contract(connection, None)
        at = connection.execute(select(tables.home.c.last_instant)).scalar_one()
    together = threading.Barrier(many)

    def write(order: orders.Order) -> None:
        together.wait()
        records.write(lambda connection: issue(connection, order, "charge", at))

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(write, bought))
    assert numbers(shop) == [f"R-2026-{serial:06}" for serial in range(1, many + 1)]
    assert {document.order_id for document in shop.backend.receipts()} == {order.id for order in bought}


def test_p8_orders_of_an_earlier_release_get_their_receipts_from_the_reconciler(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    order_id = refused_delivery(shop)
    as_before_receipts(shop)
    shop.at("2026-02-02T09:00:00+00:00")
    with pytest.raises(RefusedError, match="qualit reconcile"):
        shop.backend.receipt(order_id)
    report = shop.backend.reconcile()
    assert [finding.code for finding in report.repaired] == ["receipt-missing"] * 3
    assert report.unexplained == ()
    assert numbers(shop) == ["R-2026-000001", "R-2026-000002", "C-2026-000001"]
    receipt, note = shop.backend.receipt(order_id)
    assert (receipt.paid_at.isoformat(), receipt.issued_at.isoformat()) == (
        "2026-01-31T09:00:00+00:00",
        "2026-02-02T09:00:00+00:00",
    )
    assert (note.refers_to, note.payment_means) == (receipt.number, "saved payment method test-visa")
    assert shop.backend.reconcile().repaired == ()


@pytest.mark.parametrize("gone", ["R-2026-000001", "R-2026-000002"])
def test_p8_a_number_that_is_gone_is_reported_also_the_last_one(any_damaged: Shop, gone: str) -> None:
    shop = any_damaged
    shop.buy()
    shop.add("disk", 50)
    damage(shop, f"DELETE FROM receipts WHERE number = '{gone}'")  # noqa: S608
    report = shop.backend.reconcile()
    assert [(finding.code, finding.subject) for finding in report.unexplained] == [("receipt-number-missing", gone)]
    assert [finding.code for finding in report.repaired] == ["receipt-missing"]
    assert "R-2026-000003" in numbers(shop)
    assert gone not in numbers(shop)


def test_p8_money_that_the_reconciler_gives_back_has_its_receipt_and_its_credit_note(shop: Shop) -> None:
    with pytest.raises(ActionRequiredError):
        shop.buy(method="test-3ds")
    (order,) = shop.backend.orders()
    shop.backend.cancel_order(order.id, timeout_seconds=5)
    intent = shop.gateway.create_intent(
        order_id=order.id, amount=newest_due(shop), method_id="test-visa", idempotency_key="other"
    )
    shop.gateway.confirm(intent.id, idempotency_key="other:confirm")
    with pytest.raises(RefusedError, match="nothing was paid"):
        shop.backend.receipt(order.id)
    shop.backend.reconcile()
    receipt, note = shop.backend.receipt(order.id)
    assert (receipt.number, note.number) == ("R-2026-000001", "C-2026-000001")
    assert receipt.amounts.gross + note.amounts.gross == 0


def newest_due(shop: Shop) -> Money:
    with shop.records().read() as connection:
        return orders.of_contract(connection, None)[-1].due
