"""`qualit work`: a worker tells what it did, so that the log of a timer has it (L1, L2)."""

from __future__ import annotations

import re
import signal
from decimal import Decimal

import pytest

from tests.cli.tenant import Tenant


@pytest.fixture(autouse=True)
def _signals_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command takes Ctrl-C for itself; here it runs in the process of the tests."""
    monkeypatch.setattr(signal, "signal", lambda _number, _handler: None)


def work(tenant: Tenant) -> list[str]:
    """What a worker says, without the times of day."""
    ended = tenant.run("work", "--until-idle")
    assert (ended.exit_code, ended.err) == (0, "")
    first, *said, last = ended.out.splitlines()
    assert (first, last) == ("Working until nothing is open.", "Nothing is open that could go on now.")
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in said), said
    return [line[9:] for line in said]


def test_l1_a_renewal_is_told_with_its_amount(tenant: Tenant) -> None:
    tenant.buy()
    assert work(tenant) == []
    tenant.at("2026-02-27T00:00:00+00:00")
    said = work(tenant)
    assert re.fullmatch(r"ord-\w+  web: renewal: vps-2 for 1 month, 6.99 EUR: active", said[-1]), said
    assert work(tenant) == []


def test_l2_a_suspension_and_an_end_are_told_once_with_what_to_do(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(auto_renew=False)
    tenant.at("2026-02-28T00:00:00+00:00")
    assert work(tenant) == ["web is suspended: its machine is off. `qualit status` says why, and what to do."]
    assert work(tenant) == []
    tenant.at("2026-03-14T00:00:00+00:00")
    assert work(tenant) == ["web has ended: its machine and its disk are deleted."]
    assert work(tenant) == []


def test_l1_a_declined_renewal_is_told(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(payment_method="test-declined")
    tenant.at("2026-02-27T00:00:00+00:00")
    assert work(tenant)[-1].endswith(": declined")
    assert work(tenant) == []


def test_l1_a_renewal_that_cannot_be_ordered_is_told_with_the_reason(tenant: Tenant) -> None:
    tenant.buy()
    tenant.configure(max_charge=Decimal("6.98"))
    tenant.at("2026-02-26T23:59:59+00:00")
    assert work(tenant) == [], "not due yet"
    tenant.at("2026-02-27T00:00:00+00:00")
    (said,) = work(tenant)
    assert said.startswith("web is not renewed: The renewal charges 6.99 EUR, and max_charge allows 6.98.")
    tenant.run("payment-methods", "remove", "test-visa", "--yes")
    tenant.configure(max_charge=None)
    (said,) = work(tenant)
    assert said.startswith('web is not renewed: payment_method = "test-visa" cannot be used to pay at once')


def test_l1_l2_without_the_gateway_a_worker_says_so_and_still_suspends_what_is_not_paid(tenant: Tenant) -> None:
    tenant.buy()
    tenant.buy(name="other")
    contract = tenant.server("other").contract.contract.id
    tenant.backend.configure_contract(contract, auto_renew=False)
    for instant, suspended in (("2026-02-27T00:00:00+00:00", []), ("2026-02-28T00:00:00+00:00", ["other", "web"])):
        tenant.at(instant)
        tenant.gateway.arrange("methods", "unavailable")
        first, *said = work(tenant)
        assert first.startswith("web is not renewed: The payment gateway does not answer")
        assert sorted(line.split()[0] for line in said) == suspended, said
    (renewed,) = [line for line in work(tenant) if line.endswith(": active")]
    assert "web: renewal" in renewed
