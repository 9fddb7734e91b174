"""The provider service: one file a call or a small group of calls, over any resources of the declarative kind."""

from provider.terraform.server.server import Server
from provider.terraform.server.service import provider_handlers

__all__ = ["Server", "provider_handlers"]
