"""Makes costs of planned changes: prices of a month before and after, and what is paid now.

Called by the readers of each format, with the values as the plan has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from provider.cost.model import ZERO, Action, ChargedLine, CostComponent, Kind, Price, ResourceCost, Side
from provider.cost.values import UNKNOWN, Values, amount, day, number, text, whole
from provider.money import round_cents

UNITS: Mapping[str, str] = {
    "vcpu": "vCPU",
    "memory": "GiB",
    "disk": "GiB",
    "ipv4": "addresses",
    "bandwidth": "Mbit/s",
}
"""What a unit of each additional resource is (S2)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One planned change: the values before and after, None where it does not exist. ``is_planned`` is false for what a
    plan that failed did not come to."""

    kind: Kind
    address: str
    before: Values | None
    after: Values | None
    is_planned: bool = True
    notes: tuple[str, ...] = ()
    belongs_to: str = ""
    """The address of the server or order that it runs on, where a format knows that better than the id."""


def costs(changes: Sequence[Change]) -> tuple[ResourceCost, ...]:
    """The costs of a project's changes, those of one contract beside each other."""
    names = _Names(changes)
    found = [_cost(change, names) for change in changes]
    order = {contract: index for index, contract in reversed(list(enumerate(cost.contract for cost in found)))}
    kinds: tuple[Kind, ...] = ("order", "vps", "resource")
    return tuple(sorted(found, key=lambda cost: (order[cost.contract], kinds.index(cost.kind))))


