"""``vps``: a server, with the contract it runs on unless that was bought with an order of its own."""

from __future__ import annotations

from provider.backend.port import Backend
from provider.resources.model import ApplyRequest, Diagnostics, PlanRequest, PlanResult, StateResult, Values
from provider.resources.vps import apply, plan, reading
from provider.resources.vps.schema import SCHEMA, validate


class Vps:
    """The resource ``vps``."""

    name = "vps"
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
