"""The plugin as a process of its own: its port, its engine, and its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provider import __version__
from provider.pulumi.handshake import engine_address
from provider.pulumi.protocol import pb, rpc
from tests.pulumi.conftest import VPS
from tests.pulumi.host import EngineLog, Host, open_channel

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-P", "-E", "-m", "provider.pulumi")


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A plugin process and its port; it must have said nothing else when it ended."""
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline())
        finally:
            process.kill()
            out, err = process.communicate()
    assert (out, err) == ("", "")


@pytest.fixture
def engine() -> Iterator[EngineLog]:
    made = EngineLog()
    yield made
    made.close()


def test_an_engine_gets_the_port_and_notices_and_ends_the_process_by_an_interrupt(
    engine: EngineLog, tmp_path: Path
) -> None:
    with started(engine.address) as (process, port), open_channel(port) as channel:
        host = Host(channel, engine)
        host.handshake()
        host.configure(home=str(tmp_path / "home"), libvirtUri="test:///default", paymentMethod="test-visa")
        host.up(VPS, {"name": "web", "offer": "vps-2"})
        assert "Charging 6.99 EUR now" in engine.texts("INFO")[0]
        host.cancel()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_the_engines_address_of_the_command_line_is_used_until_a_handshake_says_another(
    engine: EngineLog, tmp_path: Path
) -> None:
    with started("--logtostderr", "-v=9", engine.address) as (process, port), open_channel(port) as channel:
        host = Host(channel, engine)
        host.configure(home=str(tmp_path / "home"), libvirtUri="test:///default", paymentMethod="test-visa")
        host.preview(VPS, {"name": "web", "offer": "vps-2"})
        assert len(engine.texts("INFO")) == 1
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        ([], ""),
        (["127.0.0.1:1"], "127.0.0.1:1"),
        (["--logtostderr", "-v=9"], ""),
        (["--tracing", "tcp://127.0.0.1:2"], ""),
        (["--logtostderr", "--tracing", "tcp://127.0.0.1:2", "127.0.0.1:1"], "127.0.0.1:1"),
    ],
)
def test_the_address_is_told_from_options(arguments: list[str], address: str) -> None:
    assert engine_address(arguments) == address


def test_attached_to_it_serves_one_run_after_the_other(engine: EngineLog, tmp_path: Path) -> None:
    with started() as (_, port):
        for run in range(2):
            with open_channel(port) as channel:
                host = Host(channel, engine)
                host.handshake()
                host.call("Attach", rpc.PluginAttach(address=engine.address))
                host.configure(home=str(tmp_path / "home"), libvirtUri="test:///default", paymentMethod="test-visa")
                host.up(VPS, {"name": f"web-{run}", "offer": "vps-2"})
                host.cancel()
        assert len(engine.texts("INFO")) == 2


def test_an_engine_that_is_gone_fails_no_change(engine: EngineLog, tmp_path: Path) -> None:
    with started() as (_, port), open_channel(port) as channel:
        host = Host(channel, engine)
        host.handshake()
        engine.close()
        host.configure(home=str(tmp_path / "home"), libvirtUri="test:///default", paymentMethod="test-visa")
        assert host.up(VPS, {"name": "web", "offer": "vps-2"}).outputs["status"] == "active"


def test_the_process_ends_when_its_engine_was_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = '"$@" & echo $! > "$PID_FILE"; wait'
    environment = {**os.environ, "PID_FILE": str(pid_file)}
    with subprocess.Popen(
        ["/bin/sh", "-c", script, "sh", *COMMAND], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as host:
        assert host.stdout is not None
        assert int(host.stdout.readline()) > 0
        plugin = int(pid_file.read_text())
        host.kill()
    deadline = time.monotonic() + 30
    while _lives(plugin) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _lives(plugin)


def test_it_listens_on_the_loopback_address_alone() -> None:
    with started() as (_, port):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5)


def test_it_tells_its_version_and_answers_what_it_does_not_map(engine: EngineLog) -> None:
    with started() as (_, port), open_channel(port) as channel:
        host = Host(channel, engine)
        assert host.call("GetPluginInfo", pb.Empty()).version == __version__
        assert host.call("GetMapping", rpc.GetMappingRequest(key="terraform")).data == b""
        assert list(host.call("GetMappings", rpc.GetMappingsRequest(key="terraform")).providers) == []


def _lives(pid: int) -> bool:
    """Whether a process still runs; one that has ended may wait for a parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[-1][0] != "Z"
    except FileNotFoundError:
        return False
