"""What looks like a card number, and what must never be taken for one (N8)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provider.commerce.policy import card_number, looks_like_card_number

NUMBERS = (
    "4222222222222",
    "4111111111111111",
    "4000000000000000006",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "3566002020360505",
    "6011111111111117",
    "6200000000000005",
    "6759649826438453",
)
"""Test numbers of the brands, from 13 to 19 digits."""

SEPARATORS = st.sampled_from(["", " ", "-", "  ", " - "[:2], "\u00a0", "\u2011"])
DAYS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
"""From 2065 on, a time in nanoseconds begins as the numbers of Diners Club do."""
WORDS = st.sampled_from(["web", "db", "prod", "eu-central-1", "vps-2", "debian-12", "team-7", "v1.2.3", "node-042"])


@pytest.mark.parametrize("number", NUMBERS)
def test_n8_the_numbers_of_each_brand_are_found_in_any_writing(number: str) -> None:
    in_fours = [number[at : at + 4] for at in range(0, len(number), 4)]
    for text in (
        number,
        " ".join(in_fours),
        "-".join(in_fours),
        f"visa{number}",
        f"web-1 {number}, 12/29",
        f"{number}-1",
    ):
        assert looks_like_card_number(text), text


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_with_a_wrong_check_digit_is_none(number: str) -> None:
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not looks_like_card_number(wrong)


@given(number=st.sampled_from(NUMBERS), separators=st.lists(SEPARATORS, min_size=19, max_size=19))
def test_n8_blanks_and_hyphens_anywhere_do_not_hide_a_number(number: str, separators: list[str]) -> None:
    text = "".join(f"{digit}{separator}" for digit, separator in zip(number, separators, strict=False))
    assert looks_like_card_number(text)


@given(before=st.integers(0, 99), number=st.sampled_from(NUMBERS), after=st.integers(0, 99))
def test_n8_other_digits_beside_a_number_do_not_hide_it(before: int, number: str, after: int) -> None:
    assert looks_like_card_number(f"{before} {number[:4]} {number[4:]} {after}")


@given(st.uuids())
def test_a_uuid_is_no_card_number(identity: object) -> None:
    assert not looks_like_card_number(str(identity))
    assert not looks_like_card_number(f"urn:uuid:{identity}/disk")


@pytest.mark.parametrize(
    "text",
    [
        "41111111-1111-4111-8111-111111111111",
        "+49 151 2345 6789 04",
        "192.168.100.200",
        "1764038400000",
        "vps-123456789012",
        "4111 1111 1111",
        "41111111111111111111",
        "0" * 16,
        "1 3 6 12 1 3 6 12 24 36",
        "e69de29b4111111111111111d6434b8b29ae775a",
        "",
    ],
)
def test_other_numbers_are_no_card_numbers(text: str) -> None:
    assert not looks_like_card_number(text)


@given(DAYS)
def test_a_time_is_no_card_number(moment: datetime) -> None:
    for text in (
        moment.isoformat(),
        f"{moment:%Y-%m-%d %H:%M:%S}",
        f"{moment:%Y%m%d%H%M%S}",
        f"{moment:%Y-%m-%d-%H-%M-%S}",
        f"backup-{moment:%Y%m%d-%H%M%S}",
        str(int(moment.timestamp())),
        str(int(moment.timestamp() * 1000)),
        str(int(moment.timestamp()) * 10**9),
    ):
        assert not looks_like_card_number(text), text


@given(st.lists(WORDS, min_size=1, max_size=6), st.integers(0, 99999), st.sampled_from(["-", "_", ".", " ", "/"]))
def test_an_ordinary_name_is_no_card_number(words: list[str], number: int, between: str) -> None:
    assert not looks_like_card_number(between.join([*words, str(number)]))


@given(st.binary(min_size=6, max_size=6), st.binary(min_size=20, max_size=20))
def test_an_id_and_a_hash_are_no_card_numbers(identity: bytes, digest: bytes) -> None:
    letters = [character.isalpha() for character in digest.hex().strip("0123456789")]
    assume(any(letters))
    assert not looks_like_card_number(f"vps-{identity.hex()}/disk")
    assert not looks_like_card_number(f"a1{digest.hex()}b1")


def test_n8_the_refusal_says_where_in_words_and_points_nowhere() -> None:
    refusal = card_number("max_charge")
    assert (refusal.rule, refusal.attribute) == ("N8", "")
    assert "max_charge holds what looks like the number of a payment card" in refusal.detail
    assert "qualit payment-methods" in refusal.detail
