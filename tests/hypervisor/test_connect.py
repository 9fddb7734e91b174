"""What a person reads when the hypervisor cannot be reached, and what `qualit doctor` is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from provider.platform.hypervisor.checks import Check, run_checks
from provider.platform.hypervisor.connect import connect_hypervisor
from provider.platform.hypervisor.port import HypervisorUnavailableError
from provider.platform.hypervisor.remedy import remedy_for, start_daemon


def failure(uri: str, home: Path) -> HypervisorUnavailableError:
    with pytest.raises(HypervisorUnavailableError) as caught:
        connect_hypervisor(uri, home)
    return caught.value


def test_missing_libvirt_python_is_named_with_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libvirt", None)
    error = failure("qemu:///system", tmp_path)
    assert "libvirt-python cannot be imported" in str(error)
    assert "libvirt-dev pkg-config" in error.remedy
    assert "pip install libvirt-python" in error.remedy


def test_a_daemon_that_is_down_is_named_with_what_starts_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    error = failure(f"qemu+unix:///system?socket={tmp_path}/libvirt-sock", tmp_path)
    assert "could not connect to libvirt" in str(error)
    assert start_daemon() in error.remedy
    assert capfd.readouterr().err == "", "libvirt itself prints nothing"


def test_an_address_that_libvirt_does_not_know_is_named(tmp_path: Path) -> None:
    error = failure("nonsense:///system", tmp_path)
    assert '"nonsense:///system" is no libvirt address' in error.remedy
    assert "qemu:///system" in error.remedy


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied", "usermod -aG libvirt"),
        ("authentication unavailable: no polkit agent available", "usermod -aG libvirt"),
        ("Cannot find suitable emulator for x86_64", "qemu-system-x86"),
        ("internal error: something else", "qualit doctor"),
    ],
)
def test_each_failure_has_its_own_remedy(said: str, remedy: str) -> None:
    assert remedy in remedy_for("qemu:///system", said)


def test_the_checks_stop_at_what_everything_else_needs(tmp_path: Path) -> None:
    checks = run_checks(f"qemu+unix:///system?socket={tmp_path}/libvirt-sock", tmp_path, ("debian-12",))
    assert [(check.name, check.ok) for check in checks] == [("libvirt-python", True), ("libvirt", False)]
    assert start_daemon() in checks[-1].remedy


def test_the_test_driver_works_but_is_said_to_be_limited(tmp_path: Path) -> None:
    checks = run_checks("test:///default", tmp_path, ("debian-12",))
    assert [(check.ok, check.limited) for check in checks] == [(True, False), (True, True)]


@pytest.mark.qemu
def test_a_real_host_is_looked_at_and_the_answers_are_remembered(qemu_host: object, tmp_path: Path) -> None:
    def checks() -> dict[str, Check]:
        return {check.name: check for check in run_checks("qemu:///system", tmp_path, ("debian-12", "plan-9"))}

    found = checks()
    for name in ("libvirt-python", "libvirt", "mtools", "QEMU", "storage pool", "network"):
        assert found[name].ok, found[name]
        assert not found[name].limited, found[name]
    assert found["images"].limited
    assert "qualit images import plan-9 FILE" in found["images"].remedy
    remembered = (tmp_path / "hypervisor-facts.json").read_text()
    assert '"kvm"' in remembered
    assert '"bandwidth"' in remembered
    assert checks() == found