class _Names:
    """What the changes of a plan say of each other: whose contract it is, and whether that ends."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._contracts: dict[str, str] = {}
        """By the id and by the address of a server or an order."""
        self._names: dict[str, str] = {}
        self._ended: set[str] = set()
        for change in sorted(changes, key=lambda change: change.kind == "vps"):
            if change.kind == "resource":
                continue
            values = _latest(change)
            id_ = text(values.get("id")) or change.address
            contract = self._contracts.get(change.belongs_to) or text(values.get("order_id")) or id_
            self._contracts[id_] = self._contracts[change.address] = contract
            name = text(values.get("name")) or change.address
            # A server's name is what people know its contract by.
            self._names[contract] = name
            if change.after is None and contract == id_:
                self._ended.add(contract)

    def contract_of(self, change: Change) -> str:
        values = _latest(change)
        if change.kind != "resource":
            return self._contracts[text(values.get("id")) or change.address]
        if change.belongs_to in self._contracts:
            return self._contracts[change.belongs_to]
        server = text(values.get("vps_id")) or text(values.get("id")).partition("/")[0]
        return self._contracts.get(server, server) or change.address

    def server_of(self, contract: str) -> str:
        return self._names.get(contract, contract)

    def ends(self, contract: str) -> bool:
        return contract in self._ended


def _latest(change: Change) -> Values:
    values = change.before if change.after is None else change.after
    return values or {}


def _cost(change: Change, names: _Names) -> ResourceCost:
    contract = names.contract_of(change)
    before = None if change.before is None else _side(change.kind, change.before)
    after = None if change.after is None else _side(change.kind, change.after)
    action = _action(change, ended=names.ends(contract))
    notes = list(change.notes)
    due: Price = ZERO
    lines: tuple[ChargedLine, ...] = ()
    reason = ""
    values = _latest(change)
    if action == "unplanned":
        due, after = None, replace(before, monthly=None, components=()) if before else None
        notes.append("Its plan was not made, because the plan failed; what it would cost is not known.")
    elif action == "release":
        after = before
        notes.append("No longer declared, and still on the server: paid, and renewed with it (C5).")
    elif action == "end":
        notes.append(_lost(change, before, ended=names.ends(contract)))
    else:
        due, reason, lines = _charge(change)
        notes.extend(_no_amounts(change.after or {}))
    return ResourceCost(
        address=change.address,
        kind=change.kind,
        name=_name(change.kind, values, change.address),
        contract=contract,
        server=names.server_of(contract),
        action=action,
        currency=text((change.after or {}).get("currency")) or text((change.before or {}).get("currency")) or None,
        before=before,
        after=after,
        due_now=due,
        reason=reason,
        lines=lines,
        notes=tuple(note for note in notes if note),
    )


def _action(change: Change, *, ended: bool) -> Action:
    if not change.is_planned:
        return "unplanned"
    if change.after is None:
        return "end" if ended or change.kind != "resource" else "release"
    if change.before is None:
        return "create"
    return "keep" if change.before == change.after else "change"


def _side(kind: Kind, values: Values) -> Side:
    is_priced = not (kind == "vps" and (text(values.get("order_id")) or values.get("order_id") is UNKNOWN))
    monthly = amount(values.get("monthly_price")) if is_priced else ZERO
    return Side(
        monthly,
        (_component(kind, values, monthly),) if is_priced else (),
        day(values.get("paid_until")),
        whole(values.get("term_months")),
        values.get("auto_renew") is not False,
    )


def _component(kind: Kind, values: Values, monthly: Price) -> CostComponent:
    if kind != "resource":
        offer, os = text(values.get("offer")) or "unknown offer", text(values.get("os"))
        return CostComponent(f"{offer} with {os}" if os else offer, "months", Decimal(1), monthly, monthly)
    type_ = text(values.get("type"))
    quantity, price = number(values.get("quantity")), amount(values.get("unit_price"))
    if price is None and monthly is not None and quantity:
        price = round_cents(monthly / quantity)
    return CostComponent(f"additional {type_ or 'resource'}", UNITS.get(type_, "units"), quantity, price, monthly)


def _name(kind: Kind, values: Values, address: str) -> str:
    if kind != "resource":
        return text(values.get("name")) or address
    type_, quantity = text(values.get("type")), number(values.get("quantity"))
    return f"{type_ or address}, {'unknown' if quantity is None else quantity} {UNITS.get(type_, 'units')}"


def _charge(change: Change) -> tuple[Price, str, tuple[ChargedLine, ...]]:
    """What is paid now, why, and its lines. A charge that was there before is the last one, and paid."""
    values = change.after or {}
    after = values.get("charge")
    if after is UNKNOWN or (after is None and values.get("monthly_price") is UNKNOWN):
        return None, "", ()
    if after is None or (change.before is not None and _is_same(change.before.get("charge"), after)):
        return ZERO, "", ()
    if not isinstance(after, Mapping):
        return None, "", ()
    lines = after.get("lines")
    charged = [
        ChargedLine(text(line.get("description")), amount(line.get("amount")))
        for line in (lines if isinstance(lines, list) else ())
        if isinstance(line, Mapping)
    ]
    return amount(after.get("amount")), text(after.get("reason")), tuple(charged)


def _is_same(before: Any, after: Any) -> bool:
    return isinstance(before, Mapping) and isinstance(after, Mapping) and dict(before) == dict(after)


def _lost(change: Change, before: Side | None, *, ended: bool) -> str:
    """What the end loses (C8), in the words of an approval."""
    until = f", paid until {before.paid_until}" if before and before.paid_until else ""
    if change.kind == "resource":
        return "Ends with its server; nothing is paid back (C8)."
    if change.kind == "order":
        return f"The contract ends{until}: nothing is paid back (C8)."
    if not ended:
        return f"The machine and its disk are deleted; its contract was bought apart and goes on{until} (L5)."
    return f"Ends{until}: the machine and its disk are deleted, and nothing is paid back (C8)."


def _no_amounts(values: Values) -> list[str]:
    """What is written where an amount should be."""
    written: dict[str, object] = {name: values.get(name) for name in ("monthly_price", "unit_price")}
    charge = values.get("charge")
    if isinstance(charge, Mapping):
        written["charge.amount"] = charge.get("amount")
    return [
        f"{name} is {value!r}, which is no amount: counted as unknown."
        for name, value in written.items()
        if value is not None and value is not UNKNOWN and amount(value) is None
    ]
