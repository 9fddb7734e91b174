"""Orders that outlive the tool that placed them, with the real CLI: killed, slow, confirmed later, two at once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest

from provider.platform.payments.sandbox import SandboxGateway
from tests.story.workspace import Run, Workspace

pytestmark = pytest.mark.cli

SERVER = """
resource "qualit_vps" "web" {
  name  = "web"
  offer = "vps-2"
}
"""
CONFIRMED_LATER = SERVER.replace("}", '  payment_method = "test-3ds"\n}')
BETTER = SERVER.replace("vps-2", "vps-4")
SECONDS = 60.0


def statuses(workspace: Workspace) -> list[str]:
    return [order["status"] for order in workspace.listing("orders")]


def wait_for(workspace: Workspace, *wanted: str) -> None:
    """Until the orders have these statuses, which somebody else brings about."""
    deadline = time.monotonic() + SECONDS
    while statuses(workspace) != list(wanted):
        assert time.monotonic() < deadline, f"{statuses(workspace)} instead of {wanted}"
        time.sleep(0.3)


def charged(workspace: Workspace) -> list[str]:
    return [payment["amount"] for payment in workspace.listing("payments") if payment["status"] == "succeeded"]


def start_apply(workspace: Workspace) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [workspace.tool, "apply", "-no-color", "-input=false", "-auto-approve"],
        cwd=workspace.folder,
        env=workspace.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kill_an_apply_while_it_pays(workspace: Workspace) -> None:
    """The tool and its plugins, at once and without a word, while the gateway has the payment in hand."""
    workspace.write(SERVER)
    workspace.listing("orders")
    gateway = SandboxGateway(workspace.platform)
    gateway.arrange("confirm", "slow", times=1, seconds=60)
    apply = start_apply(workspace)
    wait_for(workspace, "paying")
    os.killpg(apply.pid, signal.SIGKILL)
    apply.communicate()
    gateway.calm()


def test_n1_n4_an_apply_that_is_killed_while_it_pays_is_charged_once_and_its_server_is_found(
    workspace: Workspace,
) -> None:
    kill_an_apply_while_it_pays(workspace)

    workspace.qualit("work", "--until-idle")

    assert statuses(workspace) == ["active"]
    assert charged(workspace) == ["6.99"]
    assert workspace.state() == {}, "the killed tool wrote nothing"
    plan = workspace.plan()
    assert plan.exit_code == 1
    assert "(rule N4)" in plan.text
    assert "terraform import qualit_vps" in plan.text
    imported = workspace.run("import", "-input=false", "qualit_vps.web", "web")
    assert imported.exit_code == 0, imported.output
    again = workspace.apply()
    assert "0 added, 0 changed, 0 destroyed" in again.text
    assert charged(workspace) == ["6.99"]


def test_n1_an_apply_that_is_killed_is_finished_by_the_next_apply(workspace: Workspace) -> None:
    kill_an_apply_while_it_pays(workspace)
    (Path(workspace.folder) / ".terraform.tfstate.lock.info").unlink(missing_ok=True)

    again = workspace.apply()

    assert again.exit_code == 0, again.output
    assert statuses(workspace) == ["active"]
    assert charged(workspace) == ["6.99"]
    assert workspace.state()["qualit_vps.web"]["status"] == "active"


def test_a_payment_that_takes_longer_than_the_apply_is_finished_by_the_worker_that_it_leaves(
    workspace: Workspace,
) -> None:
    workspace.write(SERVER.replace("}", '  timeouts = { create = "1s" }\n}'))
    workspace.listing("orders")
    SandboxGateway(workspace.platform).arrange("confirm", "slow", times=1, seconds=14)
    apply = workspace.apply()
    assert apply.exit_code == 1
    assert "The order is not paid yet" in apply.text
    assert "never charged twice" in apply.text
    wait_for(workspace, "active")
    assert charged(workspace) == ["6.99"]


def test_l4_3d_secure_hands_over_its_url_and_the_next_apply_goes_on(workspace: Workspace) -> None:
    workspace.write(CONFIRMED_LATER)
    first = workspace.apply()
    assert first.exit_code == 1
    assert "The payment must be confirmed" in first.text
    assert re.search(r"https://\S+/3d-secure/pay_\w+", first.text)
    assert (statuses(workspace), charged(workspace), workspace.state()) == (["action_required"], [], {})

    (payment,) = workspace.listing("payments")
    workspace.qualit("payments", "confirm", str(payment["id"]))
    second = workspace.apply()

    assert second.exit_code == 0, second.output
    assert (statuses(workspace), charged(workspace)) == (["active"], ["6.99"])


def test_n6_of_two_applies_of_one_change_one_wins_and_nothing_is_paid_twice(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.at("2026-01-31T09:00:00Z")
    workspace.write(SERVER)
    assert workspace.apply().exit_code == 0
    workspace.write(BETTER)
    assert workspace.plan().exit_code == 0
    other = _copy_of(workspace, tmp_path / "other")

    runs: list[Run] = []
    threads = [threading.Thread(target=lambda w=w: runs.append(w.apply_saved())) for w in (workspace, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses(workspace) == ["active", "active"]
    assert sum(map(Decimal, charged(workspace))) == Decimal("6.99") + Decimal("7.00")
    assert [run.exit_code for run in runs].count(0) >= 1
    for run in runs:
        assert run.exit_code == 0 or "rule N6" in run.text, run.output


def _copy_of(workspace: Workspace, folder: Path) -> Workspace:
    """Another checkout of the same configuration, with the same state and the same saved plan."""
    other = Workspace(folder, workspace.tool, "test:///default")
    shutil.copytree(workspace.folder, other.folder, dirs_exist_ok=True, symlinks=True)
    other.environment = workspace.environment
    other.platform = workspace.platform
    return other
