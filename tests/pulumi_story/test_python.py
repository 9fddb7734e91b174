"""The whole way in Python without a plugin: preview with price, pay, improve; and what is refused in the preview."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pulumi_story.workspace import DYNAMIC, VIRTUALENV, Workspace

pytestmark = pytest.mark.cli

SERVER = """
web = qualit.Vps("web", name="web", offer="{offer}", term_months=3, labels={{"team": "shop"}}{more})
"""
DISK = """
disk = qualit.Resource("disk", vps=web, type="disk", quantity={quantity}{more})
pulumi.export("monthly", [web.monthly_price, disk.monthly_price])
"""


def declared(offer: str, disk: int, more: str = "", disk_more: str = "") -> str:
    return SERVER.format(offer=offer, more=more) + DISK.format(quantity=disk, more=disk_more)


def test_a_server_is_declared_priced_paid_run_improved_and_ended(workspace: Workspace) -> None:
    # A server and an addition to it are priced in one preview, before either exists (P5).
    workspace.start(declared("vps-2", 20))
    planned = workspace.preview()
    server, disk = planned["web"], planned["disk"]
    assert (server["monthlyPrice"], server["charge"]["amount"]) == ("6.99", "20.97")
    assert (disk["monthlyPrice"], disk["charge"]["amount"], disk["vpsId"]) == ("2.00", "6.00", server["serverId"])
    assert "qualit:Vps (web):\n    Will charge 20.97 EUR now" in workspace.run("preview").output
    assert workspace.listing("orders") == []

    # An up charges exactly what the preview showed, and the machine runs. The same again is nothing to do.
    said = workspace.up().output
    assert "qualit:Vps (web):\n    Charging 20.97 EUR now" in said
    assert "Will charge" not in said
    assert workspace.paid() == ["20.97", "6.00"]
    assert workspace.outputs() == {"monthly": ["6.99", "2.00"]}
    [running] = workspace.listing("servers")
    assert (running["power_state"], running["characteristics"]["disk_gib"]) == ("running", 60)
    workspace.changes_nothing()

    # More disk, and a better offer, in place.
    workspace.write(declared("vps-4", 50))
    planned = workspace.preview()
    assert {name: planned[name]["op"] for name in ("web", "disk")} == {"web": "update", "disk": "update"}
    assert planned["web"]["charge"]["amount"] == "21.00"
    workspace.up()
    assert workspace.paid() == ["20.97", "21.00", "6.00", "9.00"]
    [improved] = workspace.listing("servers")
    assert (improved["characteristics"]["vcpus"], improved["characteristics"]["disk_gib"]) == (4, 130)
    assert improved["domain_uuid"] == running["domain_uuid"]

    refuses_to_go_back(workspace)
    sleeps_and_wakes(workspace)
    is_found_again(workspace)

    # Ending it says what is lost, and takes the machine away.
    ended = workspace.run("destroy", "--yes", "--skip-preview")
    assert "rule C8" in ended.output
    assert workspace.listing("servers") == []
    assert sum(map(Decimal, workspace.paid())) == Decimal("56.97")


def refuses_to_go_back(workspace: Workspace) -> None:
    """A revert, a smaller offer and a smaller addition are refused in the preview, each with its rule."""
    for offer, disk, rule, advice in (
        ("vps-2", 50, "rule C3", 'offer = "vps-4"'),
        ("mem-2", 50, "rule C2", 'offer = "vps-4"'),
        ("vps-4", 20, "rule C3", "quantity = 50"),
    ):
        workspace.write(declared(offer, disk))
        refused = workspace.refused()
        assert rule in refused
        assert advice in refused
    assert len(workspace.listing("orders")) == 4


def sleeps_and_wakes(workspace: Workspace) -> None:
    """Sleep and wake are free (S7); leaving it out keeps the state (C10)."""
    workspace.write(declared("vps-4", 50, ', power_state="sleeping"'))
    workspace.up()
    assert workspace.listing("servers")[0]["power_state"] == "sleeping"
    workspace.write(declared("vps-4", 50))
    workspace.changes_nothing()
    workspace.write(declared("vps-4", 50, ', power_state="running"'))
    workspace.up()
    assert workspace.listing("servers")[0]["power_state"] == "running"


def is_found_again(workspace: Workspace) -> None:
    """A lost state buys nothing (N4): the preview says so, and the option import_ adopts what is there."""
    workspace.write(declared("vps-4", 50))
    workspace.run("stack", "rm", "--force", "--yes", "dev")
    workspace.run("stack", "init", "dev")
    assert "rule N4" in workspace.refused()
    adopting = [f', opts=ResourceOptions(import_="{import_id}")' for import_id in ("web", "web/disk")]
    workspace.write(declared("vps-4", 50, *adopting))
    workspace.up()
    workspace.write(declared("vps-4", 50))
    workspace.up()
    workspace.changes_nothing()
    assert len(workspace.paid()) == 4


def test_c3_an_improvement_made_elsewhere_is_read_and_not_pulled_back(workspace: Workspace) -> None:
    workspace.start(declared("vps-2", 20))
    workspace.up()
    elsewhere = Workspace(workspace.folder.parent / "elsewhere")
    elsewhere.environment["QUALIT_HOME"] = str(workspace.platform)
    elsewhere.start(SERVER.format(offer="vps-2", more=', opts=ResourceOptions(import_="web")'))
    elsewhere.up()
    elsewhere.write(SERVER.format(offer="vps-4", more=""))
    elsewhere.up()

    workspace.run("refresh", "--yes", "--skip-preview")
    assert workspace.resources()["web"]["outputs"]["offer"] == "vps-4"
    refused = workspace.refused()
    assert "rule C3" in refused
    assert "the resource option ignoreChanges" in refused
    assert "erraform" not in refused
    workspace.write(declared("vps-4", 20))
    workspace.up()
    workspace.changes_nothing()
    workspace.write(declared("vps-8", 20))
    assert "-status" not in workspace.run("preview").output
    assert workspace.paid() == ["20.97", "21.00", "6.00"]


@pytest.mark.parametrize("environment", ["PATH", "virtualenv"])
def test_a_program_may_have_a_file_called_provider(workspace: Workspace, environment: str) -> None:
    """With the environment on PATH, and as the option ``virtualenv``."""
    options = f"  options:\n    virtualenv: {VIRTUALENV.parent}\n" if environment == "virtualenv" else ""
    workspace.start("import provider\n" + SERVER.format(offer=provider_says(workspace), more=""), options=options)
    workspace.up()
    assert workspace.paid() == ["20.97"]
    workspace.changes_nothing()


def provider_says(workspace: Workspace) -> str:
    (workspace.folder / "provider.py").write_text('OFFER = "vps-2"\n')
    return "vps-2"


def test_p7_the_charge_of_an_addition_by_the_id_of_a_new_server_is_unknown_and_the_purchase_works(
    workspace: Workspace,
) -> None:
    by_id = 'disk = qualit.Resource("disk", vps_id=web.id, type="disk", quantity=20)\n'
    workspace.start(SERVER.format(offer="vps-2", more="") + by_id + 'pulumi.export("charge", disk.charge)\n')
    shown = workspace.run("preview").output
    assert "not known yet" in shown
    workspace.up()
    assert workspace.outputs()["charge"]["amount"] == "6.00"


def test_n8_a_secret_stays_a_secret(workspace: Workspace) -> None:
    workspace.start(
        SERVER.format(offer="vps-2", more=', user_data="a-word-to-hide"') + 'pulumi.export("d", web.user_data)'
    )
    shown = workspace.up().output
    assert "a-word-to-hide" not in shown + workspace.state_text()
    assert workspace.outputs() == {"d": "a-word-to-hide"}


def test_functions_answer_in_a_program(workspace: Workspace) -> None:
    workspace.start(
        SERVER.format(offer="vps-2", more="")
        + 'pulumi.export("offers", [offer.id for offer in qualit.get_offers().offers])\n'
        + "sold = qualit.get_additional_resources().additional_resources\n"
        + 'pulumi.export("units", {each.type: each.unit_price for each in sold})\n'
        + 'pulumi.export("orders", len(qualit.get_orders().orders))\n'
        + 'pulumi.export("has", web.server_id.apply(lambda _: len(qualit.get_orders("web").orders)))\n'
    )
    workspace.up()
    answered = workspace.outputs()
    assert answered["offers"] == ["vps-1", "vps-2", "vps-4", "vps-8", "mem-2"]
    assert answered["units"]["disk"] == "0.10"
    assert (answered["orders"], answered["has"]) == (0, 1)


def test_c9_a_forced_replacement_is_refused_and_buys_nothing(workspace: Workspace) -> None:
    workspace.start(SERVER.format(offer="vps-2", more=""))
    workspace.up()
    replace = ("--replace", workspace.urn(f"{DYNAMIC}:Vps", "web"))
    refused = workspace.refused(*replace)
    assert "rule N4" in refused
    assert '(in Python import_="web")' in refused
    assert "leave that out" in refused
    assert "erraform" not in refused

    # With the option import_ left over the server is taken up again, and not ended either.
    workspace.write(SERVER.format(offer="vps-2", more=', opts=ResourceOptions(import_="web")'))
    workspace.up()
    workspace.up(*replace)
    assert len(workspace.listing("servers")) == 1
    assert workspace.paid() == ["20.97"]


def test_what_was_renamed_in_the_program_is_not_ended(workspace: Workspace) -> None:
    workspace.start(SERVER.format(offer="vps-2", more=""))
    workspace.up()
    renamed = SERVER.format(offer="vps-2", more=', opts=ResourceOptions(import_="web")').replace(
        'Vps("web"', 'Vps("www"'
    )
    workspace.write(renamed)
    refused = workspace.run("up", "--yes", "--skip-preview", fails=True).output
    assert "pulumi state delete" in refused
    assert "Traceback" not in refused
    workspace.run("state", "delete", workspace.urn(f"{DYNAMIC}:Vps", "web"), "--yes")
    workspace.changes_nothing()
    assert len(workspace.listing("servers")) == 1


def test_c8_a_protected_server_is_not_ended(workspace: Workspace) -> None:
    workspace.start(SERVER.format(offer="vps-2", more=", deletion_protection=True"))
    workspace.up()
    assert "rule C8" in workspace.run("destroy", "--yes", "--skip-preview", fails=True).output
    assert workspace.listing("servers")[0]["power_state"] == "running"
