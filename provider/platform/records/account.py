"""The data of the account that stand on receipts: one row, or none."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from provider.platform.account.data import AccountData
from provider.platform.database import tables

_account = tables.account


def get(connection: Connection) -> AccountData | None:
    """None where none were set."""
    row = connection.execute(select(_account)).first()
    if row is None:
        return None
    return AccountData(**{field.name: getattr(row, field.name) for field in fields(AccountData)})


def put(connection: Connection, data: AccountData, at: datetime) -> None:
    """Keep these data in the place of those before; receipts that were written keep theirs."""
    connection.execute(delete(_account))
    if data:
        connection.execute(insert(_account).values(id=1, changed_at=at, **asdict(data)))
