"""P5: the planned price is the paid price."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from provider.backend.port import QuoteChangedError, RefusedError
from provider.commerce.catalogue import DEFAULT_CATALOGUE
from provider.commerce.change import NewContract, SetQuantity
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 1)


def cheaper(tmp_path: Path, old: str, new: str) -> Path:
    """The default catalogue with one text replaced, as a file of its own."""
    text = DEFAULT_CATALOGUE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"catalogue-{len(list(tmp_path.iterdir()))}.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_p5_planning_the_same_change_finds_the_same_quote_whatever_the_day(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.at("2026-02-14T10:00:00+00:00")
    friday = shop.plan(SetQuantity("disk", 50))
    shop.at("2026-02-16T10:00:00+00:00")
    assert shop.plan(SetQuantity("disk", 50)) == friday
    order = shop.apply(friday)
    assert order.amount == friday.proposal.amount == Decimal("2.50")


def test_p5_a_quote_is_honoured_under_a_new_catalogue(any_shop: Shop, tmp_path: Path) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    shop.catalogue = cheaper(tmp_path, "6.99", "5.99")
    shop.at("2026-02-01T10:00:00+00:00")
    assert shop.plan(NEW).proposal.amount == Decimal("6.99")
    assert shop.apply(quote).amount == Decimal("6.99")


def test_p5_a_dropped_quote_gives_way_to_todays_price(shop: Shop, tmp_path: Path) -> None:
    quote = shop.plan(NEW)
    shop.catalogue = cheaper(tmp_path, "6.99", "5.99")
    shop.reopen().backend.drop_quotes([quote.id])
    assert shop.plan(NEW).proposal.amount == Decimal("5.99")
    with pytest.raises(RefusedError, match="was dropped"):
        shop.apply(quote)


def test_p5_after_its_time_the_same_amount_goes_through(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    shop.at("2026-02-20T10:00:00+00:00")
    order = shop.apply(quote)
    assert (order.status, order.amount) == ("active", Decimal("6.99"))
    assert shop.server().contract.contract.paid_until.isoformat() == "2026-03-20"


def test_p5_after_its_time_another_amount_is_refused_with_both(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.at("2026-02-14T10:00:00+00:00")
    quote = shop.plan(SetQuantity("disk", 50))
    shop.at("2026-02-21T10:00:00+00:00")
    with pytest.raises(QuoteChangedError, match=r"2\.50 EUR.*1\.25 EUR"):
        shop.apply(quote)
    assert len(shop.backend.payments()) == 1
    again = shop.plan(SetQuantity("disk", 50))
    assert (again.proposal.amount, shop.apply(again).amount) == (Decimal("1.25"), Decimal("1.25"))


def test_p5_a_quote_is_honoured_for_72_hours(shop: Shop) -> None:
    quote = shop.plan(NEW)
    assert (quote.expires_at - quote.created_at).total_seconds() == 72 * 3600


def test_p5_no_quote_is_honoured_beyond_the_period_it_was_computed_for(shop: Shop) -> None:
    shop.buy()
    quote = shop.at("2026-02-27T10:00:00+00:00").plan(SetQuantity("disk", 50))
    assert quote.expires_at.isoformat() == "2026-02-28T00:00:00+00:00"


def test_p5_an_expired_quote_that_is_planned_again_is_held_again_under_its_id(shop: Shop) -> None:
    first = shop.plan(NEW)
    second = shop.at("2026-02-20T10:00:00+00:00").plan(NEW)
    assert second.id == first.id
    assert second.expires_at > first.expires_at


def test_p5_a_quote_that_an_order_used_up_is_found_no_more(shop: Shop) -> None:
    quote = shop.plan(NEW)
    assert shop.backend.find_quote(quote.proposal) == quote
    shop.apply(quote)
    assert shop.backend.find_quote(quote.proposal) is None


def test_p5_a_quote_of_another_home_is_refused(shop: Shop) -> None:
    quote = shop.plan(NEW)
    shop.backend.drop_quotes([quote.id])
    with pytest.raises(RefusedError) as raised:
        shop.apply(quote)
    assert raised.value.rule == "P5"


def test_p6_a_tiny_amount_is_charged_as_the_smallest_payment_and_credited(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    shop.at("2026-02-27T10:00:00+00:00")
    order = shop.add("disk", 10)
    assert order.amount == Decimal("0.50")
    records = shop.records()
    from provider.platform.ledger import credit_of

    with records.read() as connection:
        assert credit_of(connection, order.contract_id) == Decimal("0.46")


def test_p6_a_refund_gives_credit_back_as_credit(shop: Shop) -> None:
    shop.buy()
    shop.at("2026-02-27T10:00:00+00:00")
    shop.host.impossible = "no room"
    with pytest.raises(RefusedError):
        shop.add("disk", 10)
    from provider.platform.ledger import balance, credit_of

    records = shop.records()
    with records.read() as connection:
        assert credit_of(connection, shop.server().contract.contract.id) == 0
        assert balance(connection, "refunds") == Decimal("0.04")
        assert balance(connection, "cash") == Decimal("6.99")


def test_p8_an_offer_that_changes_under_its_id_is_refused_at_plan(shop: Shop, tmp_path: Path) -> None:
    shop.plan(NEW)
    shop.catalogue = cheaper(tmp_path, "memory_gib: 4", "memory_gib: 5")
    shop.reopen()
    with pytest.raises(RefusedError, match=r"vps-2.*memory_gib was 4 and is 5 now") as raised:
        shop.backend.catalogue()
    assert (raised.value.rule, raised.value.attribute) == ("P8", "catalogue")


def test_p8_a_catalogue_in_another_currency_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.plan(NEW)
    shop.catalogue = cheaper(tmp_path, "currency: EUR", "currency: CHF")
    with pytest.raises(RefusedError, match="its currency was EUR and is CHF now"):
        shop.reopen().backend.catalogue()


def test_additions_of_a_planned_server_are_priced_with_it(any_shop: Shop) -> None:
    shop = any_shop
    shop.plan(NewContract("vps-2", "debian-12", 12))
    shop.plan(NewContract("vps-4", "debian-12", 3))
    shop.plan(NewContract("vps-2", "debian-12", 12))
    identity = shop.identity("web")
    expected = shop.backend.expected_contract(identity.server_id or "")
    assert expected is not None
    assert expected == shop.backend.expected_contract(identity.contract_id)
    assert expected.term_months == 12
    addition = shop.propose(identity.contract_id, expected, SetQuantity("disk", 50))
    quote = shop.backend.hold_quote(addition)
    assert addition.amount == Decimal("60.00")

    shop.at("2026-02-01T10:00:00+00:00")
    shop.buy(months=12)
    assert shop.backend.expected_contract(identity.server_id or "") is None
    assert shop.apply(quote).amount == Decimal("60.00")
