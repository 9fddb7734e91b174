"""The real resources on a real embedded platform, behind a host that checks what Terraform would check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.backend.embedded import EmbeddedBackend, connect
from provider.backend.port import Backend
from provider.configuration import Configuration
from provider.resources.registry import DATA_SOURCES, MANAGED, PROVIDER_SCHEMA
from provider.terraform.server import Server
from tests.terraform.host import Host, hosting


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "qualit"


@pytest.fixture
def backend(home: Path) -> Iterator[EmbeddedBackend]:
    """The platform itself, to look at what an apply did."""
    connected = connect(Configuration(home, libvirt_uri="test:///default"))
    yield connected
    connected.close()


@pytest.fixture
def host(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A configured provider that pays with a card that works."""
    monkeypatch.delenv("QUALIT_TEST_CLOCK", raising=False)
    opened: list[Backend] = []

    def connect_and_remember(configuration: Configuration) -> Backend:
        opened.append(connect(configuration))
        return opened[-1]

    server = Server(PROVIDER_SCHEMA, MANAGED, DATA_SOURCES, connect_and_remember)
    with hosting(server, tmp_path) as made:
        made.configure(home=str(home), libvirt_uri="test:///default", payment_method="test-visa")
        yield made
    for each in opened:
        each.close()
