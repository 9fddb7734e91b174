"""The whole way with the native plugin and programs in YAML, and `pulumi import`."""

from __future__ import annotations

import pytest

from tests.pulumi_story.workspace import NATIVE, Workspace

pytestmark = pytest.mark.cli


@pytest.fixture
def native(workspace: Workspace) -> Workspace:
    """A user who installed the plugin."""
    workspace.qualit("pulumi", "install")
    return workspace


def program(offer: str, disk: int, more: str = "") -> str:
    return f"""
resources:
  web:
    type: qualit:Vps
    properties:
      name: web
      offer: {offer}
      termMonths: 3
{more}
  disk:
    type: qualit:Resource
    properties:
      vpsId: ${{web.serverId}}
      type: disk
      quantity: {disk}
outputs:
  charge: ${{disk.charge}}
"""


def test_a_server_is_declared_priced_paid_run_improved_and_ended(native: Workspace) -> None:
    native.start_yaml(program("vps-2", 20))
    shown = native.run("preview").output
    assert "Will charge 20.97 EUR now: new contract: vps-2 with debian-12 for 3 months" in shown
    assert "Will charge 6.00 EUR now" in shown
    assert 'amount : "6.00"' in shown
    assert native.listing("orders") == []
    native.up()
    assert native.paid() == ["20.97", "6.00"]
    assert native.outputs()["charge"]["amount"] == "6.00"
    native.changes_nothing()

    native.write_yaml(program("vps-4", 50))
    assert "Will charge 21.00 EUR now: improvement: vps-2 to vps-4" in native.run("preview").output
    native.up()
    assert native.paid() == ["20.97", "21.00", "6.00", "9.00"]

    for offer, disk, rule in (("vps-2", 50, "rule C3"), ("mem-2", 50, "rule C2"), ("vps-4", 20, "rule C3")):
        native.write_yaml(program(offer, disk))
        assert rule in native.refused()

    native.write_yaml(program("vps-4", 50, "      powerState: sleeping"))
    native.up()
    assert native.listing("servers")[0]["power_state"] == "sleeping"
    native.write_yaml(program("vps-4", 50))
    native.changes_nothing()

    is_imported(native)
    assert "rule C8" in native.run("destroy", "--yes", "--skip-preview").output
    assert native.listing("servers") == []
    assert len(native.paid()) == 4


def is_imported(native: Workspace) -> None:
    """A lost state buys nothing (N4): `pulumi import` takes up what is there."""
    native.run("stack", "rm", "--force", "--yes", "dev")
    native.run("stack", "init", "dev")
    assert "rule N4" in native.refused()
    for token, name, import_id in (("Vps", "web", "web"), ("Resource", "disk", "web/disk")):
        native.run("import", f"{NATIVE}:{token}", name, import_id, "--yes", "--protect=false", "--generate-code=false")
    native.up()
    native.changes_nothing()


def test_c3_a_refresh_shows_what_was_improved_elsewhere(native: Workspace) -> None:
    native.start_yaml(program("vps-2", 20))
    native.up()
    elsewhere = Workspace(native.folder.parent / "elsewhere")
    elsewhere.environment["QUALIT_HOME"] = str(native.platform)
    elsewhere.start('qualit.Vps("web", name="web", offer="vps-2", term_months=3, opts=ResourceOptions(import_="web"))')
    elsewhere.up()
    elsewhere.write('qualit.Vps("web", name="web", offer="vps-4", term_months=3)')
    elsewhere.up()
    native.run("refresh", "--yes", "--skip-preview")
    assert native.resources()["web"]["outputs"]["offer"] == "vps-4"
    assert "rule C3" in native.refused()
    native.write_yaml(program("vps-4", 20))
    native.up()
    assert native.paid() == ["20.97", "21.00", "6.00"]


def test_c9_a_forced_replacement_is_refused_and_buys_nothing(native: Workspace) -> None:
    native.start_yaml(program("vps-2", 20))
    native.up()
    assert "rule N4" in native.refused("--replace", native.urn(f"{NATIVE}:Vps", "web"))
    assert native.paid() == ["20.97", "6.00"]


def test_a_state_of_a_newer_version_is_left_alone(native: Workspace) -> None:
    native.start_yaml(program("vps-2", 20))
    native.up()
    native.edit_state(lambda state: state["web"]["outputs"].update({"__schemaVersion": 7}))
    assert "newer provider" in native.run("up", "--yes", "--skip-preview", fails=True).output
    assert native.paid() == ["20.97", "6.00"]


def test_the_schema_makes_sdks(native: Workspace) -> None:
    native.start_yaml("")
    schema = native.folder / "schema.json"
    schema.write_text(native.run("package", "get-schema", "qualit").output)
    for language, file in (("nodejs", "vps.ts"), ("go", "vps.go"), ("python", "pulumi_qualit_native/vps.py")):
        native.generate_sdk(schema, language, native.folder / language)
        assert (native.folder / language / file).exists()
