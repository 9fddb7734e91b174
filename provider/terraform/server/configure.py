"""The provider block: ValidateProviderConfig and ConfigureProvider."""

from __future__ import annotations

from typing import Any

from provider.configuration import load_configuration
from provider.resources.model import UNKNOWN
from provider.terraform.log import log
from provider.terraform.protocol import tf6
from provider.terraform.server import values
from provider.terraform.server.server import Server


def validate_provider_config(server: Server, request: Any) -> Any:
    """Check what is written and known; the environment, which another machine may have, is left aside."""
    config = values.read(request.config, server.provider_type) or {}
    load_configuration({name: value for name, value in config.items() if value is not UNKNOWN}, environment={})
    return tf6.ValidateProviderConfig.Response()


def configure_provider(server: Server, request: Any) -> Any:
    """Connect to the platform. With an unknown attribute nothing fails before something needs the platform."""
    config = values.read(request.config, server.provider_type) or {}
    unknown = tuple(sorted(name for name, value in config.items() if value is UNKNOWN))
    if unknown:
        server.wait_for(unknown)
    else:
        configuration = load_configuration(config)
        log.keep_errors_in(configuration.home / "logs" / "terraform-provider.log")
        server.configure(configuration)
    log.info("configured", host_version=request.terraform_version, unknown=", ".join(unknown))
    return tf6.ConfigureProvider.Response()
