"""A provider served by this process for hosts that are started later: for tests, debuggers and quick tries."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from provider.terraform.handshake import PROTOCOL
from provider.terraform.process import Process
from provider.terraform.server import Server


@contextmanager
def serve_for_reattach(server: Server, source: str = "qualit/qualit") -> Iterator[str]:
    """Serve without TLS in a 0700 folder; gives the value for the host's ``TF_REATTACH_PROVIDERS``.

    ``source`` is the provider's address in ``required_providers``. A host that finds its provider there starts no
    process of its own and ends none.
    """
    with tempfile.TemporaryDirectory(prefix="qualit-") as folder:
        path = f"{folder}/plugin"
        entry = {
            "Protocol": "grpc",
            "ProtocolVersion": PROTOCOL,
            "Pid": os.getpid(),
            "Test": True,
            "Addr": {"Network": "unix", "String": path},
        }
        with Process(path, lambda: server):
            yield json.dumps({source: entry})
