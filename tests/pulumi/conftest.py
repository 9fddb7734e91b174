"""The real resources on a real embedded platform, behind an engine that checks what Pulumi's engine checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.backend.embedded import connect
from provider.backend.port import Backend
from provider.configuration import Configuration
from provider.pulumi.server import Server
from provider.resources.registry import DATA_SOURCES, FUNCTIONS, MANAGED, PROVIDER_SCHEMA
from tests.pulumi.host import Host, hosting

VPS, ORDER, RESOURCE = "qualit:index:Vps", "qualit:index:Order", "qualit:index:Resource"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "qualit"


@pytest.fixture
def backend(home: Path) -> Iterator[Backend]:
    """The platform itself, to look at what an apply did."""
    connected = connect(Configuration(home, libvirt_uri="test:///default"))
    yield connected
    connected.close()


@pytest.fixture
def unconfigured() -> Iterator[Host]:
    with hosting(Server(PROVIDER_SCHEMA, MANAGED, DATA_SOURCES, connect, FUNCTIONS)) as made:
        yield made


@pytest.fixture
def host(unconfigured: Host, home: Path) -> Host:
    """A configured provider that pays with a card that works."""
    unconfigured.configure(home=str(home), libvirtUri="test:///default", paymentMethod="test-visa")
    return unconfigured
