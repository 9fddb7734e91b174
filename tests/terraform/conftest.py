"""A host in front of the toy provider, for every test of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.terraform.server import Server
from tests.terraform.host import Host, hosting
from tests.terraform.toy import make_server


@pytest.fixture
def server() -> Server:
    return make_server()


@pytest.fixture
def host(server: Server, tmp_path: Path) -> Iterator[Host]:
    """Configured, behind a real gRPC channel."""
    with hosting(server, tmp_path) as host:
        host.configure(home=str(tmp_path / "home"))
        yield host


@pytest.fixture
def unconfigured(server: Server, tmp_path: Path) -> Iterator[Host]:
    with hosting(server, tmp_path) as host:
        yield host
