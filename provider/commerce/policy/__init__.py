"""What is allowed: each function returns the refusals, none when all is well.

=====  ==========================================================================================
rule   function
=====  ==========================================================================================
S1 P8  ``offer``: known, and not retired unless it is held
S2     ``quantity``: known type, minimum, maximum, step; ``server_total``: offer and addition together
S3     ``operating_system``: known
S4     ``term``: 1, 3, 6 or 12 months; ``new_contract``: S1, S3 and S4 together
S5 S6  ``payment_means``: a saved card or PayPal that has not expired; ``why_unusable`` is what it says of one method
C1-C4  ``change``: everything about one change of one contract, as ``proposal.propose`` asks it;
       ``no_downgrade`` and ``no_smaller_quantity``: C2, and C3 where an improvement would be taken back;
       ``smaller_characteristics`` is what C2 compares
C1     ``restart``: one that ``needs_restart`` found and the user has not allowed; ``what_a_restart_does`` and
       ``what_waits`` are texts of warnings, no refusals
C5     ``no_smaller_quantity``, ``move_addition``, ``change_type``
C7     ``reinstall``: asked by the resources and at the order, as ``propose`` does not know ``allow_reinstall``;
       ``what_a_reinstall_loses`` is the text of a warning, no refusal
C8     ``deletion_protected``; ``what_an_end_loses`` is the text of a warning, no refusal
C9     ``name``: what DNS and libvirt accept; ``rename``
P3 L7  ``priced_day``: the day that a price is asked for, which no order is of
L1     ``renewal_within``: a renewal by itself within the resource's ``max_charge``
L2     ``paid``; ``renewal``: what forbids a renewal (P2, S4, P8)
L7     ``clock_behind``
L8 N2  ``undisputed``; ``what_a_dispute_means`` is the text of a warning, no refusal
P7     ``charge_within``, and ``unpaid_order_within`` for an order that is there already
P9     ``within_spending_limit`` for one charge, ``plan_within_spending_limit`` for those of a plan together
N4     ``what_a_fault_means`` and ``what_a_lost_disk_means`` are texts of warnings, no refusals
N8     ``looks_like_card_number``, and ``card_number``, the refusal of a value that does
=====  ==========================================================================================

C6 and C10 refuse nothing: the resources keep what is left out, and a changed duration waits for the renewal.
When a renewal is due (L1) is in ``lifecycle``.
"""

from __future__ import annotations

from provider.commerce.policy.card_numbers import card_number, looks_like_card_number
from provider.commerce.policy.day import priced_day
from provider.commerce.policy.improvement import (
    change,
    no_downgrade,
    no_smaller_quantity,
    smaller_characteristics,
)
from provider.commerce.policy.machine import MachineFault, what_a_fault_means, what_a_lost_disk_means
from provider.commerce.policy.payment import ACCEPTED_KINDS, SavedMeans, payment_means, why_unusable
from provider.commerce.policy.renewal import renewal, renewal_within
from provider.commerce.policy.restart import Restart, needs_restart, restart, what_a_restart_does, what_waits
from provider.commerce.policy.sale import (
    TERMS,
    new_contract,
    offer,
    operating_system,
    quantity,
    server_total,
    term,
)
from provider.commerce.policy.server import (
    change_type,
    deletion_protected,
    move_addition,
    name,
    reinstall,
    rename,
    what_a_reinstall_loses,
    what_an_end_loses,
)
from provider.commerce.policy.spending import (
    THE_RENEWAL,
    THIS_CHANGE,
    charge_within,
    plan_within_spending_limit,
    unpaid_order_within,
    within_spending_limit,
)
from provider.commerce.policy.standing import (
    CLOCK_TOLERANCE,
    clock_behind,
    paid,
    undisputed,
    what_a_dispute_means,
)
from provider.commerce.policy.wording import counted, listed, written
from provider.commerce.refusal import Refusal

__all__ = [
    "ACCEPTED_KINDS",
    "CLOCK_TOLERANCE",
    "TERMS",
    "THE_RENEWAL",
    "THIS_CHANGE",
    "MachineFault",
    "Refusal",
    "Restart",
    "SavedMeans",
    "card_number",
    "change",
    "change_type",
    "charge_within",
    "clock_behind",
    "counted",
    "deletion_protected",
    "listed",
    "looks_like_card_number",
    "move_addition",
    "name",
    "needs_restart",
    "new_contract",
    "no_downgrade",
    "no_smaller_quantity",
    "offer",
    "operating_system",
    "paid",
    "payment_means",
    "plan_within_spending_limit",
    "priced_day",
    "quantity",
    "reinstall",
    "rename",
    "renewal",
    "renewal_within",
    "restart",
    "server_total",
    "smaller_characteristics",
    "term",
    "undisputed",
    "unpaid_order_within",
    "what_a_dispute_means",
    "what_a_fault_means",
    "what_a_lost_disk_means",
    "what_a_reinstall_loses",
    "what_a_restart_does",
    "what_an_end_loses",
    "what_waits",
    "why_unusable",
    "within_spending_limit",
    "written",
]
