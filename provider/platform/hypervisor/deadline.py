"""Calls to libvirt that come back: each has a deadline, after which whoever called goes on. Called by ``connection``.

libvirt cannot take a call back: one to a host or a QEMU that hangs never returns. So each runs in a thread of its own,
and one that is late is left there, to end with the host's answer or with this process. As long as it has not come back,
the same machine, volume, pool or network is not asked again: a host has a bounded number of ears, and what hangs may
not fill them all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import libvirt

from provider.platform.hypervisor.port import HypervisorUnavailableError
from provider.platform.hypervisor.remedy import remedy_for_silence


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a host may be silent, in seconds.

    libvirtd itself refuses a call when another one keeps its machine busy for 30 seconds. What saves or loads a guest's
    memory, or waits until it has ended, takes the ``long`` time. A connection breaks when nothing was heard of the
    daemon for about ``keepalive_seconds`` times ``keepalive_count``.
    """

    opening: float = 30.0
    quick: float = 60.0
    long: float = 900.0
    keepalive_seconds: int = 5
    keepalive_count: int = 5

    def of(self, call: str) -> float:
        return self.long if call in _LONG else self.quick


AT_ONCE = 4
"""Calls at once on one connection. libvirtd answers nothing more to a client with five, not even that it lives."""

_LONG = frozenset({"create", "createXML", "destroy", "managedSave", "delete", "resize", "refresh"})
_LOCAL = frozenset({"name", "UUIDString", "isAlive"})
"""What libvirt's client answers by itself."""
_late: dict[Hashable, threading.Thread] = {}
"""The calls that have not come back yet; a thread is called what its call is."""
_late_lock = threading.Lock()


class Line:
    """What the calls of one connection have in common; ``on_late`` is told when one was late."""

    def __init__(self, uri: str, on_late: Callable[[], None] = lambda: None) -> None:
        self._uri = uri
        self._on_late = on_late
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def call(self, what: str, subject: Hashable, seconds: float, function: Callable[[], Any]) -> Any:
        """What ``function`` gives. ``what`` names the call and ``subject`` what it asks.

        Raises:
            HypervisorUnavailableError: it gave nothing in time, or an earlier call on the same subject still has not.
        """
        key = (self._uri, subject)
        self._refuse_while_late(key)
        if not self._turns.acquire(timeout=seconds):
            raise self._silent(f"has been busy for {seconds:g} seconds ({what})")
        call = _Call(function, self._turns)
        thread = threading.Thread(target=call.run, name=what, daemon=True)
        thread.start()
        if not call.over.wait(seconds):
            with _late_lock:
                _late[key] = thread
            self._on_late()
            raise self._silent(f"has not answered for {seconds:g} seconds ({what})")
        return call.result()

    def _refuse_while_late(self, key: Hashable) -> None:
        with _late_lock:
            earlier = _late.get(key)
            if earlier is not None and earlier.is_alive():
                raise self._silent(f"has still not answered an earlier call ({earlier.name})")
            _late.pop(key, None)

    def _silent(self, how: str) -> HypervisorUnavailableError:
        return HypervisorUnavailableError(f"The hypervisor {self._uri} {how}", remedy_for_silence(self._uri))


class Watched:
    """An object of libvirt whose calls have a deadline; the objects that they give are watched as well."""

    def __init__(self, target: Any, line: Line, deadlines: Deadlines) -> None:
        self._target = target
        self._line = line
        self._deadlines = deadlines

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._target, name)
        return method if name in _LOCAL else lambda *arguments: self._call(name, method, arguments)

    def _call(self, name: str, method: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        bare = [each._target if isinstance(each, Watched) else each for each in arguments]
        subject, label = _subject(self._target, name, bare)
        seconds = self._deadlines.of(name)
        return self._watched(self._line.call(f"{name}{label}", subject, seconds, lambda: method(*bare)))

    def _watched(self, result: Any) -> Any:
        if isinstance(result, list):
            return [self._watched(each) for each in result]
        is_libvirts = type(result).__module__ == libvirt.__name__
        return Watched(result, self._line, self._deadlines) if is_libvirts else result


class _Call:
    """One call in its turn, and what came of it."""

    def __init__(self, function: Callable[[], Any], turns: threading.Semaphore) -> None:
        self.over = threading.Event()
        self._function = function
        self._turns = turns
        self._result: Any = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._result = self._function()
        except BaseException as error:  # noqa: BLE001 - it is the caller's
            self._error = error
        finally:
            self._turns.release()
            self.over.set()

    def result(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._result


def _subject(target: Any, call: str, arguments: list[Any]) -> tuple[Hashable, str]:
    """What a call asks, to be told from others, and its name for people. Of the host itself it is the call."""
    if isinstance(target, libvirt.virDomain):
        return target.UUIDString(), f" of {target.name()}"
    if isinstance(target, libvirt.virConnect):
        return (call, *map(str, arguments)), ""
    if isinstance(target, libvirt.virStream):
        return id(target), ""
    return (type(target).__name__, target.name()), f" of {target.name()}"
