"""The arithmetic of receipts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.commerce.pricing import ChargeLine
from provider.commerce.receipt import amounts, means_in_words, receipt_lines, taken_back
from provider.money import CENT

CENTS = st.decimals(min_value="-100000", max_value="1000000", places=2)
RATES = st.decimals(min_value="0", max_value="100", places=2)
LINES = st.lists(st.builds(ChargeLine, st.just("something"), CENTS), max_size=6)


@given(LINES, RATES)
def test_p8_net_and_vat_make_the_price_to_the_cent(lines: list[ChargeLine], rate: Decimal) -> None:
    parts = amounts(lines, rate)
    assert parts.gross == sum((line.amount for line in lines), Decimal("0.00"))
    assert parts.net + parts.vat == parts.gross
    assert all(part == part.quantize(CENT) for part in (parts.net, parts.vat, parts.gross))


@given(LINES, RATES)
def test_p8_the_vat_is_the_rate_of_the_net_amount_within_half_a_cent(lines: list[ChargeLine], rate: Decimal) -> None:
    parts = amounts(lines, rate)
    exact = parts.gross * rate / (100 + rate)
    assert abs(parts.vat - exact) <= CENT / 2


@given(LINES, RATES)
def test_p8_a_credit_note_takes_exactly_its_receipt_back(lines: list[ChargeLine], rate: Decimal) -> None:
    assert amounts(taken_back(lines), rate) == amounts(lines, rate).taken_back()


def test_p8_an_example_of_the_rules() -> None:
    parts = amounts([ChargeLine("vps-2, 3 months at 6.99", Decimal("20.97"))], Decimal("19.00"))
    assert (parts.net, parts.vat, parts.gross) == (Decimal("17.62"), Decimal("3.35"), Decimal("20.97"))


def test_p6_the_credit_of_a_contract_is_a_negative_line_like_others() -> None:
    lines = [ChargeLine("vps-2, 1 month at 6.99", Decimal("6.99")), ChargeLine("Credit", Decimal("-0.28"))]
    parts = amounts(lines, Decimal("19.00"))
    assert (parts.net, parts.vat, parts.gross) == (Decimal("5.64"), Decimal("1.07"), Decimal("6.71"))


def test_n2_where_nothing_is_due_a_line_says_for_what() -> None:
    assert receipt_lines((), "vps-2 to vps-4") == (ChargeLine("vps-2 to vps-4", Decimal("0.00")),)


@pytest.mark.parametrize(
    ("kind", "label", "words"),
    [
        ("visa", "Visa (test)", "Visa (test)"),
        ("visa", "Visa that asks for 3-D Secure (test)", "Visa that asks for 3-D Secure (test)"),
        ("visa", "Visa **** 4242", "Visa"),
        ("amex", "", "American Express"),
        ("wallet", "4111111111111111", "wallet"),
    ],
)
def test_n8_a_payment_is_told_in_words_and_never_with_a_part_of_its_number(kind: str, label: str, words: str) -> None:
    assert means_in_words(kind, label) == words
