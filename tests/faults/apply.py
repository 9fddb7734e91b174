"""A process that applies one quote and prints its order: ``python -m tests.faults.apply HOME URI QUOTE INSTANT``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from provider.backend.embedded import connect
from provider.backend.port import Purchase
from provider.configuration import Configuration


def main() -> None:
    home, uri, quote, instant = sys.argv[1:]
    backend = connect(Configuration(home=Path(home), libvirt_uri=uri, test_clock=datetime.fromisoformat(instant)))
    try:
        order = backend.order(Purchase(quote, "test-visa"), timeout_seconds=120)
        print(order.id, order.status)
    finally:
        backend.close()


if __name__ == "__main__":
    main()
