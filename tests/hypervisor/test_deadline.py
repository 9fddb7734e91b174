"""A host that takes connections and answers nothing keeps nobody: not a call, not the next one, not a process."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.platform.hypervisor.connection import LibvirtConnection
from provider.platform.hypervisor.deadline import Deadlines
from provider.platform.hypervisor.port import HypervisorUnavailableError

SHORT = Deadlines(opening=0.3, quick=0.3)


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[str]:
    """The address of a daemon that hangs."""
    path = tmp_path / "libvirt-sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield f"qemu+unix:///system?socket={path}"


def test_a_silent_daemon_is_given_up_with_what_to_look_at(silent: str) -> None:
    with pytest.raises(HypervisorUnavailableError, match=r"has not answered for 0\.3 seconds \(open\)") as caught:
        LibvirtConnection(silent, SHORT).handle()
    assert f"virsh -c {silent} list" in caught.value.remedy
    assert "the machines run on" in caught.value.remedy


def test_while_a_call_has_not_come_back_nobody_waits_for_another(silent: str) -> None:
    with pytest.raises(HypervisorUnavailableError):
        LibvirtConnection(silent, SHORT).handle()
    began = time.monotonic()
    with pytest.raises(HypervisorUnavailableError, match=r"still not answered an earlier call \(open\)"):
        LibvirtConnection(silent, Deadlines()).handle()
    assert time.monotonic() - began < 0.2


def test_a_process_ends_although_its_call_has_not_come_back_and_prints_nothing(silent: str) -> None:
    program = (
        "import sys, time\n"
        "from tests.hypervisor.test_deadline import *\n"
        "try:\n    LibvirtConnection(sys.argv[1], SHORT).handle()\n"
        "except HypervisorUnavailableError:\n    print('given up')\n"
    )
    command = [sys.executable, "-c", program, silent]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "given up\n", "")


def test_the_test_driver_needs_no_event_loop_and_no_thread() -> None:
    program = (
        "import threading\n"
        "from provider.platform.hypervisor.connection import LibvirtConnection\n"
        "handle = LibvirtConnection('test:///default').handle()\n"
        "print(handle.getHostname() != '', threading.active_count())\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "True 1\n", "")
