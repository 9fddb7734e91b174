"""Homes with a server in them, made once and copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.place import Place, prepared


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return prepared(tmp_path_factory.mktemp("template"), None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "place"
