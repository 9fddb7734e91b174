"""A real machine that another hand changed, with a real tool: seen at refresh, planned back, brought back (S7)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.platform.hypervisor.demo_image import install_demo_images
from tests.hypervisor.conftest import start_daemons
from tests.story.tools import TERRAFORM_1_15
from tests.story.workspace import Workspace

pytestmark = [pytest.mark.cli, pytest.mark.qemu]

URI = "qemu:///system"
SERVER = """
resource "qualit_vps" "web" {{
  name  = "web"
  offer = "{offer}"
{more}}}
"""
RUNNING, SLEEPING = ('  power_state = "running"\n', '  power_state = "sleeping"\n')


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Workspace]:
    start_daemons()
    install_demo_images(URI)
    made = Workspace(tmp_path, TERRAFORM_1_15.path(), URI)
    made.install()
    yield made
    made.write("")
    ended = made.apply()
    assert ended.exit_code == 0, ended.output


def declare(story: Workspace, more: str = RUNNING, offer: str = "vps-1") -> None:
    story.write(SERVER.format(more=more, offer=offer))


def by_another_hand(story: Workspace, *words: str) -> str:
    """What somebody with access to the host does to the machine."""
    (server,) = story.listing("servers")
    command, *rest = words
    run = subprocess.run(
        ["virsh", "-c", URI, command, server["domain_uuid"], *rest], capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def kill_qemu(story: Workspace) -> None:
    (server,) = story.listing("servers")
    found = subprocess.run(["pgrep", "-f", f"qemu-system.*{server['domain_uuid']}"], capture_output=True, text=True)
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    deadline = time.monotonic() + 20
    while by_another_hand(story, "domstate") == "running" and time.monotonic() < deadline:
        time.sleep(0.1)


def brings_back(story: Workspace, found: str, left: str, says: str) -> None:
    """The plan shows what became of the machine and its way back, and the apply goes it; nothing is paid."""
    orders = len(story.listing("orders"))
    planned = story.plan()
    assert planned.exit_code == 0, planned.output
    assert says in planned.text
    change = story.changes()["qualit_vps.web"]
    assert change["actions"] == ["update"]
    assert (change["before"]["power_state"], change["after"]["power_state"]) == (found, left)
    assert story.listing("servers")[0]["power_state"] == found
    applied = story.apply_saved()
    assert applied.exit_code == 0, applied.output
    (server,) = story.listing("servers")
    assert (server["power_state"], server["wished_power_state"]) == (left, left)
    assert story.plan("-detailed-exitcode").exit_code == 0
    assert len(story.listing("orders")) == orders


def test_s7_whatever_became_of_a_machine_the_plan_says_it_and_the_apply_mends_it(story: Workspace) -> None:
    declare(story)
    applied = story.apply()
    assert applied.exit_code == 0, applied.output

    by_another_hand(story, "suspend")
    brings_back(story, "paused", "running", "It was paused on its host")
    by_another_hand(story, "managedsave")
    brings_back(story, "sleeping", "running", "Its memory was saved on its host")
    by_another_hand(story, "destroy")
    brings_back(story, "off", "running", "as if its plug was pulled")
    kill_qemu(story)
    brings_back(story, "off", "running", "its QEMU crashed or was killed")

    # Asleep, it is improved without being woken; what was saved of it is removed; it wakes with what was bought.
    declare(story, SLEEPING)
    assert story.apply().exit_code == 0
    declare(story, SLEEPING, offer="vps-2")
    planned = story.plan()
    assert "web has it when it wakes (rule C1)" in planned.text, planned.output
    assert story.apply_saved().exit_code == 0
    assert by_another_hand(story, "domstate") == "shut off"
    by_another_hand(story, "managedsave-remove")
    brings_back(story, "off", "sleeping", "its system starts afresh")
    by_another_hand(story, "start")
    brings_back(story, "running", "sleeping", "It was woken on its host")
    declare(story, RUNNING, offer="vps-2")
    assert story.apply().exit_code == 0
    assert by_another_hand(story, "vcpucount", "--current", "--live") == "2"

    # Left out, what another hand did stays (C10), and `qualit status` says so until it is written down.
    declare(story, "", offer="vps-2")
    by_another_hand(story, "destroy")
    kept = story.plan("-detailed-exitcode")
    assert kept.exit_code == 0, kept.output
    assert "without power_state it stays as it is (rule C10)" in kept.text
    status = story.run_qualit("status", "--exit-code")
    assert status.exit_code == 1
    assert "web is off and was left running (rule S7)" in status.text
    declare(story, '  power_state = "off"\n', offer="vps-2")
    written = story.apply()
    assert written.exit_code == 0, written.output
    assert story.run_qualit("status", "--exit-code").exit_code == 0
    assert by_another_hand(story, "domstate") == "shut off"
