"""``vps``: a server, with the contract it runs on unless that was bought with an order of its own."""

from __future__ import annotations

from provider.resources.card_numbers import import_without_card_numbers, plan_without_card_numbers
from provider.resources.model import Operations
from provider.resources.vps.apply import apply
from provider.resources.vps.plan import plan
from provider.resources.vps.reading import import_state, read
from provider.resources.vps.schema import SCHEMA, validate

VPS = Operations(
    "vps",
    SCHEMA,
    validate,
    plan_without_card_numbers(SCHEMA, plan),
    apply,
    read,
    import_without_card_numbers(import_state),
)
