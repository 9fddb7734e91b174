"""What every call to Stripe needs: the SDK's client, and the Stripe customer that this account is there."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from provider.configuration import StripeSettings
from provider.platform import home
from provider.platform.database.engine import Database
from provider.platform.payments.port import GatewayKeyError
from provider.platform.payments.stripe.errors import KEY, translated
from provider.platform.payments.stripe.intents import ACCOUNT

if TYPE_CHECKING:
    from stripe import StripeClient

_SECRET_KEY = re.compile(r"(?:sk|rk)_[A-Za-z0-9_]+")
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
"""How long a call waits. Stripe may have done it all the same, so what it was is looked up before it is done again."""

RETURN_URL = "https://qualit.example/payments/done"


class StripeAccount:
    """This account at Stripe; several threads may use it. Nothing is asked of Stripe before it is needed."""

    def __init__(self, settings: StripeSettings, account_id: str, database: Database) -> None:
        self.id = account_id
        self.database = database
        self.return_url = settings.return_url or RETURN_URL
        self._settings = settings
        self._lock = threading.Lock()
        self._client: StripeClient | None = None

    @property
    def client(self) -> StripeClient:
        """The SDK's client.

        Raises:
            GatewayKeyError: no key is set.
            GatewayUnavailableError: the SDK is not installed.
        """
        with self._lock:
            if self._client is None:
                with translated("open the SDK"):
                    self._client = _client(self._settings)
            return self._client

    def key(self, key: str) -> str:
        """An idempotency key as Stripe gets it: keys of several homes meet in one Stripe account."""
        return f"{self.id}:{key}"

    def customer(self) -> str | None:
        """The id of this account's customer; None when nothing was ever saved for it."""
        with self.database.read() as connection:
            known = home.gateway_customer(connection)
        if known is not None:
            return known
        # Made by a process that was killed before it could record it, or by a home that was restored.
        with translated("find the customer"):
            found = self.client.v1.customers.search({"query": f"metadata['{ACCOUNT}']:'{self.id}'", "limit": 100})
            oldest = min(found.auto_paging_iter(), key=lambda one: (one.created, one.id), default=None)
        return self._keep(oldest.id) if oldest is not None else None

    def customer_made(self) -> str:
        """The same, made if there is none. Whoever makes it twice within a day makes one, by the idempotency key."""
        known = self.customer()
        if known is not None:
            return known
        with translated("create the customer"):
            customer = self.client.v1.customers.create(
                {"description": f"Qual.IT account {self.id}", "metadata": {ACCOUNT: self.id}},
                {"idempotency_key": self.key("customer")},
            )
        return self._keep(customer.id)

    def _keep(self, customer_id: str) -> str:
        return self.database.write(lambda connection: home.keep_gateway_customer(connection, customer_id))


def _checked_key(settings: StripeSettings) -> str:
    """The key, unless sending it would be of no use or would show it to others."""
    key = (settings.key or "").strip()
    if not key:
        raise GatewayKeyError(f"the payment gateway is stripe, and no key is set; set {KEY} to a secret key of yours")
    if not _SECRET_KEY.fullmatch(key):
        raise GatewayKeyError(
            f"what {KEY} is set to is no secret key of Stripe: they begin with sk_ or, restricted, with rk_; copy one "
            "from the API keys of Stripe's dashboard"
        )
    base = urlsplit(settings.api_base or "https:")
    if base.scheme != "https" and base.hostname not in _THIS_MACHINE:
        raise GatewayKeyError(
            f"QUALIT_STRIPE_API_BASE is {settings.api_base}, where the key would go unencrypted; use an https address"
        )
    return key


def _client(settings: StripeSettings) -> StripeClient:
    import stripe
    from stripe import RequestsClient

    return stripe.StripeClient(
        _checked_key(settings),
        base_addresses={"api": settings.api_base} if settings.api_base else None,
        # The workflow retries, after it looked; a retry inside the SDK would hide what happened.
        max_network_retries=0,
        http_client=RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
    )
