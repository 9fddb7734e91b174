"""Ten changes of two servers: what each plan says is what is charged, in the ledger as at the gateway (P5, N9)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from tests.story.workspace import Workspace

pytestmark = pytest.mark.cli


@dataclass
class Declared:
    """What the configuration says; each change of the table edits it."""

    web: dict[str, Any] = field(default_factory=lambda: {"offer": "vps-1"})
    store: dict[str, Any] | None = None
    additions: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        blocks = [_block("qualit_vps", "web", {"name": "web", **self.web})]
        if self.store is not None:
            blocks.append(_block("qualit_vps", "store", {"name": "store", **self.store}))
        for kind, quantity in self.additions.items():
            blocks.append(_block("qualit_resource", kind, {"type": kind, "quantity": quantity}, "qualit_vps.web.id"))
        return "\n".join(blocks)


def _block(kind: str, label: str, values: dict[str, Any], vps_id: str | None = None) -> str:
    lines = [f"  {name} = {json.dumps(value)}" for name, value in values.items()]
    lines += [f"  vps_id = {vps_id}"] if vps_id else []
    return f'resource "{kind}" "{label}" {{\n' + "\n".join(lines) + "\n}\n"


@dataclass(frozen=True)
class Amounts:
    """One change, as everybody tells it."""

    plan: Decimal
    report: Decimal
    orders: Decimal
    ledger: Decimal
    gateway: Decimal


class Books:
    """What was paid until now, in the orders, the ledger's cash and the gateway's."""

    def __init__(self, workspace: Workspace) -> None:
        self.orders = sum((Decimal(str(order["amount"])) for order in workspace.listing("orders")), Decimal(0))
        cash = json.loads(workspace.qualit("ledger", "--json"))["cash"]
        self.ledger = sum((Decimal(str(each["ledger"])) for each in cash), Decimal(0))
        self.gateway = sum((Decimal(str(each["gateway"])) for each in cash), Decimal(0))


def change(workspace: Workspace, day: str, declared: Declared) -> Amounts:
    """Plan, ask what the plan costs, apply that plan, and see what was paid."""
    workspace.at(f"{day}T09:00:00Z")
    workspace.write(declared.text())
    before = Books(workspace)
    planned = workspace.plan()
    assert planned.exit_code == 0, planned.output
    charges = [charge for each in workspace.changes().values() if (charge := _charged(each))]
    (workspace.folder / "plan.json").write_text(workspace.run("show", "-json", "saved.tfplan").output)
    report = json.loads(workspace.qualit("cost", "plan.json", "--format", "json"))
    applied = workspace.apply_saved()
    assert applied.exit_code == 0, applied.output
    after = Books(workspace)
    return Amounts(
        plan=sum(charges, Decimal(0)),
        report=Decimal(report["dueNow"]),
        orders=after.orders - before.orders,
        ledger=after.ledger - before.ledger,
        gateway=after.gateway - before.gateway,
    )


def _charged(planned: dict[str, Any]) -> Decimal:
    """What a resource's change charges: its ``charge`` is the last one made through it, and stays if there is none."""
    before, after = ((planned[when] or {}).get("charge") for when in ("before", "after"))
    return Decimal(after["amount"]) if after and after != before else Decimal(0)


def test_p5_n9_ten_changes_are_charged_as_their_plans_said(workspace: Workspace) -> None:
    declared = Declared()
    table: list[tuple[str, Decimal, Amounts]] = []

    def make(day: str, what: str, due: str) -> None:
        table.append((what, Decimal(due), change(workspace, day, declared)))

    make("2026-01-31", "a server: vps-1 for a month", "3.99")
    declared.web["offer"] = "vps-2"
    make("2026-02-14", "vps-1 to vps-2 at half time", "1.50")
    declared.additions = {"disk": 20, "memory": 1}
    make("2026-02-14", "20 GiB of disk and 1 GiB of memory", "1.75")
    declared.store = {"offer": "vps-2", "os": "suse-enterprise-15", "term_months": 12}
    make("2026-02-20", "a second server with SUSE Enterprise for 12 months", "191.88")
    declared.additions["ipv4"] = 1
    make("2026-02-26", "an address for 2 of 28 days: the smallest payment", "0.50")
    declared.web["term_months"] = 3
    make("2026-02-26", "3 months from the next renewal on", "0.00")
    declared.web["power_state"] = "sleeping"
    make("2026-02-26", "asleep", "0.00")
    declared.web["offer"] = "vps-4"
    make("2026-02-27", "vps-2 to vps-4 while it sleeps, on its last day", "0.50")
    declared.store["offer"] = "vps-4"
    declared.additions = {"disk": 30, "memory": 2, "ipv4": 2}
    make("2026-02-27", "four improvements of two servers at once", "83.89")
    declared.store = None
    make("2026-02-27", "the end of the second server", "0.00")

    lines = [
        f"{what:55}{due:>9}{paid.plan:>9}{paid.report:>9}{paid.orders:>9}{paid.ledger:>9}{paid.gateway:>9}"
        for what, due, paid in table
    ]
    print("\n".join([f"{'':55}{'rules':>9}{'plan':>9}{'cost':>9}{'orders':>9}{'ledger':>9}{'gateway':>9}", *lines]))
    wrong = [
        line for line, (_, due, paid) in zip(lines, table, strict=True) if paid != Amounts(due, due, due, due, due)
    ]
    assert not wrong, "\n".join(wrong)
    reconciled = workspace.run_qualit("reconcile")
    assert reconciled.exit_code == 0, reconciled.output
