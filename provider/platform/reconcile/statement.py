"""The ledger as it is shown: its entries, what its accounts come to, and its cash beside the gateway's (N9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from provider.platform.context import Platform
from provider.platform.ledger import NOTHING, Entry, LedgerAccount, entries
from provider.platform.reconcile.compare import cash_of
from provider.platform.reconcile.facts import Facts
from provider.platform.reconcile.finding import Cash


@dataclass(frozen=True, slots=True)
class Statement:
    """``balances`` are by account and currency."""

    entries: tuple[Entry, ...]
    balances: Mapping[tuple[LedgerAccount, str], Decimal]
    cash: tuple[Cash, ...]


def statement(platform: Platform) -> Statement:
    """The ledger now.

    Raises:
        GatewayUnavailableError: the gateway does not answer.
    """
    gateway = platform.gateway.cash()
    with platform.database.read() as connection:
        recorded = tuple(entries(connection))
    balances: dict[tuple[LedgerAccount, str], Decimal] = defaultdict(lambda: NOTHING)
    for entry in recorded:
        for posting in entry.postings:
            balances[posting.account, posting.currency] += posting.amount
    return Statement(recorded, dict(balances), cash_of(Facts(entries=recorded, cash=gateway)))
