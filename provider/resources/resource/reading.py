"""An additional resource as it is: reading it back, and taking one into management that exists already."""

from __future__ import annotations

from decimal import Decimal

from provider.backend.port import PAID_UNDELIVERED, Backend, OrderView, ServerView
from provider.commerce.change import SetQuantity
from provider.commerce.contract import RESOURCE_TYPES, ResourceType
from provider.money import round_cents
from provider.resources.model import Diagnostic, StateResult, Values
from provider.resources.resource.schema import SCHEMA
from provider.resources.stamp import stamp

NOT_READ_BACK = ("payment_method", "allow_restart", "max_charge", "timeouts", "charge")
"""What only the configuration or an earlier apply knows: a refresh leaves it as it is."""


def read(state: Values, backend: Backend) -> StateResult:
    """The present value of an addition in the state; None once the server ended."""
    server = backend.server(state["vps_id"])
    current = state_of(server, state["type"], state) if server else None
    if server is None and not backend.knows(state["vps_id"]):
        return StateResult(state, (_unknown_here(state),))
    if server is None or current is None:
        notice = Diagnostic(
            "warning",
            f"The additional {state['type']} of {state['vps_id']} is gone (rule L3)",
            "The server that it was added to has ended, and its additions with it.",
        )
        return StateResult(None, (notice,))
    return StateResult(current, (), stamp(backend, server.contract.contract, state["type"]))


def _unknown_here(state: Values) -> Diagnostic:
    return Diagnostic(
        "error",
        f"The server of the additional {state['type']} is not known here (rule N4)",
        f"{state['vps_id']} was never ordered from the home or the database that is configured now. Set QUALIT_HOME "
        "(`home` in the provider block) and QUALIT_DATABASE_URL (`database_url`) to what they were at the last apply. "
        "If that home is gone for good, take the addition out of the state: terraform state rm qualit_resource.NAME "
        "(Pulumi: pulumi state delete).",
    )


def import_state(import_id: str, backend: Backend) -> StateResult:
    """Adopt the addition ``SERVER/TYPE``, where SERVER is a name or an id."""
    server_id, _, named = import_id.rpartition("/")
    type_ = next((known for known in RESOURCE_TYPES if known == named), None)
    server = backend.server_named(server_id) or backend.server(server_id) if server_id else None
    nothing: Values = dict.fromkeys(SCHEMA.attributes)
    state = state_of(server, type_, nothing) if server and type_ else None
    if server is None or type_ is None or state is None:
        error = Diagnostic(
            "error",
            "Additional resource not found",
            f'There is no additional resource "{import_id}". The import id is SERVER/TYPE with the server\'s name or '
            f"id and one of {', '.join(RESOURCE_TYPES)}, such as web/disk.",
        )
        return StateResult(None, (error,))
    return StateResult(state, (), stamp(backend, server.contract.contract, type_))


def state_of(server: ServerView, type_: ResourceType, known: Values) -> Values | None:
    """The state of a server's addition, paid and not delivered included; None when it has none of the type."""
    contract = server.contract.contract
    order = _undelivered(server, type_)
    line = contract.lines.get(type_)
    if order is not None and isinstance(order.change, SetQuantity):
        quantity, monthly = order.change.quantity, order.monthly_price
    elif line is not None and line.quantity:
        quantity, monthly = line.quantity, line.monthly_price
    else:
        return None
    status = "provisioning" if order is not None else server.contract.status
    return {
        **{name: known[name] for name in NOT_READ_BACK},
        "vps_id": server.id,
        "type": type_,
        "quantity": quantity,
        "id": f"{server.id}/{type_}",
        "unit_price": unit_price(monthly, quantity),
        "monthly_price": f"{monthly:.2f}",
        "currency": contract.currency,
        "status": status,
        "addresses": _addresses(server, quantity) if type_ == "ipv4" else [],
    }


def unit_price(monthly: Decimal, quantity: int) -> str:
    """What a unit costs a month on average: units that are held keep their price until renewal (P3)."""
    return f"{round_cents(monthly / quantity):.2f}"


def _undelivered(server: ServerView, type_: ResourceType) -> OrderView | None:
    orders = server.contract.open_orders
    return next((o for o in orders if o.line == type_ and o.status in PAID_UNDELIVERED), None)


def _addresses(server: ServerView, quantity: int) -> list[str]:
    return list(server.ipv4_addresses[-quantity:])
