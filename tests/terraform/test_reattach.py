"""A provider served by a process that a host did not start."""

from __future__ import annotations

import json
import os

from provider.terraform.reattach import serve_for_reattach
from tests.terraform.host import Host, open_channel
from tests.terraform.toy import make_server


def test_the_entry_for_the_host_names_where_the_provider_is_served() -> None:
    server = make_server()
    with serve_for_reattach(server, "qualit/qualit") as entry:
        found = json.loads(entry)["qualit/qualit"]
        assert (found["Protocol"], found["ProtocolVersion"], found["Pid"]) == ("grpc", 6, os.getpid())
        assert found["Test"], "a host must not end this process"
        with open_channel(f"unix:{found['Addr']['String']}") as channel:
            host = Host(channel, server)
            host.configure()
            assert host.create("qualit_box", name="a").values is not None
