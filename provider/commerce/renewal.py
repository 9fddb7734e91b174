"""A contract that renews itself (L1): for the wished duration, within what its resource allows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.commerce import policy
from provider.commerce.change import Renew
from provider.commerce.contract import Contract
from provider.commerce.proposal import Proposal, propose
from provider.commerce.refusal import Refusal

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue


def self_renewal(
    catalogue: Catalogue, contract: Contract, max_charge: Decimal | None, today: date
) -> Proposal | tuple[Refusal, ...]:
    """The renewal that a contract makes by itself, or what keeps it from that."""
    proposal = propose(catalogue, contract.id, contract, Renew(contract.term_months), today)
    if not isinstance(proposal, Proposal):
        return proposal
    return policy.renewal_within(proposal.amount, proposal.currency, max_charge) or proposal
