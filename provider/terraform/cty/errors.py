"""The one error of converting values. Its text never shows a value, because a value may be a secret."""

from __future__ import annotations

from provider.resources.model import Path


class WireError(Exception):
    """A value that does not have the type it must have. ``path`` leads to it from the whole value."""

    def __init__(self, problem: str, path: Path = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path

    def within(self, step: str | int) -> WireError:
        """The same error as seen from one level further out."""
        return WireError(self.problem, (step, *self.path))

    def __str__(self) -> str:
        if not self.path:
            return self.problem
        return f"{'.'.join(str(step) for step in self.path)}: {self.problem}"
