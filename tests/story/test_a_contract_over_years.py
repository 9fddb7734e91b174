"""The life of one contract over two and a half years: bought, improved, renewed, suspended, brought back, ended.

One story, because each step stands on the ones before it: the sums at its end are those of all of them.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from provider.commerce.catalogue import DEFAULT_CATALOGUE
from tests.story.tools import OPENTOFU_1_12
from tests.story.workspace import Run, Workspace

pytestmark = pytest.mark.cli

SERVER = """
resource "qualit_vps" "web" {{
  name        = "web"
  offer       = "{offer}"
  power_state = "running"
{more}
}}
"""
DISK = """
resource "qualit_resource" "disk" {{
  vps_id   = qualit_vps.web.id
  type     = "disk"
  quantity = {quantity}
}}
"""
SUSE = 'os = "suse-enterprise-15"'
DEBIAN = 'os = "debian-12"\nallow_reinstall = true'


def test_a_contract_lives_for_years_and_every_cent_is_accounted_for(workspace: Workspace, tmp_path: Path) -> None:
    is_bought_and_improved(workspace)
    renews_itself(workspace)
    renews_for_another_duration_and_a_free_system(workspace)
    renews_at_the_prices_of_the_day_though_its_offer_is_retired(workspace, tmp_path)
    is_improved_while_the_next_period_is_prepaid(workspace)
    is_suspended_when_its_renewal_is_declined(workspace)
    comes_back_when_it_is_renewed(workspace)
    is_not_renewed_above_max_charge(workspace)
    reminds_when_it_does_not_renew_itself(workspace)
    ends_and_is_bought_anew(workspace)
    every_sum_agrees(workspace)


def test_l1_l2_l3_opentofu_warns_in_every_plan_too(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, OPENTOFU_1_12.path(), "test:///default")
    workspace.install()
    workspace.at("2026-01-31T09:00:00Z")
    workspace.write(SERVER.format(offer="vps-2", more="auto_renew = false"))
    applied(workspace)
    has_nothing_to_say(workspace)
    workspace.at("2026-02-20T09:00:00Z")
    warns(workspace, "The contract of web ends soon (rule L1)")
    workspace.at("2026-02-28T09:00:00Z")
    warns(workspace, "The contract of web is suspended (rule L2)")
    workspace.at("2026-03-14T00:00:00Z")
    planned = workspace.plan()
    assert "The server web has ended (rule L3)" in planned.text
    assert workspace.changes()["qualit_vps.web"]["actions"] == ["create"]
    assert charges(workspace) == ["6.99"]


def is_bought_and_improved(workspace: Workspace) -> None:
    workspace.at("2026-01-31T09:00:00Z")
    declare(workspace, "vps-2", 50, SUSE)
    applied(workspace)
    assert charges(workspace) == ["15.99", "5.00"]
    assert paid_until(workspace) == "2026-02-28"

    workspace.at("2026-02-14T18:00:00Z")
    declare(workspace, "vps-4", 50, SUSE)
    applied(workspace)
    # 14 of 28 days: 22.99 / 2 is 11.50, 15.99 / 2 is 8.00 (P3).
    assert charges(workspace)[2:] == ["3.50"]


def renews_itself(workspace: Workspace) -> None:
    workspace.at("2026-02-26T23:59:00Z")
    works(workspace)
    assert len(charges(workspace)) == 3, "L1: not before the last day"
    has_nothing_to_say(workspace)

    workspace.at("2026-02-27T00:00:00Z")
    works(workspace)
    works(workspace)
    assert charges(workspace)[3:] == ["27.99"], "L1: once; 22.99 for vps-4 with SUSE, 5.00 for 50 GiB of disk"
    has_nothing_to_say(workspace)
    assert paid_until(workspace) == "2026-03-31", "P4: it counts from the 31st again"


def renews_for_another_duration_and_a_free_system(workspace: Workspace) -> None:
    workspace.at("2026-03-10T12:00:00Z")
    declare(workspace, "vps-4", 50, f"{DEBIAN}\nterm_months = 3")
    planned = workspace.plan()
    assert "The new duration counts from the next renewal (rule C6)" in planned.text
    assert "web is paid until 2026-03-31; nothing is charged now" in planned.text
    assert "Nothing is paid back for SUSE Linux Enterprise Server 15" in planned.text
    assert workspace.apply_saved().exit_code == 0
    assert len(charges(workspace)) == 4
    has_nothing_to_say(workspace)

    workspace.at("2026-03-30T05:00:00Z")
    works(workspace)
    assert charges(workspace)[4:] == ["56.97"], "C7: 13.99 without SUSE and 5.00, for 3 months"
    assert paid_until(workspace) == "2026-06-30"
    has_nothing_to_say(workspace)


def renews_at_the_prices_of_the_day_though_its_offer_is_retired(workspace: Workspace, folder: Path) -> None:
    catalogue = folder / "next.yaml"
    catalogue.write_text(
        DEFAULT_CATALOGUE.read_text()
        .replace('version: "2026-01"', 'version: "2026-06"')
        .replace("monthly_price: 13.99", "monthly_price: 11.99\n    retired: true")
        .replace("unit_price: 0.10", "unit_price: 0.20")
    )
    workspace.environment["QUALIT_CATALOGUE"] = str(catalogue)
    workspace.at("2026-06-29T09:00:00Z")
    has_a_renewal_due(workspace)
    declare(workspace, "vps-4", 60)
    applied(workspace)
    # 10 GiB for one of 91 days are 0.07: the smallest payment is 0.50, and 0.43 are credit (P6).
    assert charges(workspace)[5:] == ["0.50"]
    works(workspace)
    assert charges(workspace)[6:] == ["71.54"], "P2, P6, P8: 11.99 and 60 times 0.20 for 3 months, less 0.43"
    has_nothing_to_say(workspace)
    refreshes(workspace)
    assert workspace.state()["qualit_vps.web"]["monthly_price"] == "11.99"
    assert workspace.state()["qualit_resource.disk"]["monthly_price"] == "12.00"


def is_improved_while_the_next_period_is_prepaid(workspace: Workspace) -> None:
    workspace.at("2026-07-15T08:00:00Z")
    renewed = json.loads(workspace.qualit("renew", "web", "--yes", "--json"))
    assert (renewed["amount"], renewed["paid_until"]) == ("71.97", "2026-12-31")
    has_nothing_to_say(workspace)
    declare(workspace, "vps-8", 60)
    assert workspace.plan().exit_code == 0
    charge = workspace.changes()["qualit_vps.web"]["after"]["charge"]
    # 77 of 92 days: 70.28 less 30.11; and the prepaid period in full: 83.97 less 35.97 (P3).
    assert [line["amount"] for line in charge["lines"]] == ["40.17", "48.00"]
    assert workspace.apply_saved().exit_code == 0
    assert charges(workspace)[7:] == ["71.97", "88.17"]


def is_suspended_when_its_renewal_is_declined(workspace: Workspace) -> None:
    workspace.at("2026-08-01T08:00:00Z")
    declare(workspace, "vps-8", 60, 'payment_method = "test-declined"')
    applied(workspace)
    workspace.at("2026-12-30T00:00:00Z")
    works(workspace)
    works(workspace)
    assert statuses(workspace)[9:] == ["declined"], "L1: one attempt with each method"
    warned = warns(workspace, "The contract of web ends soon (rule L1)")
    assert "web is paid until 2026-12-31, 1 day from now, and will not renew itself" in warned
    assert "the bank declined the card" in warned
    assert "qualit renew web" in warned
    assert "deleted with its disk on 2027-01-14" in warned
    assert workspace.listing("servers")[0]["power_state"] == "running", "N5"

    workspace.at("2026-12-31T00:00:00Z")
    works(workspace)
    warned = warns(workspace, "The contract of web is suspended (rule L2)")
    assert "The machine is off and its disk is kept until 2027-01-14" in warned
    assert "qualit renew web" in warned
    assert workspace.listing("servers")[0]["power_state"] == "off"
    refreshes(workspace)
    assert workspace.state()["qualit_vps.web"]["status"] == "suspended", "L3"
    declare(workspace, "vps-8", 100, 'payment_method = "test-declined"')
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "Suspended contract (rule L2)" in refused.text


def comes_back_when_it_is_renewed(workspace: Workspace) -> None:
    workspace.at("2027-01-05T10:00:00Z")
    said = workspace.qualit("renew", "web", "--yes", "--payment-method", "test-visa")
    assert "The renewed period is from 2027-01-05 to 2027-04-05." in said, "L2: it begins on the day that it is paid"
    assert charges(workspace)[9:] == ["119.97"]
    assert workspace.listing("servers")[0]["power_state"] == "running"
    declare(workspace, "vps-8", 60, 'payment_method = "test-declined"')
    has_nothing_to_say(workspace)
    declare(workspace, "vps-8", 60, 'payment_method = "test-visa"\nmax_charge = "119.96"')
    applied(workspace)
    assert workspace.state()["qualit_vps.web"]["status"] == "active"


def is_not_renewed_above_max_charge(workspace: Workspace) -> None:
    workspace.at("2027-04-04T00:00:00Z")
    works(workspace)
    assert len(charges(workspace)) == 10
    warned = warns(workspace, "The contract of web ends soon (rule L1)")
    assert "The renewal charges 119.97 EUR, and max_charge allows 119.96. Raise max_charge to at least" in warned
    declare(workspace, "vps-8", 60, 'payment_method = "test-visa"\nmax_charge = "119.97"')
    applied(workspace)
    works(workspace)
    assert charges(workspace)[10:] == ["119.97"]
    has_nothing_to_say(workspace)
    assert paid_until(workspace) == "2027-07-05", "P4: it counts from the day that it was paid on"


def reminds_when_it_does_not_renew_itself(workspace: Workspace) -> None:
    workspace.at("2027-06-20T12:00:00Z")
    declare(workspace, "vps-8", 60, "auto_renew = false\nterm_months = 12")
    assert "(rule C6)" in applied(workspace).text
    has_nothing_to_say(workspace)
    workspace.at("2027-06-21T00:00:00Z")
    warned = warns(workspace, "The contract of web ends soon (rule L1)")
    assert "14 days from now, and does not renew itself. Write auto_renew = true" in warned
    workspace.at("2027-07-04T12:00:00Z")
    works(workspace)
    assert len(charges(workspace)) == 11
    workspace.qualit("renew", "web", "--yes", "--max-charge", "479.88")
    assert charges(workspace)[11:] == ["479.88"], "27.99 and 12.00, for 12 months"
    has_nothing_to_say(workspace)
    assert paid_until(workspace) == "2028-07-05"


def ends_and_is_bought_anew(workspace: Workspace) -> None:
    first = workspace.state()["qualit_vps.web"]["id"]
    workspace.at("2028-07-05T00:00:00Z")
    works(workspace)
    warns(workspace, "The contract of web is suspended (rule L2)")
    workspace.at("2028-07-19T00:00:00Z")
    works(workspace)
    assert workspace.listing("servers") == []
    planned = workspace.plan()
    assert planned.exit_code == 0, planned.output
    assert "The server web has ended (rule L3)" in planned.text
    assert "this plan buys a new, empty server" in planned.text
    assert {change["actions"][0] for change in workspace.changes().values()} == {"create"}
    assert len(charges(workspace)) == 12
    applied(workspace)
    assert charges(workspace)[12:] == ["335.88", "144.00"]
    assert workspace.state()["qualit_vps.web"]["id"] != first, "L6"
    assert paid_until(workspace) == "2029-07-19"
    has_nothing_to_say(workspace)


def every_sum_agrees(workspace: Workspace) -> None:
    """N2, N9: what the orders, the ledger and the gateway say was charged is one sum, and no credit is left."""
    orders = workspace.listing("orders")
    assert {order["status"] for order in orders} == {"active", "declined"}
    ledger = json.loads(workspace.qualit("ledger", "--json"))
    balances = {balance["account"]: Decimal(balance["amount"]) for balance in ledger["balances"]}
    total = Decimal("1541.33")
    assert sum(map(Decimal, charges(workspace))) == total
    assert sum(Decimal(order["amount"]) for order in orders if order["status"] == "active") == total
    assert (balances["cash"], balances["revenue"], balances["credit"]) == (total, -total, Decimal(0))
    assert ledger["cash"] == [{"currency": "EUR", "ledger": str(total), "gateway": str(total), "equal": True}]
    assert [order["kind"] for order in orders if order["status"] == "active"].count("renewal") == 7


def declare(workspace: Workspace, offer: str, disk: int, more: str = "") -> None:
    workspace.write(SERVER.format(offer=offer, more=more) + DISK.format(quantity=disk))


def applied(workspace: Workspace) -> Run:
    run = workspace.apply()
    assert run.exit_code == 0, run.output
    return run


def refreshes(workspace: Workspace) -> None:
    assert workspace.run("refresh", "-input=false").exit_code == 0


def works(workspace: Workspace) -> None:
    """A worker runs, as from a timer."""
    workspace.qualit("work", "--until-idle")


def has_nothing_to_say(workspace: Workspace) -> None:
    planned = workspace.plan("-detailed-exitcode")
    assert planned.exit_code == 0, planned.output
    assert "No changes" in planned.text
    assert "Warning" not in planned.text, planned.output


def warns(workspace: Workspace, summary: str) -> str:
    """A plan without changes, once with this warning; what it says."""
    planned = workspace.plan("-detailed-exitcode")
    assert planned.exit_code == 0, planned.output
    assert planned.text.count("Warning:") == 1, planned.output
    assert f"Warning: {summary}" in planned.text, planned.output
    return planned.text


def has_a_renewal_due(workspace: Workspace) -> None:
    assert "Its renewal is due, and a worker makes it: run `qualit work`" in workspace.plan().text


def charges(workspace: Workspace) -> list[str]:
    return [payment["amount"] for payment in workspace.listing("payments") if payment["status"] == "succeeded"]


def statuses(workspace: Workspace) -> list[str]:
    return [order["status"] for order in workspace.listing("orders")]


def paid_until(workspace: Workspace) -> str:
    """As a person would look it up; the state has it at the next refresh."""
    (server,) = workspace.listing("servers")
    return str(server["paid_until"])
