"""``qualit ledger``: the entries of the ledger, its balances, and whether its cash is the gateway's (N9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from provider.cli.output import Column, JsonOption, instant, money, print_json, print_table, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.platform.ledger import Entry
    from provider.platform.reconcile.statement import Statement

ACCOUNTS = ("cash", "revenue", "credit", "refunds", "disputes")


def ledger(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Show the ledger, entry by entry.

    It has what was charged, given back, and lost to a bank. Each entry sums to zero and is never changed. The cash
    account equals what the payment gateway has.
    """
    with open_backend() as backend:
        statement = backend.ledger()
    if as_json:
        print_json(_as_json(statement))
        return
    if not statement.entries and not statement.cash:
        print_text("The ledger has no entries: nothing was ordered.")
        return
    columns = [Column("Date"), Column("Order"), Column("Kind"), *(Column(name.title(), "right") for name in ACCOUNTS)]
    rows = [_row(entry) for entry in statement.entries]
    totals = [_balances(statement, currency) for currency in sorted({currency for _, currency in statement.balances})]
    print_table([*columns, Column("")], [*rows, *totals], last_is_total=len(totals) == 1)
    for cash in statement.cash:
        has = f"\nCash: {money(cash.ledger, cash.currency)} in the ledger, "
        if cash.ledger == cash.gateway:
            print_text(f"{has}and the same at the payment gateway.")
        else:
            print_text(
                f"{has}{money(cash.gateway, cash.currency)} at the payment gateway. They differ by "
                f"{money(abs(cash.ledger - cash.gateway), cash.currency)}; `qualit reconcile` says why."
            )


def _row(entry: Entry) -> list[str]:
    amounts = {posting.account: posting.amount for posting in entry.postings}
    cells = [money(amounts[name]) if name in amounts else "" for name in ACCOUNTS]
    currency = next((posting.currency for posting in entry.postings), "")
    return [instant(entry.at), entry.order_id, entry.kind, *cells, currency]


def _balances(statement: Statement, currency: str) -> list[str]:
    held = {account: amount for (account, of), amount in statement.balances.items() if of == currency}
    cells = [money(held[name]) if name in held else "" for name in ACCOUNTS]
    return ["Balance", "", "", *cells, currency]


def _as_json(statement: Statement) -> dict[str, object]:
    return {
        "entries": [
            {
                "id": entry.id,
                "at": entry.at,
                "order": entry.order_id,
                "contract": entry.contract_id,
                "kind": entry.kind,
                "reference": entry.reference,
                "postings": [
                    {"account": posting.account, "amount": posting.amount, "currency": posting.currency}
                    for posting in entry.postings
                ],
            }
            for entry in statement.entries
        ],
        "balances": [
            {"account": account, "amount": amount, "currency": currency}
            for (account, currency), amount in sorted(statement.balances.items())
        ],
        "cash": [
            {
                "currency": cash.currency,
                "ledger": cash.ledger,
                "gateway": cash.gateway,
                "equal": cash.ledger == cash.gateway,
            }
            for cash in statement.cash
        ],
    }
