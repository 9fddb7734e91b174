"""`qualit catalogue` and `qualit price`: what is sold, and what a new server costs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provider.commerce.catalogue import DEFAULT_CATALOGUE
from tests.cli.conftest import Qualit


def test_p2_a_new_server_costs_its_monthly_price_times_the_months(qualit: Qualit) -> None:
    price = qualit("price", "--offer", "vps-2", "--os", "debian-12", "--term-months", "3", "--json").json()
    assert (price["monthly_price"], price["due_now"], price["currency"]) == ("6.99", "20.97", "EUR")


def test_s3_suse_enterprise_is_the_one_system_with_a_price(qualit: Qualit) -> None:
    price = qualit("price", "--offer", "vps-2", "--os", "suse-enterprise-15", "--term-months", "12", "--json").json()
    assert (price["monthly_price"], price["due_now"]) == ("15.99", "191.88")


def test_an_addition_is_a_line_of_its_own_and_part_of_both_totals(qualit: Qualit) -> None:
    price = qualit("price", "--offer", "vps-2", "--term-months", "3", "--add", "disk=50", "--json").json()
    assert [(line["line"], line["amount"]) for line in price["lines"]] == [("solution", "20.97"), ("disk", "15.00")]
    assert (price["monthly_price"], price["due_now"]) == ("11.99", "35.97")


def test_p6_an_addition_below_the_smallest_payment_is_filled_up(
    qualit: Qualit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = DEFAULT_CATALOGUE.read_text(encoding="utf-8")
    cheap = re.sub(r"(type: disk\b.*?unit_price: )0\.10", r"\g<1>0.01", text, count=1, flags=re.DOTALL)
    file = tmp_path / "catalogue.yaml"
    file.write_text(cheap, encoding="utf-8")
    monkeypatch.setenv("QUALIT_CATALOGUE", str(file))
    price = qualit("price", "--offer", "vps-2", "--add", "disk=10", "--json").json()
    assert [line["amount"] for line in price["lines"]] == ["6.99", "0.10", "0.40"]
    assert price["due_now"] == "7.49"


def test_p8_the_vat_that_the_amount_contains_is_told(qualit: Qualit) -> None:
    price = qualit("price", "--offer", "vps-2", "--term-months", "3", "--json").json()
    assert (price["vat_percent"], price["vat_contained"]) == ("19.00", "3.35")
    assert "3.35 EUR VAT" in qualit("price", "--offer", "vps-2", "--term-months", "3").out


def test_s2_unit_prices_stand_beside_the_price(qualit: Qualit) -> None:
    price = qualit("price", "--offer", "vps-2", "--json").json()
    assert price["unit_prices"] == {
        "vcpu": "2.00",
        "memory": "1.50",
        "disk": "0.10",
        "ipv4": "1.00",
        "bandwidth": "0.01",
    }
    shown = qualit("price", "--offer", "vps-2").out
    assert "Unit price" in shown
    assert "bandwidth" in shown


def test_a_price_stores_nothing(qualit: Qualit, user: Path) -> None:
    qualit("price", "--offer", "vps-2", "--add", "disk=50")
    assert list(user.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "rule", "remedy"),
    [
        (("--offer", "vps-3"), "S1", '"vps-2"'),
        (("--offer", "vps-2", "--os", "windows-11"), "S3", "debian-12"),
        (("--offer", "vps-2", "--term-months", "5"), "S4", "1, 3, 6 or 12"),
        (("--offer", "vps-2", "--add", "disk=55"), "S2", "50 or 60"),
    ],
)
def test_what_is_not_sold_is_refused_with_the_rule_and_what_to_write(
    qualit: Qualit, arguments: tuple[str, ...], rule: str, remedy: str
) -> None:
    ended = qualit("price", *arguments)
    assert (ended.exit_code, ended.out) == (1, "")
    assert f"(rule {rule})" in ended.err
    assert remedy in ended.err


@pytest.mark.parametrize("addition", ["disk", "disk=", "disk=many", "disk=0", "disk=-10", "disk=1.5", "gpu=1"])
def test_an_addition_that_is_not_one_is_wrong_usage(qualit: Qualit, addition: str) -> None:
    ended = qualit("price", "--offer", "vps-2", "--add", addition)
    assert ended.exit_code == 2
    assert "TYPE=QUANTITY" in ended.err


def test_c5_a_type_given_twice_is_wrong_usage_because_a_quantity_is_a_total(qualit: Qualit) -> None:
    ended = qualit("price", "--offer", "vps-2", "--add", "disk=10", "--add", "disk=20")
    assert ended.exit_code == 2
    assert "given twice" in ended.err


def test_the_catalogue_lists_all_that_is_sold(qualit: Qualit) -> None:
    sold = qualit("catalogue", "--json").json()
    assert [offer["id"] for offer in sold["offers"]] == ["vps-1", "vps-2", "vps-4", "vps-8", "mem-2"]
    assert sold["offers"][1]["monthly_price"] == "6.99"
    shown = qualit("catalogue").out
    for words in ("vps-8", "160 GiB", "27.99", "suse-enterprise-15", "9.00", "bandwidth", "0.01"):
        assert words in shown


def test_a_broken_catalogue_is_told_with_its_file_and_line(
    qualit: Qualit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text("version: '1'\ncurrency: euro\n", encoding="utf-8")
    monkeypatch.setenv("QUALIT_CATALOGUE", str(file))
    ended = qualit("catalogue")
    assert ended.exit_code == 1
    assert f"{file}, line 2: currency" in ended.err
    assert "Traceback" not in ended.err


def test_a_test_clock_that_is_no_instant_is_told(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALIT_TEST_CLOCK", "tomorrow")
    ended = qualit("price", "--offer", "vps-2")
    assert ended.exit_code == 1
    assert 'QUALIT_TEST_CLOCK cannot be used\nThe test clock is "tomorrow"' in ended.err


def test_each_refusal_is_told_on_its_own(qualit: Qualit) -> None:
    ended = qualit("price", "--offer", "vps-3", "--term-months", "5")
    assert ended.exit_code == 1
    first, second = ended.err.split("\n\n")
    assert first.startswith("Error: Unknown offer (rule S1)\n")
    assert second.startswith("Unknown duration (rule S4)\n")


def test_what_is_added_is_told_in_units(qualit: Qualit) -> None:
    printed = qualit("price", "--offer", "vps-2", "--add", "ipv4=2", "--add", "vcpu=1", "--add", "disk=50").out
    for line in ("2 IPv4 addresses, 1 month at 2.00", "1 vCPU, 1 month at 2.00", "50 GiB of disk, 1 month at 5.00"):
        assert line in printed
