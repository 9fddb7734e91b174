"""The plugin process that does the work: started once, spoken to in Pulumi's provider protocol, ended with its user.

It is the very process that serves the native plugin, so both behave the same. It runs apart from the user's program
(``-P -E``: no folder and no PYTHONPATH of the user's), and so nothing here imports the top-level name ``provider``.
Used by the dynamic provider, and by the functions, in whichever process they run.
"""

from __future__ import annotations

import atexit
import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_qualit.errors import PluginError, QualitError

if TYPE_CHECKING:
    import grpc
    from pulumi.runtime.proto import provider_pb2_grpc

    Stub = provider_pb2_grpc.ResourceProviderStub

_COMMAND = ("-P", "-E", "-m", "provider.pulumi")
_NO_LIMIT = -1
_TRAILER_BYTES = 16 * 1024 * 1024
_END_SECONDS = 10.0

_lock = threading.Lock()
_shared: Plugin | None = None


class Plugin:
    """One running and configured plugin process. Calls may come from several threads at once."""

    def __init__(self, settings: Mapping[str, Any], engine: str | None = None) -> None:
        """Start it and configure it.

        Args:
            settings: the provider's configuration, by its names in Pulumi, such as ``home``.
            engine: the address of Pulumi's engine, which shows the plugin's messages.

        Raises:
            PluginError: the process did not come up.
            QualitError: the configuration is refused.
        """
        import grpc
        from pulumi.runtime.proto import provider_pb2_grpc

        self._process = subprocess.Popen(  # noqa: S603 - this Python, and a module of this distribution
            [sys.executable, *_COMMAND, *([engine] if engine else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            process_group=0,  # Pulumi interrupts a provider's whole group, and this process ends when its user says so
        )
        atexit.register(self.close)
        self._channel = grpc.insecure_channel(
            f"127.0.0.1:{self._port()}",
            options=(
                ("grpc.max_receive_message_length", _NO_LIMIT),
                ("grpc.max_send_message_length", _NO_LIMIT),
                # What is paid and not delivered comes in the trailer of an error, with its user data.
                ("grpc.max_metadata_size", _TRAILER_BYTES),
                ("grpc.absolute_max_metadata_size", _TRAILER_BYTES),
                ("grpc.enable_http_proxy", 0),
            ),
        )
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        try:
            self._configure(settings)
        except BaseException:
            self.close()
            raise

    def call(self, what: str, ask: Callable[[Stub], Any]) -> Any:
        """The plugin's answer. ``what`` names the call for the person who reads that it failed.

        Raises:
            PluginError: the process is gone.
            QualitError: it refuses, with the reason.
            grpc.RpcError: a failure with details of its own, such as a resource that is paid and not delivered.
        """
        import grpc

        try:
            return ask(self._stub)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNAVAILABLE or self._has_ended():
                raise self._gone(what) from None
            if details_of(error):
                raise
            raise QualitError(error.details() or str(error.code())) from None

    def close(self) -> None:
        """End the process in order; twice does no harm."""
        atexit.unregister(self.close)
        channel = getattr(self, "_channel", None)
        if channel is not None:
            channel.close()
        self._process.send_signal(signal.SIGINT)  # as Pulumi ends a plugin: it finishes what it does
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _port(self) -> int:
        """The port that the plugin writes on its first line."""
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        line = self._process.stdout.readline()
        try:
            return int(line)
        except ValueError:
            self.close()
            raise PluginError(
                f"The Qual.IT plugin did not start (exit status {self._process.returncode}). It runs as "
                f"`{sys.executable} {' '.join(_COMMAND)}`: is the distribution qualit installed in that Python's "
                "environment? What it wrote stands above."
            ) from None

    def _configure(self, settings: Mapping[str, Any]) -> None:
        from google.protobuf import struct_pb2
        from pulumi.runtime.proto import provider_pb2

        given = {name: value for name, value in settings.items() if value is not None}
        news = struct_pb2.Struct()
        news.update(given)
        checked = self.call("configure", lambda stub: stub.CheckConfig(provider_pb2.CheckRequest(news=news)))
        if checked.failures:
            raise QualitError("; ".join(f"qualit:{f.property}: {f.reason}" for f in checked.failures))
        request = provider_pb2.ConfigureRequest(
            variables={f"qualit:config:{name}": str(value) for name, value in given.items()},
            args=news,
            acceptSecrets=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )
        self.call("configure", lambda stub: stub.Configure(request))

    def _has_ended(self) -> bool:
        return self._process.poll() is not None

    def _gone(self, what: str) -> PluginError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        status = self._process.returncode
        ended = "does not answer" if status is None else f"ended (exit status {status})"
        return PluginError(
            f"The Qual.IT plugin {ended} during {what}. Nothing is bought twice: run `pulumi up` again. It goes on "
            "with what was paid; for what was delivered already it says how to adopt it (the option import_)."
        )


def details_of(error: grpc.RpcError) -> bytes:
    """What a failed call says beside its text, a serialized ``google.rpc.Status``; empty if nothing."""
    trailers: Any = error.trailing_metadata() or ()
    return b"".join(value for key, value in trailers if key == "grpc-status-details-bin")


def shared_plugin(settings: Callable[[], Mapping[str, Any]], engine: str | None = None) -> Plugin:
    """The one plugin of this process, started by whoever comes first; raises as ``Plugin`` does."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Plugin(settings(), engine)
        return _shared
