"""What is allowed: one function a rule, each returning the refusals, none when all is well."""

from __future__ import annotations

from provider.commerce.policy.improvement import (
    check_change,
    check_no_downgrade,
    check_no_smaller_quantity,
    check_paid,
    check_set_quantity,
    check_switch,
)
from provider.commerce.policy.sale import (
    ACCEPTED_KINDS,
    TERMS,
    check_max_charge,
    check_offer,
    check_operating_system,
    check_payment_method,
    check_quantity,
    check_resource_type,
    check_server_total,
    check_term,
)

__all__ = [
    "ACCEPTED_KINDS",
    "TERMS",
    "check_change",
    "check_max_charge",
    "check_no_downgrade",
    "check_no_smaller_quantity",
    "check_offer",
    "check_operating_system",
    "check_paid",
    "check_payment_method",
    "check_quantity",
    "check_resource_type",
    "check_server_total",
    "check_set_quantity",
    "check_switch",
    "check_term",
]
