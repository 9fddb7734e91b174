"""The wheel that setup.py makes, built once for the tests of this folder."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.project.tree import ROOT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    made = f"build --build-base {folder} egg_info --egg-base {folder} bdist_wheel --dist-dir {folder}"
    subprocess.run([sys.executable, "setup.py", "--quiet", *made.split()], cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def metadata(wheel: Path) -> Message:
    """What the wheel says about itself."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


@pytest.fixture(scope="session")
def requirements(metadata: Message) -> list[Requirement]:
    """Everything that the package or one of its extras requires; the extra is in the marker."""
    return [Requirement(text) for text in metadata.get_all("Requires-Dist") or []]
