"""The data of the account: what may be stored, and what is said about the rest."""

from __future__ import annotations

import re

import pytest

from provider.backend.port import RefusedError
from provider.platform.account.check import changed
from provider.platform.account.countries import near_matches
from provider.platform.account.data import AccountData
from provider.platform.account.vat_id import EXAMPLES, VALIDATORS, fault
from tests.platform.shop import Shop

GERMAN = "DE136695976"

REAL = {
    "AT": "ATU13585627",
    "BE": "BE0417497106",
    "BG": "BG175074752",
    "CH": "CHE-107.787.577 MWST",
    "CY": "CY10259033P",
    "CZ": "CZ25123891",
    "DE": GERMAN,
    "DK": "DK13585628",
    "EE": "EE100931558",
    "ES": "ESA28015865",
    "FI": "FI20774740",
    "FR": "FR40303265045",
    "GB": "GB980780684",
    "GR": "EL094259216",
    "HR": "HR33392005961",
    "HU": "HU12892312",
    "IE": "IE6433435F",
    "IT": "IT00743110157",
    "LT": "LT119511515",
    "LU": "LU15027442",
    "LV": "LV40003521600",
    "MT": "MT11679112",
    "NL": "NL004495445B01",
    "NO": "NO923609016MVA",
    "PL": "PL7740001454",
    "PT": "PT501964843",
    "RO": "RO18547290",
    "SE": "SE556188840401",
    "SI": "SI15012557",
    "SK": "SK2021853504",
}
"""An id that can be right, by country."""


def set_(**changes: str) -> AccountData:
    return changed(None, changes)


@pytest.mark.parametrize("country", REAL)
def test_a_vat_id_that_can_be_right_is_stored_without_what_stands_between(country: str) -> None:
    stored = set_(country=country, vat_id=f" {REAL[country].lower()} ").vat_id
    assert stored == re.sub("[ .-]", "", REAL[country])


@pytest.mark.parametrize("country", REAL)
def test_one_mistyped_digit_of_a_vat_id_is_found(country: str) -> None:
    right = re.sub("[ .-]", "", REAL[country])
    place = [index for index, character in enumerate(right) if character.isdigit()][3]
    mistyped = f"{right[:place]}{(int(right[place]) + 1) % 10}{right[place + 1 :]}"
    with pytest.raises(RefusedError) as raised:
        set_(country=country, vat_id=mistyped)
    assert mistyped in raised.value.detail
    assert "Nothing was stored" in raised.value.detail
    assert raised.value.attribute == "vat_id"


@pytest.mark.parametrize("prefix", VALIDATORS)
def test_the_example_of_each_kind_of_vat_id_can_be_right_itself(prefix: str) -> None:
    country = {"EL": "GR", "CHE": "CH", "XI": "GB"}.get(prefix, prefix)
    told = fault(f"{prefix}", country)
    assert told is not None
    example = told.split()[-1]
    assert example.startswith(prefix) or example in EXAMPLES.values()
    assert fault(example, country) is None


def test_a_sole_traders_dutch_vat_id_has_check_digits_of_its_own() -> None:
    assert set_(country="NL", vat_id="NL123456789B13").vat_id == "NL123456789B13"


@pytest.mark.parametrize("country", ["FR", "US"])
def test_a_vat_id_of_another_country_is_told_only_where_ids_of_that_country_are_known(country: str) -> None:
    if country == "US":
        assert set_(country=country, vat_id=GERMAN).vat_id == GERMAN
        return
    with pytest.raises(RefusedError, match=r"account's country is FR, whose VAT ids begin with FR, such as FR4030"):
        set_(country=country, vat_id=GERMAN)


def test_an_id_of_northern_ireland_and_one_of_monaco_begin_with_the_prefix_of_another() -> None:
    assert set_(country="GB", vat_id="XI980780684").vat_id == "XI980780684"
    assert set_(country="MC", vat_id="FR40303265045").vat_id == "FR40303265045"


def test_a_vat_id_needs_its_country() -> None:
    with pytest.raises(RefusedError, match="--country DE"):
        set_(vat_id=GERMAN)


def test_the_country_is_not_moved_away_from_under_a_vat_id() -> None:
    with pytest.raises(RefusedError, match="country is FR"):
        changed(set_(country="DE", vat_id=GERMAN), {"country": "FR"})


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Germany", "DE (Germany)"), ("GERMNY", "DE (Germany)"), ("UK", "GB (United Kingdom"), ("Deutschland", "DE (")],
)
def test_an_unknown_country_is_told_with_near_matches(text: str, meant: str) -> None:
    with pytest.raises(RefusedError) as raised:
        set_(country=text)
    assert f'country = "{text}"' in raised.value.detail
    assert f"Did you mean {meant}" in raised.value.detail
    assert raised.value.attribute == "country"


def test_nothing_is_suggested_for_what_is_like_no_country() -> None:
    assert near_matches("!!!!!!!") == ()


@pytest.mark.parametrize("value", ["line\nbreak", "turned\u202eround", "x" * 201])
def test_what_cannot_be_read_on_a_receipt_is_refused(value: str) -> None:
    with pytest.raises(RefusedError) as raised:
        set_(name=value)
    assert "\n" not in raised.value.detail
    assert "\u202e" not in raised.value.detail


@pytest.mark.parametrize("value", ["nope", "a@b", "a b@example.com"])
def test_an_e_mail_address_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(RefusedError, match="e-mail"):
        set_(email=value)


def test_what_is_not_named_stays_and_an_empty_text_takes_away(any_shop: Shop) -> None:
    backend = any_shop.backend
    assert backend.account_data() is None
    backend.set_account_data({"name": "Erika", "city": "Berlin"})
    backend.set_account_data({"city": "Bonn"})
    assert backend.account_data() == AccountData(name="Erika", city="Bonn")
    backend.set_account_data({"name": ""})
    assert backend.account_data() == AccountData(city="Bonn")
    backend.set_account_data({"city": ""})
    assert backend.account_data() is None


def test_a_refused_change_stores_nothing_of_it(any_shop: Shop) -> None:
    any_shop.backend.set_account_data({"name": "Erika"})
    with pytest.raises(RefusedError):
        any_shop.backend.set_account_data({"name": "Max", "country": "DE", "vat_id": "DE136695977"})
    assert any_shop.backend.account_data() == AccountData(name="Erika")
