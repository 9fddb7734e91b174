"""Renewing what renews itself (L1): a day before the end of its paid time, or late where no worker ran then.

Called by workers, never by a plan, a refresh or an apply. A renewal is an order like any other; it is tried once with
each payment method, because a declined one asks for its customer and not for another try.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from provider.backend.port import BackendError, Purchase
from provider.commerce import policy
from provider.commerce.lifecycle import renews_at
from provider.commerce.proposal import Proposal
from provider.commerce.renewal import self_renewal
from provider.platform.context import Platform
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.payment_methods import check_means
from provider.platform.payments.port import GatewayRefusedError, GatewayUnavailableError
from provider.platform.purchase.place import place_order
from provider.platform.quoting import hold_quote
from provider.platform.records import contracts, orders, spending
from provider.platform.records.contracts import ContractRecord

AGAIN_SECONDS = 60.0
"""How long a contract is left alone whose renewal could not be ordered."""

Unrenewed = Callable[[str, str], None]
"""Called with the name of a contract whose renewal is due and cannot be ordered, and why; again when that changes."""


class Renewer:
    """Orders the renewals that are due, for one worker."""

    def __init__(self, platform: Platform, unrenewed: Unrenewed = lambda _name, _why: None) -> None:
        self._platform = platform
        self._unrenewed = unrenewed
        self._again_at: dict[str, float] = {}
        self._told: dict[str, str] = {}

    def renew_due(self) -> None:
        """Order each renewal that is due; one that cannot be ordered now is told, and looked at again later.

        Raises:
            GatewayUnavailableError, GatewayRefusedError: the gateway does not say which methods are saved.
        """
        for record in due(self._platform):
            if self._again_at.get(record.id, 0.0) > time.monotonic():
                continue
            self._again_at[record.id] = time.monotonic() + AGAIN_SECONDS
            try:
                self._tell(record, _order(self._platform, record))
            except BackendError as error:
                self._tell(record, error.detail)
            except HypervisorUnavailableError as error:
                self._tell(record, f"The host cannot be reached: {error}. {error.remedy}")
            except DeliveryImpossibleError as error:
                self._tell(record, f"It cannot be delivered: {error}.")
            except (GatewayUnavailableError, GatewayRefusedError) as error:
                self._tell(record, f"The payment gateway does not answer: {error}.")
                raise

    def _tell(self, record: ContractRecord, why: str | None) -> None:
        """Say why a contract is not renewed, unless that was said or somebody else has renewed it meanwhile."""
        if why is None or self._told.get(record.id) == why:
            return
        if any(other.id == record.id for other in due(self._platform)):
            self._told[record.id] = why
            self._unrenewed(record.name, why)


def due(platform: Platform) -> Sequence[ContractRecord]:
    """The contracts that are to be renewed by themselves now and have no order of that yet."""
    with platform.database.read() as connection:
        now = platform.now_in(connection)
        found = []
        for record in contracts.living(connection):
            if not record.auto_renew or record.paid_until is None or now < renews_at(record.paid_until):
                continue
            if record.status_on(now.date()) not in ("active", "suspended"):
                continue
            contract = contracts.load(connection, record.id, now.date())
            if contract is None or orders.open_of_contract(connection, record.id):
                continue
            if orders.failed_renewal(connection, contract, record.payment_method) is None:
                found.append(record)
        return found


def _order(platform: Platform, record: ContractRecord) -> str | None:
    """Order a renewal; why not, where a rule forbids it."""
    with platform.database.read() as connection:
        now = platform.now_in(connection)
        today = now.date()
        contract = contracts.load(connection, record.id, today)
        month = spending.spending(connection, now, platform.catalogue.currency)
    if contract is None:
        return None
    proposal = self_renewal(platform.catalogue, contract, record.max_charge, today)
    if not isinstance(proposal, Proposal):
        return proposal[0].detail
    above = policy.within_spending_limit(month, proposal.amount, proposal.currency, policy.THE_RENEWAL)
    if above:
        return above[0].detail
    check_means(platform, record.payment_method)
    quote = hold_quote(platform, proposal, name=record.name)
    place_order(platform, Purchase(quote.id, record.payment_method, by_itself=True))
    return None
