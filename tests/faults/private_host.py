"""A libvirt host of its own for the tests that break one: daemons, pool, network and machines apart from the machine's.

It lives in namespaces with folders of its own bound over libvirt's, so that its daemon can be killed, stopped and
started again, its QEMUs too, and its pool filled, and nothing else on the computer notices. Needs root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from provider.platform.hypervisor.volumes import POOL, POOL_PATH

_BOUND = {"lib": "/var/lib/libvirt", "run": "/run/libvirt", "etc": "/etc/libvirt", "log": "/var/log/libvirt"}
_PATIENCE_SECONDS = 60.0


def why_not() -> str | None:
    """Why there can be no private host here, in a sentence; None when there can."""
    for program in ("libvirtd", "virtlogd", "unshare", "nsenter", "ip", "qemu-system-x86_64"):
        if shutil.which(program) is None:
            return f"{program} is not installed."
    tried = subprocess.run(["unshare", "-m", "-u", "-n", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"A host of its own needs namespaces, which only root may make: {tried.stderr.strip()}"
    return None


class PrivateHost:
    """The host. Its daemons have other process names than the machine's, so that nobody takes them for those."""

    def __init__(self) -> None:
        # A socket's path is short, and QEMU's user has to get into the folder.
        self.folder = Path(mkdtemp(prefix="qualit-host-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.uri = f"qemu+unix:///system?socket={self.folder}/run/libvirt-sock"
        self._holder: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        for name in (*_BOUND, "bin"):
            (self.folder / name).mkdir(mode=0o755)
        for daemon in ("libvirtd", "virtlogd"):
            (self.folder / "bin" / f"faults-{daemon}").symlink_to(shutil.which(daemon) or daemon)
        for settings in Path(_BOUND["etc"]).glob("*.conf"):
            shutil.copy(settings, self.folder / "etc")
        (self.folder / "etc/libvirtd.conf").write_text(
            f'unix_sock_dir = "/run/libvirt"\nauth_unix_rw = "none"\nhost_uuid = "{uuid.uuid4()}"\n'
            'log_outputs = "2:file:/var/log/libvirt/libvirtd.log"\n'
        )
        for path in _BOUND.values():
            Path(path).mkdir(parents=True, exist_ok=True)
        binds = " && ".join(f"mount --bind {self.folder}/{name} {path}" for name, path in _BOUND.items())
        script = f"mount --make-rprivate / && {binds} && hostname faults && ip link set lo up && exec sleep infinity"
        self._holder = subprocess.Popen(["unshare", "-m", "-u", "-n", "sh", "-ec", script])
        self._until(lambda: self.inside("hostname").stdout.strip() == "faults", "the namespaces")
        self.inside(f"{self.folder}/bin/faults-virtlogd", "-d", "-p", "/run/libvirt/virtlogd.pid")
        self.start_daemon()

    def inside(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a process of the host."""
        holder = self._holder
        if holder is None or holder.poll() is not None:
            raise AssertionError("the host is not there")
        command = ["nsenter", "-t", str(holder.pid), "-m", "-u", "-n", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def virsh(self, *words: str) -> str:
        command = ["virsh", "-c", self.uri, *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    # -- the daemon --------------------------------------------------------------------------------------------
    def start_daemon(self) -> None:
        self.inside(f"{self.folder}/bin/faults-libvirtd", "-d", "-p", "/run/libvirt/libvirtd.pid")
        self._until(self._answers, "the daemon")

    def kill_daemon(self) -> None:
        """As if it had crashed; the machines run on."""
        self._kill("run/libvirtd.pid")

    @contextmanager
    def silent_daemon(self) -> Iterator[None]:
        """The daemon takes connections and answers nothing while inside."""
        with _stopped(self._pid("run/libvirtd.pid")):
            yield

    def _answers(self) -> bool:
        command = ["virsh", "-c", self.uri, "version"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    # -- the machines' QEMUs -----------------------------------------------------------------------------------
    def qemu_pid(self, uuid: str) -> int:
        return self._pid(f"run/qemu/{self.virsh('domname', uuid)}.pid")

    def kill_qemu(self, uuid: str) -> None:
        os.kill(self.qemu_pid(uuid), signal.SIGKILL)

    def hanging_qemu(self, uuid: str) -> contextlib.AbstractContextManager[None]:
        """The QEMU of a machine does nothing while inside, as with a storage that does not answer."""
        return _stopped(self.qemu_pid(uuid))

    # -- the pool ----------------------------------------------------------------------------------------------
    @property
    def pool(self) -> Path:
        """Its folder, as it is seen from outside."""
        return self.folder / "lib" / Path(POOL_PATH).relative_to(_BOUND["lib"])

    @contextmanager
    def small_pool(self, gib: int) -> Iterator[Path]:
        """A file system of that size is the pool while inside, at first without any image. Gives its folder."""
        device = self.folder / "pool.ext4"
        with device.open("wb") as file:
            file.truncate(gib * 1024**3)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(device)], check=True)
        mounted = self.inside("mount", "-o", "loop", str(device), POOL_PATH)
        if mounted.returncode:
            raise OSError(mounted.stderr)
        self.virsh("pool-refresh", POOL)
        holder = self._holder
        try:
            yield Path(f"/proc/{holder.pid if holder else 0}/root{POOL_PATH}")
        finally:
            self.inside("umount", "-l", POOL_PATH)
            device.unlink()
            self.virsh("pool-refresh", POOL)

    # -- the end -----------------------------------------------------------------------------------------------
    def close(self) -> None:
        for pid_file in (*self.folder.glob("run/qemu/*.pid"), *self.folder.glob("run/network/*.pid")):
            self._kill(str(pid_file.relative_to(self.folder)))
        for name in ("libvirtd", "virtlogd"):
            self._kill(f"run/{name}.pid")
        if self._holder is not None:
            self._holder.kill()
            self._holder.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _pid(self, file: str) -> int:
        return int((self.folder / file).read_text())

    def _kill(self, pid_file: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            pid = self._pid(pid_file)
            os.kill(pid, signal.SIGKILL)
            self._until(lambda: not _lives(pid), f"the end of {pid_file}")

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                log = self.folder / "log/libvirtd.log"
                raise AssertionError(f"{what} did not come: {log.read_text()[-2000:] if log.exists() else ''}")
            time.sleep(0.1)


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
