"""Makes the files in ``recorded/`` with the real tools: ``python -m tests.cost.record [terraform|pulumi]``.

They need both on PATH, or Pulumi where ``make tools`` puts it. What a report does not read is left out of the files, so
that they stay small.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.pulumi_story.workspace import Workspace as PulumiWorkspace
from tests.story.workspace import Workspace

RECORDED = Path(__file__).with_name("recorded")
BOUGHT, LATER = "2026-01-31T09:00:00Z", "2026-02-14T09:00:00Z"

SERVER = """
resource "qualit_vps" "web" {{
  name        = "web-1"
  offer       = "{offer}"
  term_months = 3
}}
"""
DISK = """
resource "qualit_resource" "disk" {{
  vps_id   = qualit_vps.web.id
  type     = "disk"
  quantity = {quantity}
}}
"""
CONTRACT = """
resource "qualit_order" "annual" {
  name        = "annual"
  offer       = "vps-1"
  os          = "suse-enterprise-15"
  term_months = 12
}

resource "qualit_vps" "worker" {
  name     = "worker-1"
  order_id = qualit_order.annual.id
}
"""
SIZE = """
resource "terraform_data" "size" {
  input = 50
}
"""
FOREIGN = """
resource "terraform_data" "one" {
  input = "one"
}
"""
READ_OF_A_PLAN = ("format_version", "terraform_version", "resource_changes", "errored")
READ_OF_A_RESOURCE = ("urn", "type", "custom", "delete", "id", "inputs", "outputs", "propertyDependencies")
READ_OF_A_CHANGE = ("actions", "before", "after", "after_unknown")


def record_terraform(folder: Path) -> None:
    """Plans and states of a server's life, by Terraform."""
    workspace = Workspace(folder, shutil.which("terraform") or "terraform", "test:///default")
    workspace.install()
    workspace.at(BOUGHT)

    def plan(name: str, configuration: str, *arguments: str) -> None:
        workspace.write(configuration)
        (workspace.folder / "saved.tfplan").unlink(missing_ok=True)
        print(name, workspace.plan(*arguments).exit_code)
        _write(name, _smaller_plan(_shown(workspace, "saved.tfplan")))

    before = SERVER.format(offer="vps-2") + DISK.format(quantity=20) + CONTRACT
    plan("terraform-new", before)
    plan("terraform-unknown", SERVER.format(offer="vps-2") + DISK.format(quantity="terraform_data.size.output") + SIZE)
    workspace.write(before)
    applied = workspace.apply()
    assert applied.exit_code == 0, applied.output
    workspace.at(LATER)
    plan("terraform-improved", SERVER.format(offer="vps-4") + DISK.format(quantity=50) + CONTRACT)
    plan("terraform-refused", SERVER.format(offer="vps-1") + DISK.format(quantity=50) + CONTRACT)
    plan("terraform-released", SERVER.format(offer="vps-2") + CONTRACT)
    plan("terraform-destroyed", before, "-destroy")
    _write("terraform-state", _smaller_state(_shown(workspace)))
    workspace.run("taint", "qualit_vps.web")
    _write("terraform-tainted", _smaller_state(_shown(workspace)))
    for state in workspace.folder.glob("terraform.tfstate*"):
        state.unlink()
    plan("terraform-foreign", FOREIGN)


PROGRAM = """
web = qualit.Vps("web", name="web-1", offer="{offer}", term_months=3)
disk = qualit.Resource("disk", vps=web, type="disk", quantity={quantity})
"""
NATIVE = """
resources:
  web:
    type: qualit:Vps
    properties:
      name: web-1
      offer: {offer}
      termMonths: 3
  disk:
    type: qualit:Resource
    properties:
      vpsId: ${{web.serverId}}
      type: disk
      quantity: 20
"""


def record_pulumi(folder: Path) -> None:
    """Previews of a server's life, by Pulumi: with the dynamic provider, then with the native plugin."""
    workspace = PulumiWorkspace(folder / "dynamic")
    workspace.at(BOUGHT)
    workspace.start(PROGRAM.format(offer="vps-2", quantity=20))
    _write("pulumi-new", _preview(workspace))
    workspace.up()
    workspace.at(LATER)
    for name, offer, quantity in (("improved", "vps-4", 50), ("refused", "vps-1", 50)):
        workspace.write(PROGRAM.format(offer=offer, quantity=quantity))
        _write(f"pulumi-{name}", _preview(workspace))
    _write("pulumi-destroyed", _preview(workspace, "destroy", "--preview-only"))
    exported = json.loads(_output(workspace, "stack", "export"))
    _write("pulumi-state", {"version": exported["version"], "deployment": _smaller_deployment(exported["deployment"])})
    native = PulumiWorkspace(folder / "native")
    native.at(BOUGHT)
    native.qualit("pulumi", "install")
    native.start_yaml(NATIVE.format(offer="vps-2"))
    _write("pulumi-native", _preview(native))
    native.up()
    native.at(LATER)
    native.write_yaml(NATIVE.format(offer="vps-1"))
    _write("pulumi-native-refused", _preview(native))
    native.write_yaml(NATIVE.format(offer="vps-4"))
    _write("pulumi-native-improved", _preview(native, "preview", "--show-sames"))
    _write("pulumi-native-hidden", _preview(native))


def _preview(workspace: PulumiWorkspace, *arguments: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(_output(workspace, *(arguments or ("preview",)), "--json", "--non-interactive"))
    for step in shown.get("steps", []):
        for side in ("oldState", "newState"):
            if side in step:
                step[side] = _smaller_resource(step[side])
    return shown


def _output(workspace: PulumiWorkspace, *arguments: str) -> str:
    return workspace._run(["pulumi", *arguments], keep_errors_apart=True).output


def _smaller_deployment(deployment: dict[str, Any]) -> dict[str, Any]:
    return {"resources": [_smaller_resource(each) for each in deployment["resources"]]}


def _smaller_resource(resource: dict[str, Any]) -> dict[str, Any]:
    for side in ("inputs", "outputs"):
        resource.get(side, {}).pop("__provider", None)
    return {name: resource[name] for name in READ_OF_A_RESOURCE if name in resource}


def _shown(workspace: Workspace, *plan: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(workspace.run("show", "-json", *plan).output)
    return shown


def _smaller_plan(plan: dict[str, Any]) -> dict[str, Any]:
    kept = {name: plan[name] for name in READ_OF_A_PLAN if name in plan}
    if plan.get("errored"):
        kept["prior_state"] = _smaller_state(plan["prior_state"])
    for resource in kept.get("resource_changes", []):
        resource["change"] = {name: resource["change"][name] for name in READ_OF_A_CHANGE if name in resource["change"]}
    return kept


def _smaller_state(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name in ("format_version", "terraform_version", "values")}


def _write(name: str, content: dict[str, Any]) -> None:
    (RECORDED / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Record what is asked for, or all of it."""
    recorders = {"terraform": record_terraform, "pulumi": record_pulumi}
    for name, record in recorders.items():
        if name in sys.argv or not {*recorders} & {*sys.argv}:
            with tempfile.TemporaryDirectory() as folder:
                record(Path(folder))


if __name__ == "__main__":
    main()
