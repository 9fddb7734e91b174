"""`qualit receipts`, `receipt` and `account`: what was paid, the VAT in it, and who paid (P8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest

from provider.backend.embedded import EmbeddedBackend, connect
from provider.backend.port import ActionRequiredError
from provider.configuration import load_configuration
from tests.cli.conftest import Qualit
from tests.cli.test_listings import add_disk, buy_server

CUSTOMER = {
    "--name": "Erika Mustermann",
    "--company": "Söhne & <Töchter>",
    "--street": "Hauptstraße 1",
    "--postal-code": "10115",
    "--city": "Berlin",
    "--country": "de",
    "--vat-id": "DE 136 695 976",
    "--email": "accounts@example.com",
}


@pytest.fixture
def backend(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedBackend]:
    """The platform of the user's home, on 31 January."""
    monkeypatch.setenv("QUALIT_TEST_CLOCK", "2026-01-31T09:00:00Z")
    with closing(connect(load_configuration())) as opened:
        yield opened


def customer(qualit: Qualit) -> None:
    assert qualit("account", "set", *(part for option in CUSTOMER.items() for part in option)).exit_code == 0


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_an_empty_home_has_no_receipts_and_says_so(qualit: Qualit, backend: EmbeddedBackend) -> None:
    assert qualit("receipts", "--json").json() == []
    assert "no receipts" in qualit("receipts").out


def test_p8_receipts_are_listed_oldest_first_with_net_and_vat(qualit: Qualit, backend: EmbeddedBackend) -> None:
    add_disk(buy_server(backend, "web-1"), 50)
    first, second = qualit("receipts", "--json").json()
    assert first == {
        "number": "R-2026-000001",
        "kind": "receipt",
        "date": "2026-01-31",
        "order": backend.orders()[0].id,
        "server": "web-1",
        "net": "17.62",
        "vat_percent": "19.00",
        "vat": "3.35",
        "gross": "20.97",
        "currency": "EUR",
        "refers_to": None,
    }
    assert (second["number"], second["gross"]) == ("R-2026-000002", "15.00")
    shown = qualit("receipts").out
    for words in ("R-2026-000001", "2026-01-31", first["order"], "web-1", "17.62", "3.35", "20.97", "EUR"):
        assert words in shown


def test_p8_a_receipt_as_text_is_aligned_and_fits_into_80_columns(qualit: Qualit, backend: EmbeddedBackend) -> None:
    customer(qualit)
    buy_server(backend, "web-1")
    shown = qualit("receipt", backend.orders()[0].id).out
    lines = shown.splitlines()
    assert max(map(len, lines)) == 80
    for words in (
        "Receipt R-2026-000001",
        "Söhne & <Töchter>",
        "10115 Berlin",
        "VAT id DE136695976",
        "with Visa (test)",
    ):
        assert words in shown
    ends = {line.split("  ")[0]: line.split()[-1] for line in lines if line.endswith(("17.62", "3.35", "20.97"))}
    assert ends == {"vps-2, 3 months at 6.99": "20.97", "Net": "17.62", "VAT 19 %": "3.35", "Total paid": "20.97"}


def test_without_data_of_the_account_a_receipt_says_how_to_set_them(qualit: Qualit, backend: EmbeddedBackend) -> None:
    buy_server(backend, "web-1")
    order = backend.orders()[0].id
    assert "`qualit account set`" in qualit("receipt", order).out
    assert "qualit account set" in qualit("receipt", order, "--format", "html").out
    assert "qualit account set" in qualit("account").out


def test_a_receipt_is_found_by_its_number_in_any_case(qualit: Qualit, backend: EmbeddedBackend) -> None:
    buy_server(backend, "web-1")
    (document,) = qualit("receipt", "r-2026-000001", "--format", "json").json()
    assert (document["number"], document["order_id"]) == ("R-2026-000001", backend.orders()[0].id)
    assert document["amounts"] == {"net": "17.62", "vat": "3.35", "gross": "20.97"}
    assert document["paid_at"] == "2026-01-31T09:00:00Z"
    assert document["customer"] is None


