"""Saving a method: on a page of Stripe, so that no card number comes near this program (N8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provider.platform.payments.port import GatewayRefusedError
from provider.platform.payments.stripe.account import StripeAccount
from provider.platform.payments.stripe.errors import translated
from provider.platform.payments.stripe.intents import ACCOUNT
from provider.platform.payments.stripe.methods import TYPES

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams


def set_up_url(account: StripeAccount) -> str:
    """The page for this account's customer. Without PayPal where the Stripe account does not have it switched on."""
    customer = account.customer_made()
    with translated("open a page to save a method"):
        import stripe

        try:
            return _create(account, customer, TYPES)
        except stripe.InvalidRequestError as error:
            if not (error.param or "").startswith("payment_method_types"):
                raise
            return _create(account, customer, ("card",))


def _create(account: StripeAccount, customer: str, types: tuple[str, ...]) -> str:
    wanted: SessionCreateParams = {
        "mode": "setup",
        "customer": customer,
        "payment_method_types": list(types),
        "success_url": account.return_url,
        "cancel_url": account.return_url,
        "metadata": {ACCOUNT: account.id},
    }
    url = account.client.v1.checkout.sessions.create(wanted).url
    if url is None:
        raise GatewayRefusedError("Stripe opened a page to save a method and did not say where it is")
    return url
