"""What Stripe's refusals and silences are to the port. No message repeats a key, a secret or a card number (N8).

==============================================  ====================================================================
authentication, permission                      GatewayKeyError: everything waits until the key is set right
no connection, 409, 429, 5xx                    GatewayUnavailableError: whether it took effect is unknown
a customer or a payment that is not there       GatewayKeyError: the key is of another Stripe account
a dispute                                       DisputedError
everything else that was asked wrongly          GatewayRefusedError
==============================================  ====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provider.platform.payments.port import (
    DisputedError,
    GatewayKeyError,
    GatewayRefusedError,
    GatewayUnavailableError,
)

if TYPE_CHECKING:
    import stripe

KEY = "QUALIT_STRIPE_KEY"
_SECRET = re.compile(r"\b(?:sk|rk|pk|whsec)_\w+|\b\w+_secret_\w+|(?<!\d)\d(?:[ -]?\d){11,18}(?!\d)")

_OURS = frozenset({"customer", "intent", "payment_intent"})
"""What is in the records and never goes at Stripe: where it is missing, another account is looked at."""


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Let what Stripe raises in here become the port's; ``what`` says what was asked of it.

    A declined card is none of these: who confirms looks at the payment itself.
    """
    try:
        import stripe
    except ModuleNotFoundError:
        raise GatewayUnavailableError(
            "the package stripe is not installed; install qualit with its extra `platform`"
        ) from None
    try:
        yield
    # Without the cause: it holds the request, and a log would show it.
    except stripe.AuthenticationError:
        raise GatewayKeyError(f"Stripe does not know the key in {KEY}; set it to a secret key of yours") from None
    except stripe.PermissionError as error:
        raise GatewayKeyError(
            f"the key in {KEY} may not do this ({what}): {said(error)}; give a restricted key the permissions that "
            "docs/stripe.md lists, or use a secret key"
        ) from None
    except stripe.IdempotencyError as error:
        raise GatewayRefusedError(f"{what}: the idempotency key was used for another request{_by(error)}") from None
    except stripe.InvalidRequestError as error:
        raise _refusal(error, what) from None
    except stripe.CardError as error:
        raise GatewayRefusedError(f"{what}: {said(error)}") from None
    except stripe.APIConnectionError:
        raise GatewayUnavailableError(f"Stripe cannot be reached, or did not answer in time ({what})") from None
    except stripe.StripeError as error:
        raise GatewayUnavailableError(
            f"Stripe answered with an error ({error.http_status or 'no status'}; {what}){_by(error)}"
        ) from None


def said(error: stripe.StripeError) -> str:
    """Stripe's own words, without anything secret, and the request that its support asks for."""
    words = _SECRET.sub("(left out)", error.user_message or error.code or "no reason given")
    return f"{' '.join(words.split()).rstrip('.')}{_by(error)}"


def _refusal(error: stripe.InvalidRequestError, what: str) -> Exception:
    if error.code == "charge_disputed":
        return DisputedError(f"{what}: the payment is disputed, and the dispute decides who gets the money")
    if error.code == "resource_missing" and error.param in _OURS:
        return GatewayKeyError(
            f"the key in {KEY} is of another Stripe account, or of its other mode (test or live), than the one that "
            "this home pays with; set the key of that account again, or QUALIT_HOME to another folder"
        )
    return GatewayRefusedError(f"{what}: {said(error)}")


def _by(error: stripe.StripeError) -> str:
    return f" (request {error.request_id})" if error.request_id else ""
