"""Stripe behind the gateway port. Its SDK is imported with the first call, so that nobody else waits for it.

``gateway`` is the port; ``account`` what a call needs: the SDK's client and the Stripe customer that this account is;
``setting_up``, ``confirming`` and ``refunding`` what takes more than one call, and ``once`` how a write is made once;
``intents``, ``methods``, ``disputes`` and ``amounts`` read what Stripe says, and ``errors`` what it refuses; ``events``
brings what happened into the inbox, and ``webhook`` and ``receiver`` do where Stripe calls by itself.
For users: `docs/stripe.md`.
"""

from __future__ import annotations

from provider.platform.payments.stripe.gateway import StripeGateway

__all__ = ["StripeGateway"]
