"""The operations of a resource and a data source, and the values that pass through them.

Values are plain Python: ``None``, ``UNKNOWN``, ``str``, ``bool``, ``int``, ``Decimal`` for a number that is not
whole, ``list`` for a list or a set, ``dict`` for a map or an object. A resource's own value is a dict with every
attribute of its schema.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from provider.backend.port import ActionRequiredError, Backend, BackendError
from provider.commerce.refusal import Refusal
from provider.resources.schema import Schema


class Unknown:
    """The type of ``UNKNOWN``: a value that is decided only when it is applied."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false: compare it with `is UNKNOWN`")


UNKNOWN: Final = Unknown()

Value = Any
Values = dict[str, Value]
Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A problem or a notice, as the person who runs the plan reads it. An empty ``path`` points at no attribute."""

    severity: Severity
    summary: str
    detail: str
    path: Path = ()

    @staticmethod
    def of_refusal(refusal: Refusal) -> Diagnostic:
        """A refusal as an error on its attribute; its rule stands in the summary."""
        path: Path = (refusal.attribute,) if refusal.attribute else ()
        return Diagnostic("error", f"{refusal.summary} (rule {refusal.rule})", refusal.detail, path)

    @staticmethod
    def of_error(error: BackendError) -> Diagnostic:
        """A failure of the platform as an error on the attribute that it belongs to."""
        rule = f" (rule {error.rule})" if error.rule else ""
        detail = error.detail
        if isinstance(error, ActionRequiredError) and error.url not in detail:
            detail = f"{detail} Confirm it here, then apply again: {error.url}"
        path: Path = (error.attribute,) if error.attribute else ()
        return Diagnostic("error", f"{error.summary}{rule}", detail, path)


Diagnostics = tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """One change to plan.

    ``prior`` is None for a create, ``proposed`` None for a destroy. ``config`` is what the user wrote; where it
    leaves out an attribute that is optional and computed, ``proposed`` has the prior value. ``private`` is
    what ``read`` or ``apply`` stored with the state.
    """

    prior: Values | None
    proposed: Values | None
    config: Values | None
    private: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The planned value, complete, with UNKNOWN for what only the apply can tell; None for a destroy."""

    planned: Values | None
    diagnostics: Diagnostics = ()


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """One planned change to make. ``planned`` is None for a destroy; ``config`` has the write-only values."""

    prior: Values | None
    planned: Values | None
    config: Values | None


@dataclass(frozen=True, slots=True)
class StateResult:
    """The value to keep in the state, without UNKNOWN; None when there is nothing any more.

    ``private`` is kept beside the state and shown to nobody. When an apply fails with nothing changed,
    ``state`` is the prior value.
    """

    state: Values | None
    diagnostics: Diagnostics = ()
    private: dict[str, str] = field(default_factory=dict)


class ManagedResource(Protocol):
    """A resource of the declarative kind. Problems are diagnostics, not exceptions."""

    @property
    def name(self) -> str:
        """Without the provider's prefix: ``vps``, ``order``, ``resource``."""
        ...

    @property
    def schema(self) -> Schema: ...

    def validate(self, config: Values, /) -> Diagnostics:
        """Check what can be checked without a backend; values may be UNKNOWN."""
        ...

    def plan(self, request: PlanRequest, backend: Backend, /) -> PlanResult: ...

    def apply(self, request: ApplyRequest, backend: Backend, /) -> StateResult: ...

    def read(self, state: Values, backend: Backend, /) -> StateResult:
        """The present value of what the state describes. Never alters ``charge``."""
        ...

    def import_state(self, import_id: str, backend: Backend, /) -> StateResult: ...


@dataclass(frozen=True, slots=True)
class Operations:
    """A managed resource that is put together from its functions; each does what ManagedResource says of it."""

    name: str
    schema: Schema
    validate: Callable[[Values], Diagnostics]
    plan: Callable[[PlanRequest, Backend], PlanResult]
    apply: Callable[[ApplyRequest, Backend], StateResult]
    read: Callable[[Values, Backend], StateResult]
    import_state: Callable[[str, Backend], StateResult]


class DataSource(Protocol):
    """Something that can be looked up."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> Schema: ...

    def validate(self, config: Values) -> Diagnostics: ...

    def read(self, config: Values, backend: Backend) -> StateResult: ...
