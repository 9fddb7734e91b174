"""The plugin as a process of its own: handshake, mutual TLS, and its end."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import grpc
import pytest
from cryptography import x509

from provider.terraform.handshake import COOKIE
from provider.terraform.protocol import message
from tests.terraform.go_client import ROOT, TOY, Identity, Plugin, new_identity, started
from tests.terraform.host import Host, client_calls
from tests.terraform.toy import make_server


def shut_down(channel: grpc.Channel) -> None:
    client_calls(channel, "plugin.GRPCController")["Shutdown"](message("plugin.Empty")(), timeout=10)


def health(channel: grpc.Channel, service: str = "plugin") -> int:
    request = message("grpc.health.v1.HealthCheckRequest")(service=service)
    status: int = client_calls(channel, "grpc.health.v1.Health")["Check"](request, timeout=10).status
    return status


def output_of(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", TOY, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_a_host_with_a_p521_certificate_makes_a_change_over_mutual_tls_and_shuts_the_process_down() -> None:
    identity = new_identity()
    with started(identity) as plugin:
        with plugin.channel(identity) as channel:
            output = client_calls(channel, "plugin.GRPCStdio")["StreamStdio"](message("google.protobuf.Empty")())
            assert health(channel) == message("grpc.health.v1.HealthCheckResponse").SERVING
            host = Host(channel, make_server())
            host.configure()
            state = host.create("qualit_box", name="a", labels={"text": "x" * 5_000_000})
            assert host.refresh("qualit_box", state).values == state.values
            shut_down(channel)
            assert list(output) == []
        assert plugin.process.wait(10) == 0
        assert not Path(plugin.address).parent.exists()


def test_the_certificate_is_for_localhost_and_verifies_as_its_own_root() -> None:
    identity = new_identity()
    with started(identity) as plugin:
        certificate = x509.load_pem_x509_certificate(plugin.certificate)
        certificate.verify_directly_issued_by(certificate)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == ["localhost"]
        assert "=" not in plugin.line


def answer_to(plugin: Plugin, identity: Identity | None, folder: Path) -> bytes:
    """What the plugin says to a client that begins HTTP/2 with this certificate, or with none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=plugin.certificate.decode())
    context.set_alpn_protocols(["h2"])
    if identity is not None:
        chain = folder / "identity.pem"
        chain.write_bytes(identity.key + identity.certificate)
        context.load_cert_chain(chain)
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(10)
        raw.connect(plugin.address)
        with context.wrap_socket(raw, server_hostname="localhost") as connection:
            assert connection.selected_alpn_protocol() == "h2"
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))
            return connection.recv(9)


def test_only_the_very_client_that_announced_itself_is_let_in(tmp_path: Path) -> None:
    identity = new_identity()
    with started(identity) as plugin:
        settings_frame = 4
        assert answer_to(plugin, identity, tmp_path)[3] == settings_frame
        with pytest.raises((ssl.SSLError, ConnectionError)):
            answer_to(plugin, None, tmp_path)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            answer_to(plugin, new_identity(), tmp_path)


def test_a_client_with_a_certificate_that_the_announced_one_signed_gets_no_answer(tmp_path: Path) -> None:
    identity = new_identity()
    with started(identity) as plugin:
        try:
            answer = answer_to(plugin, new_identity(issuer=identity), tmp_path)
        except (ssl.SSLError, ConnectionError):
            answer = b""
        assert answer == b""


def test_who_speaks_no_tls_gets_no_answer() -> None:
    with started(new_identity()) as plugin, plugin.channel(None) as channel, pytest.raises(grpc.RpcError):
        health(channel)


def test_the_sockets_lie_in_a_folder_that_only_this_user_may_open() -> None:
    with started(new_identity()) as plugin:
        assert stat.S_IMODE(Path(plugin.address).parent.stat().st_mode) == 0o700


