"""The servers as their machines are now, for the listings that look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provider.backend.port import Backend, ServerView
    from provider.resources.model import Diagnostic


@dataclass(frozen=True, slots=True)
class Seen:
    """Every server. ``unseen`` says why the machines could not be looked at: then the states are the wished ones."""

    servers: tuple[ServerView, ...]
    unseen: str = ""

    def notices(self) -> tuple[Diagnostic, ...]:
        """A warning for each machine that is not in the state that it was left in (S7)."""
        from provider.resources.power import power_notice

        return tuple(notice for server in self.servers for notice in power_notice(server))


def look(backend: Backend) -> Seen:
    """Look at the machine of every server."""
    from provider.backend.port import UnavailableError

    listed = tuple(backend.servers())
    try:
        return Seen(tuple(backend.server(view.id, observe=True) or view for view in listed))
    except UnavailableError as error:
        return Seen(listed, f"{error.summary}: {error.detail}")
