"""`qualit servers`, `orders`, `payments`, `quotes`: what the platform and the gateway know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provider.backend.embedded import EmbeddedBackend, connect
from provider.backend.port import ActionRequiredError, ContractTerms, Purchase, Quote, ServerSettings
from provider.commerce.change import Change, NewContract, SetQuantity
from provider.commerce.contract import Contract
from provider.commerce.proposal import Proposal, propose
from provider.configuration import load_configuration
from tests.cli.conftest import Qualit


@pytest.fixture
def backend(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedBackend]:
    """The platform of the user's home, on 31 January."""
    monkeypatch.setenv("QUALIT_TEST_CLOCK", "2026-01-31T09:00:00Z")
    with closing(connect(load_configuration())) as opened:
        yield opened


def hold(backend: EmbeddedBackend, contract_id: str, contract: Contract | None, change: Change) -> Quote:
    proposal = propose(backend.catalogue(), contract_id, contract, change, backend.now().date())
    assert isinstance(proposal, Proposal), proposal
    return backend.hold_quote(proposal)


def buy_server(backend: EmbeddedBackend, name: str, method: str = "test-visa") -> str:
    """Buy a vps-2 for three months; returns the contract's id."""
    identity = backend.identity("vps", name)
    quote = hold(backend, identity.contract_id, None, NewContract("vps-2", "debian-12", 3))
    terms = ContractTerms("vps", name, auto_renew=True)
    backend.order(Purchase(quote.id, method, terms, ServerSettings()), timeout_seconds=60)
    return identity.contract_id


def add_disk(contract_id: str, quantity: int) -> None:
    """Add disk to a contract, an hour after it was bought."""
    later = replace(load_configuration(), test_clock=datetime(2026, 1, 31, 10, tzinfo=UTC))
    with closing(connect(later)) as backend:
        view = backend.contract(contract_id)
        assert view is not None
        quote = hold(backend, contract_id, view.contract, SetQuantity("disk", quantity))
        backend.order(Purchase(quote.id, "test-paypal"), timeout_seconds=60)


@pytest.mark.parametrize("listing", ["servers", "orders", "payments"])
def test_an_empty_home_lists_nothing_and_says_so(qualit: Qualit, backend: EmbeddedBackend, listing: str) -> None:
    assert qualit(listing, "--json").json() == []
    shown = qualit(listing)
    assert shown.exit_code == 0
    assert "no" in shown.out


def test_a_server_is_listed_in_total_with_its_additions(qualit: Qualit, backend: EmbeddedBackend) -> None:
    add_disk(buy_server(backend, "web-1"), 50)
    (server,) = qualit("servers", "--json").json()
    assert server["characteristics"] == {
        "vcpus": 2,
        "memory_gib": 4,
        "disk_gib": 90,
        "ipv4_addresses": 1,
        "bandwidth_mbits": 200,
    }
    assert (server["name"], server["offer"], server["os"]) == ("web-1", "vps-2", "debian-12")
    assert (server["monthly_price"], server["currency"], server["paid_until"]) == ("11.99", "EUR", "2026-04-30")
    assert server["id"].startswith("vps-")
    assert server["power_state"] == "running"
    assert server["domain_uuid"]
    assert server["host"]


def test_a_server_in_the_table_shows_what_a_person_asks_for(qualit: Qualit, backend: EmbeddedBackend) -> None:
    buy_server(backend, "web-1")
    shown = qualit("servers").out
    for words in (
        "web-1",
        "vps-2",
        "debian-12",
        "2 vCPU, 4 GiB memory, 40 GiB disk",
        "running",
        "6.99 EUR",
        "2026-04-30",
    ):
        assert words in shown


def test_orders_are_listed_oldest_first_with_their_amounts(qualit: Qualit, backend: EmbeddedBackend) -> None:
    add_disk(buy_server(backend, "web-1"), 50)
    first, second = qualit("orders", "--json").json()
    assert (first["kind"], first["server"], first["status"]) == ("new", "web-1", "active")
    assert (first["amount"], first["refunded"], first["currency"]) == ("20.97", "0.00", "EUR")
    assert first["placed_at"] == "2026-01-31T09:00:00Z"
    assert (second["kind"], second["line"], second["amount"]) == ("addition", "disk", "15.00")
    shown = qualit("orders").out
    assert shown.index(first["id"]) < shown.index(second["id"])
    assert "15.00 EUR" in shown


def test_n9_payments_are_what_the_gateway_charged_for_the_orders(qualit: Qualit, backend: EmbeddedBackend) -> None:
    add_disk(buy_server(backend, "web-1"), 50)
    payments = qualit("payments", "--json").json()
    orders = qualit("orders", "--json").json()
    assert [(payment["order"], payment["amount"]) for payment in payments] == [
        (order["id"], order["amount"]) for order in orders
    ]
    assert {payment["status"] for payment in payments} == {"succeeded"}
    assert {payment["refunded"] for payment in payments} == {"0.00"}
    assert "20.97 EUR" in qualit("payments").out


def test_l4_an_order_that_waits_for_its_customer_shows_where_to_confirm(
    qualit: Qualit, backend: EmbeddedBackend
) -> None:
    with pytest.raises(ActionRequiredError) as waiting:
        buy_server(backend, "web-1", "test-3ds")
    (order,) = qualit("orders", "--json").json()
    assert (order["status"], order["action_url"]) == ("action_required", waiting.value.url)
    assert waiting.value.url in qualit("orders").out


