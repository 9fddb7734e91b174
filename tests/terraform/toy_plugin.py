"""The toy provider as a plugin process: ``python -m tests.terraform.toy_plugin``."""

import sys
from typing import TYPE_CHECKING

from provider.terraform.handshake import main

if TYPE_CHECKING:
    from provider.terraform.server import Server


def _load() -> "Server":
    from tests.terraform.toy import make_server

    return make_server()


if __name__ == "__main__":
    sys.exit(main(_load))
