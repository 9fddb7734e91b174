"""The plugin's own log: errors go to a file in the home. Standard error stays silent, because the engine shows it."""

from __future__ import annotations

from provider.log import Log

log = Log("off")
