"""The dynamic provider with a real plugin process and a platform of its own, without Pulumi's engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from pulumi_qualit import _plugin
from pulumi_qualit._dynamic import AdditionalResourceProvider, OrderProvider, Provider, VpsProvider

Providers = Callable[[type[Provider]], Provider]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A stack's configuration as Pulumi hands it over."""
    return {
        "shop:unrelated": "1",
        "qualit:home": str(tmp_path / "qualit"),
        "qualit:libvirtUri": "test:///default",
        "qualit:paymentMethod": "test-visa",
    }


@pytest.fixture
def providers(settings: dict[str, str]) -> Iterator[Providers]:
    """Makes a provider and configures it; all share one plugin process, which is ended afterwards."""

    def made(kind: type[Provider]) -> Provider:
        provider = kind()
        provider.configure(ConfigureRequest(Config(settings, "shop")))
        return provider

    yield made
    if _plugin._shared is not None:
        _plugin._shared.close()
        _plugin._shared = None


@pytest.fixture
def vps(providers: Providers) -> Provider:
    return providers(VpsProvider)


@pytest.fixture
def order(providers: Providers) -> Provider:
    return providers(OrderProvider)


@pytest.fixture
def addition(providers: Providers) -> Provider:
    return providers(AdditionalResourceProvider)
