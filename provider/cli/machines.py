"""The servers as their machines are now, for the listings that look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provider.backend.port import Backend, ServerView
    from provider.resources.model import Diagnostic


@dataclass(frozen=True, slots=True)
class Seen:
    """Every server, and warnings of those whose machine is not as it was left.

    ``unseen`` says why the machines could not be looked at: then the states are the wished ones.
    """

    servers: tuple[ServerView, ...]
    notices: tuple[Diagnostic, ...] = ()
    unseen: str = ""


def look(backend: Backend) -> Seen:
    """Look at the machine of every server."""
    from provider.backend.port import UnavailableError
    from provider.resources.power import machine_notices

    listed = tuple(backend.servers())
    try:
        servers = tuple(backend.server(view.id, observe=True) or view for view in listed)
    except UnavailableError as error:
        return Seen(listed, unseen=f"{error.summary}: {error.detail}")
    return Seen(servers, tuple(notice for server in servers for notice in machine_notices(server, backend)))
