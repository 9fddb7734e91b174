"""``python -P -E -m provider.pulumi [ENGINE]``: the plugin process that Pulumi starts."""

import gc

gc.disable()

import sys  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from provider.pulumi.handshake import main  # noqa: E402

if TYPE_CHECKING:
    from provider.backend.port import Backend
    from provider.configuration import Configuration
    from provider.pulumi.server import Server


def _load() -> "Server":
    """The provider with its real resources and the embedded platform."""
    from provider.pulumi.server import Server
    from provider.resources.registry import DATA_SOURCES, FUNCTIONS, MANAGED, PROVIDER_SCHEMA

    return Server(PROVIDER_SCHEMA, MANAGED, DATA_SOURCES, _connect, FUNCTIONS)


def _connect(configuration: "Configuration") -> "Backend":
    """What only asks for the schema never comes here, so the platform is imported only now."""
    from provider.backend.embedded import connect

    return connect(configuration)


if __name__ == "__main__":
    sys.exit(main(_load, sys.argv[1:]))
