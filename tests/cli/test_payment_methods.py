"""`qualit payment-methods`: what is saved, what can be paid with it, and what a removal means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from provider.backend.embedded import EmbeddedBackend, connect
from provider.backend.port import SavedMethod
from provider.configuration import load_configuration
from provider.platform.payments.port import SetUp
from provider.platform.payments.sandbox import METHODS, SandboxGateway
from tests.cli.conftest import Qualit
from tests.cli.test_listings import buy_server


@pytest.fixture
def backend(qualit: Qualit) -> Iterator[EmbeddedBackend]:
    with closing(connect(load_configuration())) as opened:
        yield opened


def listed(qualit: Qualit, method: str) -> dict[str, object]:
    entry: dict[str, object] = next(
        each for each in qualit("payment-methods", "list", "--json").json() if each["id"] == method
    )
    return entry


def test_s5_each_method_is_listed_with_what_can_be_paid_with_it(qualit: Qualit) -> None:
    assert listed(qualit, "test-visa") == {
        "id": "test-visa",
        "kind": "visa",
        "label": "Visa (test)",
        "expires_on": None,
        "default": False,
        "usable": True,
        "reason": None,
        "pays_for": [],
    }
    expired = listed(qualit, "test-expired")
    assert (expired["expires_on"], expired["reason"]) == ("2020-01-01", "expired on 2019-12-31")
    assert listed(qualit, "test-unionpay")["reason"] == "UnionPay is not accepted"
    shown = qualit("payment-methods").out
    assert "no: expired on 2019-12-31" in shown
    assert "There is no default one" in shown
    assert qualit("payment-methods", "--json").json() == qualit("payment-methods", "list", "--json").json()


def test_a_method_says_which_servers_it_pays_for(qualit: Qualit, backend: EmbeddedBackend) -> None:
    contract_id = buy_server(backend, "web-1")
    assert listed(qualit, "test-visa")["pays_for"] == [{"name": "web-1", "contract": contract_id}]
    assert "web-1" in qualit("payment-methods").out


def test_the_default_is_chosen_shown_and_taken_away(qualit: Qualit) -> None:
    assert qualit("payment-methods", "default").out == "There is no default payment method.\n"
    chosen = qualit("payment-methods", "default", "test-paypal")
    assert (chosen.exit_code, chosen.out) == (0, "test-paypal is the default payment method.\n")
    assert listed(qualit, "test-paypal")["default"] is True
    refused = qualit("payment-methods", "default", "test-expired")
    assert refused.exit_code == 1
    assert "(rule S5)" in refused.err
    assert qualit("payment-methods", "default", "--none").exit_code == 0
    assert listed(qualit, "test-paypal")["default"] is False
    assert qualit("payment-methods", "default", "test-visa", "--none").exit_code == 2


def test_the_setting_wins_over_the_default_and_is_told(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALIT_PAYMENT_METHOD", "test-amex")
    chosen = qualit("payment-methods", "default", "test-visa")
    assert "test-visa is the default" in chosen.out
    assert "QUALIT_PAYMENT_METHOD names another one" in chosen.err
    assert listed(qualit, "test-amex")["default"] is True
    monkeypatch.setenv("QUALIT_PAYMENT_METHOD", "a-secret")
    missing = qualit("payment-methods")
    assert "The default payment method is not saved" in missing.err
    assert "QUALIT_PAYMENT_METHOD" in missing.err
    assert "a-secret" not in missing.out + missing.err


def test_a_method_is_removed_and_saved_again(qualit: Qualit) -> None:
    qualit("payment-methods", "default", "test-visa")
    removed = qualit("payment-methods", "remove", "test-visa")
    assert removed.exit_code == 0
    assert "It was the default one" in removed.out
    again = qualit("payment-methods", "remove", "test-visa")
    assert again.exit_code == 1
    assert "no saved method of that id" in again.err
    saved = qualit("payment-methods", "add", "test-visa")
    assert (saved.exit_code, saved.out.splitlines()[0]) == (0, "test-visa is saved: Visa (test).")
    assert qualit("payment-methods", "add", "test-visa", "--json").json() == {"url": None, "method": "test-visa"}


def test_the_sandbox_must_be_told_which_method_to_save(qualit: Qualit) -> None:
    for arguments in ((), ("test-diners",)):
        refused = qualit("payment-methods", "add", *arguments)
        assert refused.exit_code == 1
        assert '"test-visa", "test-mastercard"' in refused.err


def test_without_any_saved_method_the_list_says_what_to_do(qualit: Qualit) -> None:
    for method in METHODS:
        assert qualit("payment-methods", "remove", method.id).exit_code == 0
    empty = qualit("payment-methods")
    assert empty.exit_code == 0
    assert "qualit payment-methods add" in empty.out
    assert qualit("payment-methods", "--json").json() == []


def test_a_gateway_with_a_page_of_its_own_shows_its_link(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(self: SandboxGateway, wanted: str | None = None) -> SetUp:
        return SetUp("https://gateway.example/save/1", None)

    monkeypatch.setattr(SandboxGateway, "set_up_method", begin)
    shown = qualit("payment-methods", "add")
    assert shown.exit_code == 0
    assert "https://gateway.example/save/1\n" in shown.out
    assert "Nothing is charged" in shown.out
    assert qualit("payment-methods", "add", "--json").json()["url"] == "https://gateway.example/save/1"


def test_l1_a_method_that_servers_are_paid_with_is_removed_only_when_that_is_confirmed(
    qualit: Qualit, backend: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy_server(backend, "web-1")
    refused = qualit("payment-methods", "remove", "test-visa")
    assert refused.exit_code == 1
    assert "web-1 is paid until" in refused.err
    assert "renews by itself" in refused.err
    assert "--yes" in refused.err
    assert listed(qualit, "test-visa")["usable"] is True

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda question: False)
    declined = qualit("payment-methods", "remove", "test-visa")
    assert (declined.exit_code, "Nothing was changed" in declined.err) == (1, True)
    assert listed(qualit, "test-visa")["usable"] is True

    removed = qualit("payment-methods", "remove", "test-visa", "--yes")
    assert removed.exit_code == 0
    assert "web-1" in removed.err
    after = qualit("payment-methods", "--json")
    assert "test-visa" not in {each["id"] for each in after.json()}
    assert "The payment method of web-1 is not saved any more" in after.err


def test_a_kind_that_nobody_has_a_name_for_is_called_by_its_kind() -> None:
    from datetime import date

    from provider.commerce.policy import why_unusable

    assert why_unusable(SavedMethod("m", "barter", "Barter"), date(2026, 1, 1)) == "barter is not accepted"
