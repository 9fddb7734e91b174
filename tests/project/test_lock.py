"""The lock: every file of everything by its hash, no address, and versions that setup.py accepts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.tree import ROOT

LOCKS = [ROOT / "requirements.lock", *sorted(ROOT.glob("packaging/tools/*/requirements.lock"))]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    return {canonicalize_name(found["name"]): found["version"] for found in PIN.finditer(lock.read_text())}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_names_no_index_and_no_download_address(lock: Path) -> None:
    lines = lock.read_text().splitlines()
    assert [line for line in lines if "://" in line or " @ " in line] == []
    assert [line for line in lines if line.startswith("-")] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_has_a_hash_for_every_package(lock: Path) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", lock.read_text(), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_has_the_versions_that_its_source_names(lock: Path) -> None:
    locked = pins(lock)
    source = [line for line in lock.with_suffix(".in").read_text().splitlines() if line and not line.startswith("#")]
    for requirement in map(Requirement, source):
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_the_lock_has_a_version_that_setup_py_accepts_of_every_requirement(requirements: list[Requirement]) -> None:
    locked = pins(ROOT / "requirements.lock")
    for requirement in requirements:
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement
