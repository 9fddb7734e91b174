"""``resource``: an additional resource of a server, such as more disk."""

from __future__ import annotations

from provider.resources.card_numbers import import_without_card_numbers, plan_without_card_numbers
from provider.resources.model import Operations
from provider.resources.resource.apply import apply
from provider.resources.resource.plan import plan
from provider.resources.resource.reading import import_state, read
from provider.resources.resource.schema import SCHEMA, validate

RESOURCE = Operations(
    "resource",
    SCHEMA,
    validate,
    plan_without_card_numbers(SCHEMA, plan),
    apply,
    read,
    import_without_card_numbers(import_state),
)
