"""Honouring a quote: the planned price is the paid price (P5), and every other rule is checked as things are now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from provider.backend.port import Quote, QuoteChangedError
from provider.commerce.catalogue import Catalogue
from provider.commerce.change import Renew
from provider.commerce.contract import Contract
from provider.commerce.policy import paid, undisputed
from provider.commerce.proposal import Proposal, is_free, propose
from provider.platform.records.catalogues import check_offers, stored_catalogue
from provider.platform.refusals import accepted, raise_refusals


def honour(
    connection: Connection, catalogue: Catalogue, quote: Quote, contract: Contract | None, now: datetime
) -> Proposal:
    """The proposal to order: the quoted amount, computed again on the contract as it is now.

    A quote that is still honoured is computed with its own day and catalogue; an expired one with today's.

    Raises:
        QuoteChangedError: the amount is another one now.
        RefusedError: a rule forbids the change.
    """
    quoted = quote.proposal
    if contract is not None:
        raise_refusals(undisputed(contract, catalogue.contact))
        if not isinstance(quoted.change, Renew):
            raise_refusals(paid(contract, now.date()))
    if now < quote.expires_at:
        priced_with, day = stored_catalogue(connection, quoted.catalogue_fingerprint), quoted.day
    else:
        check_offers(connection, catalogue)
        priced_with, day = catalogue, now.date()
    if contract is not None and is_free(priced_with, contract, quoted.change):
        raise _changed(quote, "costs nothing now")
    proposal = accepted(propose(priced_with, quoted.contract_id, contract, quoted.change, day))
    if (proposal.amount, proposal.currency) != (quoted.amount, quoted.currency):
        raise _changed(quote, f"costs {proposal.amount:.2f} {proposal.currency} now")
    # The lines that the plan showed are the ones on the receipt: they sum to the same amount.
    return replace(proposal, lines=quoted.lines)


def _changed(quote: Quote, now: str) -> QuoteChangedError:
    quoted = quote.proposal
    return QuoteChangedError(
        "The price changed",
        f"The plan showed {quoted.amount:.2f} {quoted.currency}, a price that was held until "
        f"{quote.expires_at:%Y-%m-%d %H:%M} UTC. The same change {now}. Nothing was ordered: plan again to see and "
        "approve the new price.",
        rule="P5",
        attribute="charge",
    )