def test_l4_an_unpaid_order_is_cancelled_with_its_payment(qualit: Qualit, backend: EmbeddedBackend) -> None:
    with pytest.raises(ActionRequiredError):
        buy_server(backend, "web-1", "test-3ds")
    (order,) = qualit("orders", "--json").json()
    ended = qualit("orders", "cancel", order["id"])
    assert (ended.exit_code, ended.err) == (0, "")
    assert "was not charged" in ended.out
    assert [entry["status"] for entry in qualit("orders", "--json").json()] == ["cancelled"]
    assert [entry["status"] for entry in qualit("payments", "--json").json()] == ["cancelled"]


def test_l4_a_paid_order_is_not_cancelled(qualit: Qualit, backend: EmbeddedBackend) -> None:
    buy_server(backend, "web-1")
    (order,) = qualit("orders", "--json").json()
    ended = qualit("orders", "cancel", order["id"])
    assert ended.exit_code == 1
    assert "(rule L4)" in ended.err
    assert [entry["status"] for entry in qualit("orders", "--json").json()] == ["active"]


def test_the_customer_confirms_a_payment_in_the_sandbox(qualit: Qualit, backend: EmbeddedBackend) -> None:
    with pytest.raises(ActionRequiredError):
        buy_server(backend, "web-1", "test-3ds")
    (payment,) = qualit("payments", "--json").json()
    assert payment["status"] == "action_required"
    assert qualit("payments", "confirm", payment["id"]).exit_code == 0
    assert [entry["status"] for entry in qualit("payments", "--json").json()] == ["succeeded"]
    again = qualit("payments", "confirm", payment["id"])
    assert again.exit_code == 1
    assert "waits for nobody" in again.err


def test_n5_a_customer_can_fail_3d_secure_in_the_sandbox(qualit: Qualit, backend: EmbeddedBackend) -> None:
    with pytest.raises(ActionRequiredError):
        buy_server(backend, "web-1", "test-3ds")
    (payment,) = qualit("payments", "--json").json()
    ended = qualit("payments", "fail", payment["id"])
    assert (ended.exit_code, ended.err) == (0, "")
    assert "is declined" in ended.out
    assert [entry["status"] for entry in qualit("payments", "--json").json()] == ["declined"]
    again = qualit("payments", "fail", payment["id"])
    assert again.exit_code == 1
    assert "waits for nobody" in again.err


@pytest.mark.parametrize(("outcome", "status"), [("won", "active"), ("lost", "suspended")])
def test_l8_a_dispute_is_opened_and_decided_in_the_sandbox(
    qualit: Qualit, backend: EmbeddedBackend, outcome: str, status: str
) -> None:
    buy_server(backend, "web-1")
    (payment,) = qualit("payments", "--json").json()
    refused = qualit("payments", "dispute", payment["id"], "--outcome", outcome)
    assert refused.exit_code == 1
    assert "has no open dispute" in refused.err
    ended = qualit("payments", "dispute", payment["id"])
    assert (ended.exit_code, ended.err) == (0, "")
    assert "`qualit reconcile`" in ended.out
    assert qualit("reconcile").exit_code == 0
    assert [entry["dispute"] for entry in qualit("payments", "--json").json()] == ["open"]
    assert "open" in qualit("payments").out
    assert "suspended" in qualit("servers").out
    assert "A payment for web-1 is disputed (rule N2)" in qualit("status").out
    assert outcome in qualit("payments", "dispute", payment["id"], "--outcome", outcome).out
    assert qualit("reconcile").exit_code == 0
    assert [server["status"] for server in qualit("servers", "--json").json()] == [status]
    cash = qualit("ledger", "--json").json()["cash"]
    assert [each["equal"] for each in cash] == [True]
    assert qualit("payments", "dispute", payment["id"], "--outcome", "drawn").exit_code == 2


def test_p5_a_held_quote_is_dropped_once(qualit: Qualit, backend: EmbeddedBackend) -> None:
    contract_id = backend.identity("vps", "web-1").contract_id
    quote = hold(backend, contract_id, None, NewContract("vps-2", "debian-12", 3))
    assert qualit("quotes", "drop", quote.id).exit_code == 0
    assert backend.find_quote(quote.proposal) is None
    again = qualit("quotes", "drop", quote.id)
    assert again.exit_code == 1
    assert "(rule P5)" in again.err


def test_a_hypervisor_that_is_down_does_not_hide_the_servers(
    qualit: Qualit, backend: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy_server(backend, "web-1")
    monkeypatch.setenv("QUALIT_LIBVIRT_URI", "qemu+unix:///system?socket=/nonexistent")
    ended = qualit("servers", "--json")
    assert ended.exit_code == 0
    assert [server["name"] for server in ended.json()] == ["web-1"]
    assert "could not be looked at" in ended.err


def test_a_home_that_cannot_be_used_is_told_without_a_traceback(
    qualit: Qualit, user: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUALIT_HOME", "/proc/qualit")
    ended = qualit("orders")
    assert ended.exit_code == 1
    assert "QUALIT_HOME" in ended.err
    assert "Traceback" not in ended.err


def test_l7_a_home_on_another_clock_is_told(
    qualit: Qualit, backend: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    qualit("orders")
    monkeypatch.delenv("QUALIT_TEST_CLOCK")
    ended = qualit("orders")
    assert ended.exit_code == 1
    assert "(rule L7)" in ended.err