def test_p8_a_receipt_as_a_page_needs_nothing_else_and_escapes_every_value(
    qualit: Qualit, backend: EmbeddedBackend, tmp_path: Path
) -> None:
    customer(qualit)
    buy_server(backend, "web-1")
    file = tmp_path / "receipt.html"
    ended = qualit("receipt", backend.orders()[0].id, "--format", "html", "--output", str(file))
    assert (ended.exit_code, ended.err) == (0, "")
    assert f"R-2026-000001 is written to {file}" in ended.out.replace("\n", " ")
    page = Page(file.read_text(encoding="utf-8"))
    assert page.open == []
    tags = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "en"}) in page.tags
    assert {"title", "table", "caption", "thead", "tbody", "tfoot"} <= set(tags)
    assert not {"link", "script", "img", "iframe"} & set(tags)
    assert not any(name in ("src", "href") for _, attributes in page.tags for name in attributes)
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")
    assert "Söhne & <Töchter>" in page.text
    assert "Receipt R-2026-000001" in page.text
    assert "@page { size: A4;" in page.text


def test_a_file_that_cannot_be_written_is_told(qualit: Qualit, backend: EmbeddedBackend, tmp_path: Path) -> None:
    buy_server(backend, "web-1")
    ended = qualit("receipt", "R-2026-000001", "--output", str(tmp_path / "none" / "file"))
    assert ended.exit_code == 1
    assert "--output" in ended.err
    assert "Traceback" not in ended.err


def test_an_order_that_is_not_paid_has_no_receipt_yet(qualit: Qualit, backend: EmbeddedBackend) -> None:
    with pytest.raises(ActionRequiredError):
        buy_server(backend, "web-1", "test-3ds")
    ended = qualit("receipt", backend.orders()[0].id)
    assert ended.exit_code == 1
    assert "a receipt is written when it is paid" in ended.err


def test_what_is_neither_an_order_nor_a_number_is_told(qualit: Qualit, backend: EmbeddedBackend) -> None:
    ended = qualit("receipt", "R-2026-000009")
    assert ended.exit_code == 1
    assert "`qualit receipts` lists" in ended.err.replace("\n", " ")


def shown_account(qualit: Qualit) -> dict[str, object]:
    """The account's data; what it may spend is a subject of its own."""
    shown: dict[str, object] = qualit("account", "--json").json()
    del shown["spending"]
    return shown


def test_the_data_of_the_account_are_shown_as_they_were_set(qualit: Qualit, backend: EmbeddedBackend) -> None:
    assert shown_account(qualit) == {
        "id": backend.account().id,
        **dict.fromkeys(("name", "company", "street", "postal_code", "city", "country", "vat_id", "email")),
    }
    customer(qualit)
    assert shown_account(qualit) == {
        "id": backend.account().id,
        "name": "Erika Mustermann",
        "company": "Söhne & <Töchter>",
        "street": "Hauptstraße 1",
        "postal_code": "10115",
        "city": "Berlin",
        "country": "DE",
        "vat_id": "DE136695976",
        "email": "accounts@example.com",
    }
    assert "DE136695976" in qualit("account").out


def test_a_mistyped_vat_id_is_refused_with_an_example_and_nothing_is_stored(
    qualit: Qualit, backend: EmbeddedBackend
) -> None:
    ended = qualit("account", "set", "--name", "Erika", "--country", "DE", "--vat-id", "DE136695977")
    assert ended.exit_code == 1
    for words in ('vat_id = "DE136695977"', "check digits", "looks like DE136695976", "Nothing was stored"):
        assert words in ended.err.replace("\n", " ")
    assert qualit("account", "--json").json()["name"] is None


def test_setting_nothing_is_wrong_usage(qualit: Qualit, backend: EmbeddedBackend) -> None:
    assert qualit("account", "set").exit_code == 2
