"""Holding prices for plans (P5). The backend calls it; the orders of an apply go to ``purchase``."""

from __future__ import annotations

from sqlalchemy import Connection

from provider.backend.port import Quote, RefusedError
from provider.commerce.change import NewContract, Renew
from provider.commerce.contract import Contract
from provider.commerce.proposal import Proposal, accept
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.identifiers import contract_id_of
from provider.platform.records import catalogues, contracts, orders, quotes


def hold_quote(platform: Platform, proposal: Proposal) -> Quote:
    """Hold a price; the quote for the same change that is still honoured comes back in its place.

    Raises:
        RefusedError: the clock is behind (L7), or the catalogue changes an offer under its id (P8).
    """

    def work(connection: Connection) -> Quote:
        now = record_instant(connection, platform.clock, for_order=True)
        catalogues.store_catalogue(connection, platform.catalogue, now)
        contract = contracts.load(connection, proposal.contract_id, now.date())
        is_renewal = isinstance(proposal.change, Renew)
        period_end = contract.periods[0].end if contract and not is_renewal else None
        return quotes.hold(connection, proposal, platform.catalogue, now=now, period_end=period_end)

    return platform.database.write(work)


def find_quote(platform: Platform, proposal: Proposal) -> Quote | None:
    """The newest quote for the same change that no order has used up, honoured or expired."""
    with platform.database.read() as connection:
        return quotes.find(connection, proposal)


def drop_quote(platform: Platform, quote_id: str) -> None:
    """Forget a quote.

    Raises:
        RefusedError: there is none, or an order has used it.
    """
    if not platform.database.write(lambda connection: quotes.drop(connection, quote_id)):
        raise RefusedError(
            "Unknown quote", f"No quote {quote_id} is held: it was dropped before, or an order has used it.", rule="P5"
        )


def expected_contract(platform: Platform, planned_id: str) -> Contract | None:
    """The contract that buying would make: of the order that is open for it, else of the quote held last."""
    contract_id = contract_id_of(planned_id)
    with platform.database.read() as connection:
        record = contracts.get(connection, contract_id)
        if record is not None and record.status != "ordered":
            return None
        now = platform.now_in(connection)
        for order in orders.open_of_contract(connection, contract_id):
            if isinstance(order.proposal.change, NewContract):
                return accept(None, order.proposal, at=now, order_id=order.id)
        quote = quotes.newest_for_new_contract(connection, contract_id)
    return accept(None, quote.proposal, at=now, order_id=quote.id) if quote else None
