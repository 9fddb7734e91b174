"""Properties are about values, not about how fast a busy machine computes them: no deadline for an example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("commerce", deadline=None)
settings.load_profile("commerce")
