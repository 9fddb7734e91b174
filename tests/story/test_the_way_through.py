"""The whole way with real tools: declare, plan, price, order, pay, provision, improve; and what is refused."""

from __future__ import annotations

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.story.tools import Tool
from tests.story.workspace import Workspace

pytestmark = pytest.mark.cli

SERVER = """
resource "qualit_vps" "web" {{
  name        = "web"
  offer       = "{offer}"
  term_months = 3
  labels      = {{ team = "shop" }}
{more}}}
"""
DISK = """
resource "qualit_resource" "disk" {{
  vps_id   = qualit_vps.web.id
  type     = "disk"
  quantity = {quantity}
}}
"""


def declare(workspace: Workspace, offer: str, disk: int | None = None, more: str = "") -> None:
    addition = DISK.format(quantity=disk) if disk else ""
    workspace.write(SERVER.format(offer=offer, more=more) + addition)


def paid(workspace: Workspace) -> list[str]:
    return [payment["amount"] for payment in workspace.listing("payments")]


def only_server(workspace: Workspace) -> dict[str, Any]:
    servers = workspace.listing("servers")
    assert len(servers) == 1
    return servers[0]


@pytest.fixture(params=["test:///default", pytest.param("qemu:///system", marks=pytest.mark.qemu)])
def story(request: pytest.FixtureRequest, tmp_path: Path, tool: Tool) -> Workspace:
    """Each tool, on libvirt's test driver and on real QEMU."""
    made = Workspace(tmp_path, tool.path(), request.param)
    made.install()
    return made


def test_a_server_is_declared_priced_paid_run_improved_and_ended(story: Workspace) -> None:
    # A server and an addition to it are priced in one plan, before either exists (P5).
    declare(story, "vps-2", disk=20)
    planned = story.plan()
    assert planned.exit_code == 0, planned.output
    changes = story.changes()
    server, disk = changes["qualit_vps.web"]["after"], changes["qualit_resource.disk"]["after"]
    assert (server["monthly_price"], server["charge"]["amount"]) == ("6.99", "20.97")
    assert (disk["monthly_price"], disk["charge"]["amount"], disk["vps_id"]) == ("2.00", "6.00", server["id"])
    assert story.listing("orders") == []

    # Applying the saved plan charges exactly what it showed, and the machine runs.
    applied = story.apply_saved()
    assert applied.exit_code == 0, applied.output
    assert paid(story) == ["20.97", "6.00"]
    running = only_server(story)
    assert running["characteristics"] == {
        "vcpus": 2,
        "memory_gib": 4,
        "disk_gib": 60,
        "ipv4_addresses": 1,
        "bandwidth_mbits": 200,
    }
    assert (running["power_state"], running["monthly_price"]) == ("running", "8.99")
    first_machine = machine_id(story, running)

    # The same again is nothing to do.
    again = story.plan("-detailed-exitcode")
    assert again.exit_code == 0, again.output

    # More disk, and a better offer, while it runs.
    declare(story, "vps-4", disk=50)
    assert story.plan().exit_code == 0
    changes = story.changes()
    assert changes["qualit_vps.web"]["actions"] == ["update"]
    assert changes["qualit_vps.web"]["after"]["charge"]["amount"] == "21.00"
    assert changes["qualit_resource.disk"]["after"]["charge"]["amount"] == "9.00"
    improved = story.apply_saved()
    assert improved.exit_code == 0, improved.output
    assert sorted(paid(story)) == ["20.97", "21.00", "6.00", "9.00"]
    server = only_server(story)
    assert (server["characteristics"]["vcpus"], server["characteristics"]["disk_gib"]) == (4, 130)
    assert machine_id(story, server) == first_machine
    assert server["domain_uuid"] == running["domain_uuid"]

    refuses_to_go_back(story)
    sleeps_and_wakes(story)
    is_found_again(story)

    # Ending it says what is lost, and takes the machine away.
    ended = story.run("destroy", "-input=false", "-auto-approve")
    assert ended.exit_code == 0, ended.output
    assert "rule C8" in ended.text
    assert story.listing("servers") == []
    assert sum(map(Decimal, paid(story))) == Decimal("56.97")


def refuses_to_go_back(story: Workspace) -> None:
    """A revert, a smaller offer and a smaller addition are refused when planning, each with its rule."""
    for offer, disk, rule, advice in (
        ("vps-2", 50, "rule C3", 'offer = "vps-4"'),
        ("mem-2", 50, "rule C2", 'offer = "vps-4"'),
        ("vps-4", 20, "rule C3", "quantity = 50"),
    ):
        declare(story, offer, disk)
        refused = story.plan()
        assert refused.exit_code == 1
        assert rule in refused.text, refused.output
        assert advice in refused.text, refused.output
    declare(story, "vps-4", disk=50)
    assert len(story.listing("orders")) == 4


def sleeps_and_wakes(story: Workspace) -> None:
    """Sleep and wake are free and keep the contract (S7); leaving the attribute out keeps the state (C10)."""
    declare(story, "vps-4", 50, '  power_state = "sleeping"\n')
    asleep = story.apply()
    assert asleep.exit_code == 0, asleep.output
    assert only_server(story)["power_state"] == "sleeping"
    declare(story, "vps-4", 50)
    assert story.plan("-detailed-exitcode").exit_code == 0
    declare(story, "vps-4", 50, '  power_state = "running"\n')
    awake = story.apply()
    assert awake.exit_code == 0, awake.output
    assert only_server(story)["power_state"] == "running"
    assert len(paid(story)) == 4


def is_found_again(story: Workspace) -> None:
    """A lost state buys nothing: the plan names the order and the import command, and importing adopts it (N4)."""
    (story.folder / "terraform.tfstate").unlink()
    (story.folder / "terraform.tfstate.backup").unlink(missing_ok=True)
    lost = story.plan()
    assert lost.exit_code == 1
    assert "rule N4" in lost.text
    assert "terraform import qualit_vps.NAME web" in lost.text
    for address, import_id in (("qualit_vps.web", "web"), ("qualit_resource.disk", "web/disk")):
        imported = story.run("import", "-input=false", address, import_id)
        assert imported.exit_code == 0, imported.output
    adopted = story.plan("-detailed-exitcode")
    assert adopted.exit_code == 0, adopted.output
    assert len(paid(story)) == 4


def machine_id(story: Workspace, server: dict[str, Any]) -> str:
    """What libvirt calls the running guest: it is another one after a restart. The test driver has none that stays."""
    if not story.environment["QUALIT_LIBVIRT_URI"].startswith("qemu"):
        return ""
    virsh = shutil.which("virsh")
    assert virsh is not None
    uri = story.environment["QUALIT_LIBVIRT_URI"]
    run = subprocess.run([virsh, "-c", uri, "domid", server["domain_uuid"]], capture_output=True, text=True, check=True)
    assert run.stdout.strip().isdigit()
    return run.stdout.strip()
