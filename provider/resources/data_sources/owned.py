"""What the account has: its servers and its orders."""

from __future__ import annotations

from provider.backend.port import Backend, OrderView
from provider.commerce.pricing import monthly_price_of
from provider.resources import attributes as shared
from provider.resources.data_sources.lookup import Lookup, LookupFailedError, listing, text
from provider.resources.model import Value, Values
from provider.resources.schema import Attribute, ListOf, MapOf, Scalar, Schema


def _vps(config: Values, backend: Backend) -> Values:
    server = backend.server_named(config["name"])
    if server is None:
        known = ", ".join(sorted(s.name for s in backend.servers())) or "none yet"
        raise LookupFailedError(
            "Server not found",
            f'There is no server called "{config["name"]}" in this account. Servers: {known}.',
            "name",
        )
    contract = server.contract.contract
    return {
        "id": server.id,
        "offer": contract.solution.offer,
        "os": contract.solution.os,
        "characteristics": server.characteristics.model_dump(),
        "additional_resources": {
            line.key: line.quantity for line in contract.lines.values() if line.key != "solution" and line.quantity
        },
        "power_state": server.power_state,
        "status": server.status,
        "monthly_price": f"{monthly_price_of(contract):.2f}",
        "currency": contract.currency,
        "paid_until": contract.paid_until.isoformat(),
        "ipv4_addresses": list(server.ipv4_addresses),
        "labels": dict(server.settings.labels),
    }


def _orders(config: Values, backend: Backend) -> Values:
    wanted = config["server"]
    orders = [order for order in backend.orders() if wanted is None or order.server == wanted]
    return {"orders": [_order(order) for order in orders]}


def _order(order: OrderView) -> Value:
    return {
        "id": order.id,
        "kind": order.kind,
        "server": order.server,
        "description": order.description,
        "status": order.status,
        "amount": f"{order.amount:.2f}",
        "refunded": f"{order.refunded:.2f}",
        "currency": order.currency,
        "placed_at": order.placed_at.isoformat(),
    }


VPS = Lookup(
    "vps",
    Schema(
        "A server of the account in total, its additions included.",
        {
            "name": Attribute(Scalar.STRING, "The server's name.", required=True),
            "id": text("The server's id."),
            "offer": text("The offer of its contract."),
            "os": text("Its operating system."),
            "characteristics": Attribute(
                shared.CHARACTERISTICS.type, "What the server has in total, additions included.", computed=True
            ),
            "additional_resources": Attribute(
                MapOf(Scalar.NUMBER), "The quantity of each additional resource, by type.", computed=True
            ),
            "power_state": text("`running`, `sleeping` or `off`."),
            "status": text("`provisioning`, `active` or `suspended`."),
            "monthly_price": text("The price of a month in total, additions and VAT included."),
            "currency": shared.CURRENCY,
            "paid_until": shared.PAID_UNTIL,
            "ipv4_addresses": Attribute(ListOf(Scalar.STRING), "All its IPv4 addresses.", computed=True),
            "labels": Attribute(MapOf(Scalar.STRING), "Its labels.", computed=True),
        },
    ),
    _vps,
)

ORDERS = Lookup(
    "orders",
    Schema(
        "The orders of the account, oldest first.",
        {
            "server": Attribute(Scalar.STRING, "Only the orders of the server of this name.", optional=True),
            "orders": listing(
                "The orders.",
                {
                    "id": text("The order's id."),
                    "kind": text("`new`, `improvement`, `addition` or `renewal`."),
                    "server": text("The name of the server or, without one, of the contract."),
                    "description": text("What was ordered."),
                    "status": text("How far it is; `active` once delivered."),
                    "amount": text("What it cost."),
                    "refunded": text("What was paid back."),
                    "currency": shared.CURRENCY,
                    "placed_at": text("When it was ordered, in UTC."),
                },
            ),
        },
    ),
    _orders,
)
