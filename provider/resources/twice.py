"""One name declared twice in one run: the second create is refused, also where both are made at the same time (N4).

The plan of a create refuses a name that is taken. Two creates in one plan both find it free, and both would get the one
order that their equal quote is good for: two resources in the state, and one server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from provider.backend.port import Backend
from provider.resources.model import Diagnostic, StateResult, Values

_creating: set[str] = set()
_created: set[str] = set()
"""The ids that this process is creating, and those that it created and delivered: what is not delivered is resumed."""


def create_once(
    kind: Literal["server", "order"], planned: Values, backend: Backend, create: Callable[[], StateResult]
) -> StateResult:
    """Create, unless another declaration of this name did in this process and what it created lives."""
    id_ = planned["id"]
    lives = backend.server if kind == "server" else backend.contract
    if id_ in _creating or (id_ in _created and lives(id_) is not None):
        return StateResult(None, (_declared_twice(kind, planned["name"]),))
    _creating.add(id_)
    try:
        result = create()
        if result.state is not None and result.state["status"] == "active":
            _created.add(id_)
    finally:
        _creating.discard(id_)
    return result


def _declared_twice(kind: str, name: str) -> Diagnostic:
    return Diagnostic(
        "error",
        f'The {kind} "{name}" is declared twice (rule N4)',
        f'Another resource of this run has name = "{name}", and a name is one {kind}, bought once. Nothing was ordered '
        f"for this one. Remove it, or write another name for a second {kind}.",
        ("name",),
    )
