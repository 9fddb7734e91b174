"""The account's saved payment methods: which one is the default, how one is saved, and what its removal does.

The gateway has the methods; the home remembers the default one.
"""

from __future__ import annotations

from sqlalchemy import Connection

from provider.backend.port import RefusedError, SavedMethod
from provider.commerce.policy import payment_means
from provider.platform.context import Platform
from provider.platform.home import default_payment_method, record_instant, set_default_payment_method
from provider.platform.payments.port import SetUp, UnknownMethodError
from provider.platform.refusals import raise_refusals


def check_means(platform: Platform, method_id: str) -> SavedMethod:
    """A method that can be used to pay at once, now (S5).

    Raises:
        RefusedError: it is not saved, not accepted, or expired.
    """
    saved, today = platform.gateway.methods(), platform.now().date()
    raise_refusals(payment_means(method_id, saved, today=today, contact=platform.catalogue.contact))
    return next(method for method in saved if method.id == method_id)


def set_up(platform: Platform, wanted: str | None) -> SetUp:
    """Begin to save a method, or save it at once.

    Raises:
        RefusedError: the gateway has none like the one that is wanted.
    """
    try:
        return platform.gateway.set_up_method(wanted)
    except UnknownMethodError as error:
        raise RefusedError("The payment method cannot be saved", f"{_sentence(error)}.", rule="S5") from error


def remove(platform: Platform, method_id: str) -> None:
    """Remove a saved method; if it was the default one, the account has none then.

    Raises:
        RefusedError: there is none of that id.
    """
    try:
        platform.gateway.remove_method(method_id)
    except UnknownMethodError as error:
        # It may have been removed before this, and whoever did it died before the default was cleared.
        _clear_default(platform, method_id)
        raise RefusedError(
            "No such payment method",
            "The account has no saved method of that id. See `qualit payment-methods`.",
            rule="S5",
        ) from error
    _clear_default(platform, method_id)


def choose_default(platform: Platform, method_id: str | None) -> None:
    """Let a saved method, or none, pay for what names none itself.

    Raises:
        RefusedError: it cannot be used to pay at once.
    """
    if method_id is not None:
        check_means(platform, method_id)

    def work(connection: Connection) -> None:
        record_instant(connection, platform.clock)
        set_default_payment_method(connection, method_id)

    platform.database.write(work)


def _clear_default(platform: Platform, method_id: str) -> None:
    def work(connection: Connection) -> None:
        if default_payment_method(connection) == method_id:
            set_default_payment_method(connection, None)

    platform.database.write(work)


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
