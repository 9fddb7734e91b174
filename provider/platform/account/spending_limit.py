"""Setting the account's spending limit (P9). Called when a customer sets it, never for a configuration."""

from __future__ import annotations

import re
from decimal import Decimal

from sqlalchemy import Connection

from provider.backend.port import RefusedError
from provider.money import Money
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.records import catalogues, spending

_AMOUNT = re.compile(r"(?P<amount>[0-9]{1,12}(?:[.][0-9]{1,2})?)(?:\s*(?P<currency>[A-Za-z]{3}))?")
_NUMBER = re.compile(r"(?P<sign>[-+])?[0-9]+(?:[.,][0-9]+)*")


def set_spending_limit(platform: Platform, text: str | None) -> Money | None:
    """Let the orders of each month charge no more than an amount such as ``200.00``; None takes the limit away.

    Raises:
        RefusedError: the text is no such amount in the catalogue's currency; nothing is stored.
    """
    wanted = None if text is None else limit_of(text, platform.catalogue.currency)

    def work(connection: Connection) -> None:
        catalogues.check_offers(connection, platform.catalogue)
        spending.set_limit(connection, wanted)
        record_instant(connection, platform.clock)

    platform.database.write(work)
    return wanted


def limit_of(text: str, currency: str) -> Money:
    """The limit that a text names, in the currency that is sold in. Zero is one: nothing that costs money is bought.

    Raises:
        RefusedError: it names none; the text says why.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise _refused(text, f"{_fault(text.strip())}. Write an amount such as 200.00")
    named = (match["currency"] or currency).upper()
    if named != currency:
        raise _refused(
            text, f"the catalogue sells in {currency}, and a limit in {named} could not be compared with that"
        )
    return Money(Decimal(match["amount"]), currency)


def _fault(text: str) -> str:
    number = _NUMBER.match(text)
    if number is None:
        return "it is no amount"
    if number["sign"]:
        return "a limit has no sign"
    if number.end() != len(text):
        return "it is no amount with a currency of three letters"
    if "," in text or text.count(".") > 1:
        return "decimals stand behind a point, and nothing stands between thousands"
    return "it has more than two decimals" if "." in text else "it has more than twelve digits"


def _refused(text: str, why: str) -> RefusedError:
    return RefusedError(
        "The spending limit cannot be set",
        f'spending_limit = "{text}": {why}. Nothing was stored.',
        rule="P9",
        attribute="spending_limit",
    )
