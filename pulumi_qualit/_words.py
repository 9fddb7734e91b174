"""How a failure of ours is shown: its text alone.

Pulumi's process for dynamic providers answers every exception with ``traceback.format_exc()``. A person who is told
that a payment was declined, or a server is protected, needs no stack of calls above it.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any

from pulumi_qualit.errors import QualitError


class _Traceback:
    """The module ``traceback``, but for failures of ours."""

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)

    def format_exc(self, limit: int | None = None, *, chain: bool = True) -> str:
        error = sys.exc_info()[1]
        return str(error) if isinstance(error, QualitError) else traceback.format_exc(limit, chain)


def show_reasons_alone() -> None:
    """Have this process answer failures of ours with their text; elsewhere than in Pulumi's process do nothing."""
    process: Any = sys.modules.get("__main__")
    if getattr(process, "traceback", None) is traceback and hasattr(process, "DynamicResourceProviderServicer"):
        process.traceback = _Traceback()
