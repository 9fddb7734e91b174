"""The façade, and this account's gateway over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.conftest import host
from tests.stripe.facade import Facade, serving
from tests.stripe.gateways import StripeWithOutside, stripe_gateway

__all__ = ["host"]


@pytest.fixture
def facade(tmp_path: Path) -> Iterator[Facade]:
    folder = tmp_path / "stripe"
    folder.mkdir()
    with serving(Facade(folder)) as facade:
        yield facade


@pytest.fixture
def gateway(facade: Facade, tmp_path: Path) -> Iterator[StripeWithOutside]:
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        yield gateway
