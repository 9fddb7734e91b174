"""``qualit servers``: the servers of the account, as the machines are now."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from provider.cli.machines import look
from provider.cli.output import Column, JsonOption, money, print_json, print_table, print_text, print_warning
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.backend.port import ServerView


_FAULTS = {"crashed": "crashed", "paused": "its host is full", "forgotten": "removed", "diskless": "disk lost"}
"""What became of a machine that nobody asked for, where it is news to its owner; `qualit reconcile` says more."""


def servers(as_json: Annotated[bool, JsonOption] = False) -> None:
    """List your servers.

    With what each has in total, additions included, the state that its machine is in now, what it costs a month and
    until when it is paid.
    """
    with open_backend() as backend:
        seen = look(backend)
    views = seen.servers
    if seen.unseen:
        print_warning(f"The machines could not be looked at, so their wished states are shown. {seen.unseen}")
    if as_json:
        print_json([_as_json(view) for view in views])
        return
    if not views:
        print_text("You have no servers. Declare one with Terraform or OpenTofu; `qualit price` says what it costs.")
        return
    titles = ("Name", "Offer", "System", "Has in total", "State", "Address")
    print_table(
        [*(Column(title) for title in titles), Column("Monthly", "right"), Column("Paid until")],
        [_row(view) for view in views],
    )
    for notice in seen.notices:
        print_text(f"\n{notice.summary}\n  {notice.detail}")


def _as_json(view: ServerView) -> dict[str, object]:
    contract = view.contract.contract
    return {
        "id": view.id,
        "name": view.name,
        "status": view.status,
        "offer": contract.solution.offer,
        "os": contract.solution.os,
        "characteristics": view.characteristics.model_dump(),
        "power_state": view.power_state,
        "wished_power_state": view.settings.power_state,
        "fault": view.fault,
        "ipv4_addresses": view.ipv4_addresses,
        "monthly_price": _monthly_price(view),
        "currency": contract.currency,
        "paid_until": contract.paid_until,
        "contract": contract.id,
        "domain_uuid": view.domain_uuid,
        "host": view.host,
    }


def _row(view: ServerView) -> list[str]:
    contract = view.contract.contract
    has = view.characteristics
    total = f"{has.vcpus} vCPU, {has.memory_gib} GiB memory, {has.disk_gib} GiB disk, {has.ipv4_addresses} IPv4"
    return [
        view.name,
        contract.solution.offer or "",
        contract.solution.os or "",
        f"{total}, {has.bandwidth_mbits} Mbit/s",
        _state(view),
        ", ".join(view.ipv4_addresses),
        money(_monthly_price(view), contract.currency),
        contract.paid_until.isoformat(),
    ]


def _state(view: ServerView) -> str:
    if view.status != "active":
        return view.status
    return f"{view.power_state}, {_FAULTS[view.fault]}" if view.fault in _FAULTS else view.power_state


def _monthly_price(view: ServerView) -> Decimal:
    """The server's, additions included."""
    return sum((line.monthly_price for line in view.contract.contract.lines.values()), Decimal("0.00"))
