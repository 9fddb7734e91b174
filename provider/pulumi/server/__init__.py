"""The provider service: one file a call or a small group of calls, over any resources of the declarative kind."""

from provider.pulumi.server.server import Server
from provider.pulumi.server.service import provider_handlers

__all__ = ["Server", "provider_handlers"]
