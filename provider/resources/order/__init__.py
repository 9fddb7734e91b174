"""``order``: a contract that is bought apart from the server that runs on it."""

from __future__ import annotations

from provider.resources.card_numbers import import_without_card_numbers, plan_without_card_numbers
from provider.resources.model import Operations
from provider.resources.order.apply import apply
from provider.resources.order.plan import plan
from provider.resources.order.reading import import_state, read
from provider.resources.order.schema import SCHEMA, validate

ORDER = Operations(
    "order",
    SCHEMA,
    validate,
    plan_without_card_numbers(SCHEMA, plan),
    apply,
    read,
    import_without_card_numbers(import_state),
)
