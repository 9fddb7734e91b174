"""``resource``: an additional resource of a server, such as more disk."""

from __future__ import annotations

from provider.backend.port import Backend
from provider.resources.model import ApplyRequest, Diagnostics, PlanRequest, PlanResult, StateResult, Values
from provider.resources.resource import apply, plan, reading
from provider.resources.resource.schema import SCHEMA, validate


class AdditionalResource:
    """The resource ``resource``."""

    name = "resource"
    schema = SCHEMA

    def validate(self, config: Values) -> Diagnostics:
        return validate(config)

    def plan(self, request: PlanRequest, backend: Backend) -> PlanResult:
        return plan.plan(request, backend)

    def apply(self, request: ApplyRequest, backend: Backend) -> StateResult:
        return apply.apply(request, backend)

    def read(self, state: Values, backend: Backend) -> StateResult:
        return reading.read(state, backend)

    def import_state(self, import_id: str, backend: Backend) -> StateResult:
        return reading.import_state(import_id, backend)
