"""The catalogue: the default one, what a file may say, and errors that name the file, the line and the field."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.commerce.catalogue import DEFAULT_CATALOGUE, Catalogue, CatalogueError, load_catalogue

ERRORS = yaml.safe_load((Path(__file__).parent / "catalogue_cases" / "errors.yaml").read_text(encoding="utf-8"))


def written(folder: Path, text: str) -> Path:
    file = folder / "catalogue.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_default_catalogue_sells_what_it_is_said_to_sell() -> None:
    catalogue = load_catalogue()
    offer = catalogue.offer("mem-2")
    disk = catalogue.additional_resource("disk")
    suse = catalogue.operating_system("suse-enterprise-15")
    assert offer is not None
    assert disk is not None
    assert suse is not None
    assert offer.characteristics.model_dump() == {
        "vcpus": 2,
        "memory_gib": 16,
        "disk_gib": 40,
        "ipv4_addresses": 1,
        "bandwidth_mbits": 200,
    }
    assert {each.id: str(each.monthly_price) for each in catalogue.offers} == {
        "vps-1": "3.99",
        "vps-2": "6.99",
        "vps-4": "13.99",
        "vps-8": "27.99",
        "mem-2": "15.99",
    }
    assert (disk.unit_price, disk.step, disk.server_maximum) == (Decimal("0.10"), 10, 2000)
    assert [each.id for each in catalogue.operating_systems if each.monthly_price] == ["suse-enterprise-15"]
    assert (catalogue.smallest_payment, catalogue.vat_percent) == (Decimal("0.50"), Decimal("19.00"))
    assert (catalogue.quote_validity_hours, catalogue.grace_days) == (72, 14)


def test_what_the_catalogue_does_not_have_is_none() -> None:
    catalogue = load_catalogue()
    assert catalogue.offer("vps-3") is None
    assert catalogue.operating_system("") is None
    assert catalogue.additional_resource("gpu") is None


def test_a_stored_catalogue_is_the_same_catalogue() -> None:
    catalogue = load_catalogue()
    stored = Catalogue.from_json(catalogue.to_json())
    assert stored == catalogue
    assert stored.fingerprint == catalogue.fingerprint


def test_the_fingerprint_is_of_the_content_and_not_of_how_it_is_written(tmp_path: Path) -> None:
    text = DEFAULT_CATALOGUE.read_text(encoding="utf-8")
    same = load_catalogue(written(tmp_path, text.replace("unit_price: 0.10", 'unit_price: "0.1"').replace("#", "##")))
    dearer = load_catalogue(written(tmp_path, text.replace("unit_price: 0.10", "unit_price: 0.11")))
    assert same.fingerprint == load_catalogue().fingerprint
    assert dearer.fingerprint != same.fingerprint


def test_a_catalogue_may_be_json_and_its_prices_stay_exact(tmp_path: Path) -> None:
    text = DEFAULT_CATALOGUE.read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    catalogue = load_catalogue(written(tmp_path, str(yaml.dump(content, default_flow_style=True))))
    assert catalogue == load_catalogue()


def test_the_largest_additions_fit_on_the_smallest_offer() -> None:
    catalogue = load_catalogue()
    for resource in catalogue.additional_resources:
        smallest = min(offer.characteristics.of(resource.type) for offer in catalogue.offers)
        assert resource.maximum == (resource.server_maximum - smallest) // resource.step * resource.step


def _named(case: dict[str, Any]) -> str:
    return f"{case['field'] or 'file'}: {case['write']}"


@pytest.mark.parametrize("case", ERRORS, ids=_named)
def test_an_error_names_the_file_the_line_and_the_field(case: dict[str, Any], tmp_path: Path) -> None:
    text = DEFAULT_CATALOGUE.read_text(encoding="utf-8")
    changed = text.replace(case["replace"], case["write"], 1)
    assert changed != text
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(written(tmp_path, changed))
    problem = caught.value.problems[0]
    assert (problem.file.name, problem.line, problem.field) == ("catalogue.yaml", case["line"], case["field"])
    assert f"{tmp_path / 'catalogue.yaml'}, line {case['line']}: {case['field']}" in str(caught.value)
    assert [words for words in case["says"] if words not in problem.message] == [], problem.message


def test_every_error_of_a_file_is_reported_at_once(tmp_path: Path) -> None:
    text = DEFAULT_CATALOGUE.read_text(encoding="utf-8").replace("EUR", "euro").replace("6.99", "-1")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(written(tmp_path, text))
    assert [problem.field for problem in caught.value.problems] == ["currency", "offers[1].monthly_price"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "should be a mapping with the fields version, currency"),
        (b"- 1\n", "should be a mapping"),
        (b"version: \xff\n", "not text in UTF-8"),
        (b"version: \x00\n", "not valid YAML"),
        (b"? [1]\n: 2\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_bytes(content)
    with pytest.raises(CatalogueError, match=says):
        load_catalogue(file)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"nowhere\.yaml: cannot be read: No such file"):
        load_catalogue(tmp_path / "nowhere.yaml")
