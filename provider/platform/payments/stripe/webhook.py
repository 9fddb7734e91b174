"""What Stripe sends by itself: into the inbox, once it is known to be from Stripe.

Nothing of a message is believed: it is kept that there is something to ask about, and the workflow asks.
"""

from __future__ import annotations

from typing import Literal

from provider.platform.payments.port import GatewayKeyError
from provider.platform.payments.stripe.account import StripeAccount
from provider.platform.payments.stripe.errors import translated
from provider.platform.payments.stripe.events import keep

SECRET = "QUALIT_STRIPE_WEBHOOK_SECRET"  # noqa: S105 - the variable's name

Received = Literal["kept", "known"]
"""``known`` came before, or concerns no order of this home."""


class NotFromStripeError(Exception):
    """The signature is missing, wrong or too old; nothing was kept."""


class Webhook:
    """Takes messages for one account; several threads may use it.

    Raises:
        GatewayKeyError: no secret is set, so that no signature could be checked.
        GatewayUnavailableError: the SDK is not installed.
    """

    def __init__(self, account: StripeAccount, secret: str | None) -> None:
        if not secret:
            raise GatewayKeyError(
                f"{SECRET} is not set; set it to the signing secret that Stripe shows for the webhook's endpoint"
            )
        with translated("open the SDK"):
            pass
        self._account = account
        self._secret = secret

    def receive(self, payload: bytes, signature: str | None) -> Received:
        """Check a message and keep what it tells.

        Raises:
            NotFromStripeError: it is not signed with the secret, or was signed more than five minutes ago.
            UnavailableError: the records cannot be written; Stripe sends it again.
        """
        import stripe

        try:
            event = stripe.Webhook.construct_event(payload, signature, self._secret)
        except (stripe.SignatureVerificationError, ValueError) as error:
            # Without the SDK's words: they repeat the message.
            raise NotFromStripeError(type(error).__name__) from None
        return "kept" if keep(self._account, [event.to_dict()]) else "known"
