"""Bad input: a clear error on the property, and nothing bought by accident."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.pulumi_story.workspace import Workspace

pytestmark = pytest.mark.cli

WEB = 'name="web", offer="vps-2"'
WAITS_FOR_A_FILE = """
import time
from pathlib import Path

def wait(_):
    Path("ready").touch()
    while not Path("go").exists():
        time.sleep(0.05)
    return {"team": "shop"}

first = qualit.Vps("first", name="first", offer="vps-1")
if not pulumi.runtime.is_dry_run():
    labels = first.status.apply(wait)
else:
    labels = None
qualit.Vps("second", name="second", offer="vps-1", labels=labels)
"""


@pytest.mark.parametrize(
    ("program", "property_", "said"),
    [
        ('qualit.Vps("web", name="web", offer=5)', "offer", "takes a string, not a number"),
        (f'qualit.Vps("web", {WEB}, ssh_keys="one")', "sshKeys", "takes a list, not a string"),
        (f'qualit.Vps("web", {WEB}, term_months=5)', "termMonths", "rule S4"),
        (f'qualit.Vps("web", {WEB}, timeouts={{"create": "soon"}})', "timeouts", '"1h30m"'),
        (f'qualit.Vps("web", {WEB}, payment_method="cash")', "paymentMethod", "rule S5"),
        ('qualit.Vps("web", name="Web!", offer="vps-2")', "name", "lower-case"),
    ],
)
def test_a_wrong_value_is_refused_in_the_preview(workspace: Workspace, program: str, property_: str, said: str) -> None:
    workspace.start(program)
    refused = workspace.refused()
    assert f"property {property_} " in refused
    assert said in refused
    assert workspace.listing("orders") == []


def test_an_unknown_property_is_refused_in_the_preview(workspace: Workspace) -> None:
    """Python itself says it of an argument; a transformation can write what it likes."""
    workspace.start(
        'def change(a):\n    return pulumi.ResourceTransformationResult({**a.props, "ofer": "vps-4"}, a.opts)\n'
        f'qualit.Vps("web", {WEB}, opts=ResourceOptions(transformations=[change]))'
    )
    assert "Did you mean offer?" in workspace.refused()
    workspace.write(f'qualit.Vps("web", {WEB}, ofer="vps-4")')
    assert "unexpected keyword argument 'ofer'" in workspace.refused()


def test_n8_a_name_is_no_secret(workspace: Workspace) -> None:
    workspace.start('qualit.Vps("web", name=pulumi.Output.secret("web"), offer="vps-2")')
    assert "A name cannot be a secret (rule N8)" in workspace.refused()


def test_n4_two_stacks_do_not_buy_the_same_server_twice(workspace: Workspace) -> None:
    workspace.start(f'qualit.Vps("web", {WEB})')
    workspace.up()
    workspace.run("stack", "init", "other")
    assert "rule N4" in workspace.refused()
    assert "rule N4" in workspace.run("up", "--yes", "--skip-preview", fails=True).output
    assert len(workspace.listing("orders")) == 1


def test_a_setting_that_does_not_exist_is_refused(workspace: Workspace) -> None:
    workspace.start(f'qualit.Vps("web", {WEB})')
    workspace.run("config", "set", "qualit:hom", "elsewhere")
    assert "Did you mean home?" in workspace.refused()


def test_a_declined_payment_is_an_error_without_a_stack_of_calls(workspace: Workspace) -> None:
    workspace.start(f'qualit.Vps("web", {WEB}, payment_method="test-declined")')
    declined = workspace.run("up", "--yes", "--skip-preview", fails=True).output
    assert "declined" in declined
    assert "Traceback" not in declined
    assert workspace.listing("servers") == []


def test_a_plugin_that_dies_in_between_is_a_clear_error_and_the_next_up_goes_on(workspace: Workspace) -> None:
    workspace.start(WAITS_FOR_A_FILE)
    up = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never"],
        cwd=workspace.folder,
        env={**workspace.environment, "QUALIT_TEST_MARK": str(workspace.folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert up.stdout is not None
    with up.stdout:
        while not (workspace.folder / "ready").exists():
            assert up.poll() is None, up.stdout.read()
            time.sleep(0.05)
        for process in plugins_of(workspace):
            os.kill(process, signal.SIGKILL)
        (workspace.folder / "go").touch()
        said = up.stdout.read()
    assert up.wait() != 0
    assert "The Qual.IT plugin ended" in said
    assert "Nothing is bought twice" in said
    workspace.up()
    assert [server["name"] for server in workspace.listing("servers")] == ["first", "second"]
    assert workspace.paid() == ["3.99", "3.99"]
    assert plugins_of(workspace) == []


def plugins_of(workspace: Workspace) -> list[int]:
    """The plugin processes that serve this workspace, by the platform they were given."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
            environment = (entry / "environ").read_bytes().split(b"\0")
        except (OSError, NotADirectoryError):
            continue
        if b"provider.pulumi" in command and f"QUALIT_HOME={workspace.platform}".encode() in environment:
            found.append(int(entry.name))
    return found
