"""The life of one contract over nearly three years with Pulumi: the warnings of each preview and up.

One story, because each step stands on the ones before it: the sums at its end are those of all of them.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from tests.pulumi_story.workspace import Workspace

pytestmark = pytest.mark.cli

PROGRAM = """
web = qualit.Vps("web", name="web", offer="{offer}", power_state="running"{more})
disk = qualit.Resource("disk", vps=web, type="disk", quantity={disk})
"""
SUSE = ', os="suse-enterprise-15"'
DEBIAN = ', os="debian-12", allow_reinstall=True'
DECLINED = ', payment_method="test-declined"'
VISA = ', payment_method="test-visa"'


def test_a_contract_lives_for_years_and_every_cent_is_accounted_for(workspace: Workspace) -> None:
    is_bought_and_improved(workspace)
    renews_itself_for_another_duration_and_a_free_system(workspace)
    is_improved_while_the_next_period_is_prepaid(workspace)
    is_suspended_when_its_renewal_is_declined_and_comes_back(workspace)
    is_not_renewed_above_max_charge(workspace)
    ends_and_is_bought_anew(workspace)
    every_sum_agrees(workspace)


def is_bought_and_improved(workspace: Workspace) -> None:
    workspace.at("2026-01-31T09:00:00Z")
    workspace.start(program("vps-2", SUSE))
    workspace.up()
    assert charges(workspace) == ["15.99", "5.00"]
    workspace.at("2026-02-14T18:00:00Z")
    workspace.write(program("vps-4", SUSE))
    workspace.up()
    assert charges(workspace)[2:] == ["3.50"], "P3: 14 of 28 days, 11.50 less 8.00"


def renews_itself_for_another_duration_and_a_free_system(workspace: Workspace) -> None:
    workspace.at("2026-02-27T00:00:00Z")
    works(workspace)
    assert charges(workspace)[3:] == ["27.99"], "L1, P2: 22.99 for vps-4 with SUSE, 5.00 for 50 GiB of disk"
    has_nothing_to_say(workspace)

    workspace.at("2026-03-10T12:00:00Z")
    workspace.write(program("vps-4", f"{DEBIAN}, term_months=3"))
    shown = preview(workspace)
    assert "(rule C6)" in shown
    assert "web is paid until 2026-03-31; nothing is charged now" in shown
    assert "Will charge" not in shown
    workspace.up()
    assert len(charges(workspace)) == 4

    workspace.at("2026-03-30T00:00:00Z")
    works(workspace)
    assert charges(workspace)[4:] == ["56.97"], "C6, C7: 13.99 without SUSE and 5.00, for 3 months"
    has_nothing_to_say(workspace)


def is_improved_while_the_next_period_is_prepaid(workspace: Workspace) -> None:
    workspace.at("2026-05-15T08:00:00Z")
    renewed = json.loads(workspace.qualit("renew", "web", "--term-months", "12", "--yes", "--json"))
    assert (renewed["amount"], renewed["paid_until"]) == ("227.88", "2027-06-30")
    workspace.write(program("vps-8", ", term_months=3"))
    # 46 of 91 days: 42.45 less 21.22; and the prepaid year in full: 335.88 less 167.88 (P3).
    assert "Will charge 189.23 EUR now" in preview(workspace)
    workspace.up()
    assert charges(workspace)[5:] == ["227.88", "189.23"]


def is_suspended_when_its_renewal_is_declined_and_comes_back(workspace: Workspace) -> None:
    workspace.write(program("vps-8", DECLINED))
    workspace.up()
    workspace.at("2027-06-29T00:00:00Z")
    works(workspace)
    for said in (preview(workspace), up(workspace)):
        assert "The contract of web ends soon (rule L1)" in said
        assert "the bank declined the card" in said
        assert "Write another paymentMethod" in said
        assert "qualit renew web" in said

    workspace.at("2027-06-30T00:00:00Z")
    works(workspace)
    for said in (preview(workspace), up(workspace)):
        assert "The contract of web is suspended (rule L2)" in said
        assert "The machine is off and its disk is kept until 2027-07-14" in said
    workspace.run("refresh", "--yes", "--skip-preview")
    assert workspace.resources()["web"]["outputs"]["status"] == "suspended", "L3: it stays in the state"
    assert workspace.listing("servers")[0]["power_state"] == "off"
    workspace.write(program("vps-8", DECLINED, disk=100))
    assert "Suspended contract (rule L2)" in workspace.refused()
    assert len(charges(workspace)) == 7

    workspace.at("2027-07-02T10:00:00Z")
    said = workspace.qualit("renew", "web", "--yes", "--payment-method", "test-visa")
    assert "The renewed period is from 2027-07-02 to 2027-10-02." in said
    assert charges(workspace)[7:] == ["98.97"], "27.99 and 5.00, for 3 months"
    assert workspace.listing("servers")[0]["power_state"] == "running"
    workspace.write(program("vps-8", DECLINED))
    has_nothing_to_say(workspace)


def is_not_renewed_above_max_charge(workspace: Workspace) -> None:
    workspace.write(program("vps-8", VISA + ', max_charge="98.96"'))
    workspace.up()
    workspace.at("2027-10-01T00:00:00Z")
    works(workspace)
    assert "The renewal charges 98.97 EUR, and maxCharge allows 98.96. Raise maxCharge" in preview(workspace)
    assert len(charges(workspace)) == 8
    workspace.qualit("renew", "web", "--term-months", "12", "--yes")
    assert charges(workspace)[8:] == ["395.88"]
    has_nothing_to_say(workspace)


def ends_and_is_bought_anew(workspace: Workspace) -> None:
    workspace.write(program("vps-8", ", auto_renew=False"))
    workspace.up()
    first = workspace.resources()["web"]["outputs"]["serverId"]
    workspace.at("2028-09-17T23:00:00Z")
    has_nothing_to_say(workspace)
    workspace.at("2028-09-18T00:00:00Z")
    said = preview(workspace)
    assert "14 days from now, and does not renew itself. Write autoRenew = true" in said
    workspace.at("2028-10-16T00:00:00Z")
    works(workspace)
    assert workspace.listing("servers") == []
    refused = workspace.refused()
    assert "The server web has ended (rule L3)" in refused
    assert "Run `pulumi refresh`: the next preview then shows a new, empty server." in refused
    refreshed = workspace.run("refresh", "--yes", "--skip-preview").output
    assert "The server web has ended (rule L3)" in refreshed
    assert "the next up buys a new, empty server of that name" in refreshed
    assert len(charges(workspace)) == 9
    up(workspace)
    assert charges(workspace)[9:] == ["27.99", "5.00"], "C10: bought anew with the default duration"
    assert workspace.resources()["web"]["outputs"]["serverId"] != first, "L6"
    has_nothing_to_say(workspace)


def every_sum_agrees(workspace: Workspace) -> None:
    """N2, N9: what the orders, the ledger and the gateway say was charged is one sum."""
    total = Decimal("1054.40")
    orders = workspace.listing("orders")
    ledger = json.loads(workspace.qualit("ledger", "--json"))
    assert sum(map(Decimal, charges(workspace))) == total
    assert sum(Decimal(order["amount"]) for order in orders if order["status"] == "active") == total
    assert ledger["cash"] == [{"currency": "EUR", "ledger": str(total), "gateway": str(total), "equal": True}]


def program(offer: str, more: str = "", disk: int = 50) -> str:
    return PROGRAM.format(offer=offer, more=more, disk=disk)


def preview(workspace: Workspace) -> str:
    return one_line(workspace.run("preview").output)


def up(workspace: Workspace) -> str:
    return one_line(workspace.up().output)


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def works(workspace: Workspace) -> None:
    """A worker runs, as from a timer."""
    workspace.qualit("work", "--until-idle")


def has_nothing_to_say(workspace: Workspace) -> None:
    said = workspace.run("preview", "--expect-no-changes").output
    assert "(rule" not in said, said
    assert "warning" not in said, said


def charges(workspace: Workspace) -> list[str]:
    return [payment["amount"] for payment in workspace.listing("payments") if payment["status"] == "succeeded"]