def test_a_host_without_tls_is_served_plainly() -> None:
    with started(None) as plugin:
        assert plugin.line == f"1|6|unix|{plugin.address}|grpc|\n"
        with plugin.channel(None) as channel:
            assert Host(channel, make_server()).call("GetProviderSchema").resource_schemas.keys() == {"qualit_box"}
            shut_down(channel)
        assert plugin.process.wait(10) == 0


def test_a_long_path_for_temporary_files_does_not_break_the_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    with started(None, environment={"TMPDIR": str(deep)}) as plugin, plugin.channel(None) as channel:
        assert health(channel)


def test_health_is_answered_for_the_plugin_alone() -> None:
    with started(None) as plugin, plugin.channel(None) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            health(channel, "something-else")
        assert isinstance(refused.value, grpc.Call)
        assert refused.value.code() == grpc.StatusCode.NOT_FOUND


def test_calls_that_are_not_offered_are_unimplemented() -> None:
    with started(None) as plugin, plugin.channel(None) as channel:
        call: Callable[..., bytes] = channel.unary_unary("/tfplugin6.Provider/ValidateEphemeralResourceConfig")
        with pytest.raises(grpc.RpcError) as refused:
            call(b"", timeout=10)
        assert isinstance(refused.value, grpc.Call)
        assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_started_by_hand_it_explains_itself() -> None:
    environment = {name: value for name, value in os.environ.items() if name != COOKIE[0]}
    done = output_of(environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert 'source = "qualit/qualit"' in done.stderr


def test_a_client_certificate_that_is_none_is_refused() -> None:
    done = output_of({**os.environ, COOKIE[0]: COOKIE[1], "PLUGIN_CLIENT_CERT": "nonsense"})
    assert (done.returncode, done.stdout) == (1, "")
    assert "PLUGIN_CLIENT_CERT" in done.stderr


def test_an_interrupt_from_the_terminal_is_left_to_the_host_and_a_termination_ends_the_process() -> None:
    with started(None) as plugin, plugin.channel(None) as channel:
        assert health(channel)
        plugin.process.send_signal(signal.SIGINT)
        assert health(channel)
        plugin.process.send_signal(signal.SIGTERM)
        assert plugin.process.wait(10) == 0


def test_a_termination_in_the_first_moment_leaves_no_sockets_behind() -> None:
    with started(new_identity()) as plugin:
        plugin.process.terminate()
        assert plugin.process.wait(10) == 0
        assert not Path(plugin.address).parent.exists()


def test_the_process_ends_when_its_host_was_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f'"$0" -m {TOY} & echo $! > "$1"; wait'
    environment = {**os.environ, COOKIE[0]: COOKIE[1]}
    command = ["/bin/sh", "-c", script, sys.executable, str(pid_file)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        assert host.stdout.readline().startswith("1|6|unix|")
        plugin = int(pid_file.read_text())
        host.kill()
    deadline = time.monotonic() + 30
    while _lives(plugin) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _lives(plugin)


def _lives(pid: int) -> bool:
    """Whether a process still runs; one that has ended may wait for a parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[-1][0] != "Z"
    except FileNotFoundError:
        return False


def test_a_provider_that_cannot_be_loaded_says_so_in_every_answer(tmp_path: Path) -> None:
    module = tmp_path / "broken_plugin.py"
    module.write_text(
        "import sys\nfrom provider.terraform.handshake import main\n"
        "def load():\n    import a_missing_module\n"
        "if __name__ == '__main__':\n    sys.exit(main(load))\n"
    )
    path = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    with started(None, "broken_plugin", path) as plugin, plugin.channel(None) as channel:
        answer = Host(channel, make_server()).calls["GetProviderSchema"](
            message("tfplugin6.GetProviderSchema").Request(), timeout=10
        )
        (error,) = answer.diagnostics
        assert error.summary == "The provider's installation is incomplete"
        assert "a_missing_module" in error.detail
