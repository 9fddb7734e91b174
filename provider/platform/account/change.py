"""Changing the data of the account. Called when a customer sets them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from provider.platform.account.check import changed
from provider.platform.account.data import AccountData
from provider.platform.context import Platform
from provider.platform.home import record_instant
from provider.platform.records import account


def change_account(platform: Platform, changes: Mapping[str, str]) -> AccountData:
    """Change some fields; an empty text takes one away.

    Raises:
        RefusedError: a value cannot be right, alone or with the others; nothing is stored.
    """

    def work(connection: Connection) -> AccountData:
        data = changed(account.get(connection), changes)
        account.put(connection, data, record_instant(connection, platform.clock))
        return data

    return platform.database.write(work)
