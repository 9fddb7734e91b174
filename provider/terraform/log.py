"""The Terraform plugin's log, as far as the host asks for it; see :mod:`provider.log`."""

from __future__ import annotations

import os

from provider.log import LEVELS, Log

__all__ = ["Log", "level_from_environment", "log"]


def level_from_environment(environment: dict[str, str] | os._Environ[str]) -> str:
    """The least level that the host wants: ``TF_LOG_PROVIDER``, otherwise ``TF_LOG``; ``JSON`` means trace."""
    wanted = (environment.get("TF_LOG_PROVIDER") or environment.get("TF_LOG") or "error").lower()
    return "trace" if wanted not in LEVELS else wanted


log = Log(level_from_environment(os.environ))
