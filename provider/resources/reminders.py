"""What is to be said about a contract at every plan, for hosts that do not read a resource before they plan it.

Terraform reads first, and a read says it. Pulumi reads only when it is told to.
"""

from __future__ import annotations

from provider.backend.port import Backend
from provider.resources.model import Diagnostics, Values
from provider.resources.standing import standing


def reminders(kind: str, state: Values, backend: Backend) -> Diagnostics:
    """The warnings of a resource that has a contract or runs on one: that it is suspended, or ends soon (L1, L2)."""
    if kind == "resource":
        return ()
    if kind == "order":
        view = backend.contract(state["id"])
    else:
        server = backend.server(state["id"])
        view = server.contract if server else None
    return standing(view, backend) if view else ()
