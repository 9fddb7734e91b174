"""What can be looked up: what is sold, and what the account has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provider.backend.port import Backend, BackendError, OrderView, ServerView
from provider.resources import attributes as shared
from provider.resources.card_numbers import card_numbers, without_card_numbers
from provider.resources.checks import check_values
from provider.resources.model import Diagnostic, Diagnostics, StateResult, Value, Values
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Scalar, Schema

_ID = Attribute(Scalar.STRING, "What it is called in a configuration.", computed=True)


def _text(description: str) -> Attribute:
    return Attribute(Scalar.STRING, description, computed=True)


def _number(description: str) -> Attribute:
    return Attribute(Scalar.NUMBER, description, computed=True)


def _listing(description: str, attributes: dict[str, Attribute]) -> Attribute:
    return Attribute(ListOf(Nested(attributes)), description, computed=True)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A data source: its schema and the function that answers it. A failure of the platform is a diagnostic."""

    name: str
    schema: Schema
    answer: Callable[[Values, Backend], Values]
    """From the configuration to the computed attributes."""

    def validate(self, config: Values) -> Diagnostics:
        return without_card_numbers(self.schema, config, check_values(self.schema, config))

    def read(self, config: Values, backend: Backend) -> StateResult:
        refused = card_numbers(self.schema, config)
        if refused:
            return StateResult(None, refused)
        try:
            return StateResult({**config, **self.answer(config, backend)})
        except BackendError as error:
            return StateResult(None, (Diagnostic.of_error(error),))
        except _NotFoundError as error:
            return StateResult(None, (error.diagnostic,))


class _NotFoundError(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.summary)
        self.diagnostic = diagnostic


def _offers(_config: Values, backend: Backend) -> Values:
    catalogue = backend.catalogue()
    return {
        "catalogue_version": catalogue.version,
        "currency": catalogue.currency,
        "offers": [
            {
                "id": offer.id,
                "characteristics": offer.characteristics.model_dump(),
                "monthly_price": f"{offer.monthly_price:.2f}",
                "retired": offer.retired,
            }
            for offer in catalogue.offers
        ],
    }


def _operating_systems(_config: Values, backend: Backend) -> Values:
    catalogue = backend.catalogue()
    return {
        "currency": catalogue.currency,
        "operating_systems": [
            {
                "id": system.id,
                "name": system.name,
                "monthly_price": f"{system.monthly_price:.2f}",
                "login": system.login,
            }
            for system in catalogue.operating_systems
        ],
    }


def _additional_resources(_config: Values, backend: Backend) -> Values:
    catalogue = backend.catalogue()
    return {
        "currency": catalogue.currency,
        "additional_resources": [
            {
                "type": addition.type,
                "unit": addition.unit,
                "unit_price": f"{addition.unit_price:.2f}",
                "minimum": addition.minimum,
                "maximum": addition.maximum,
                "step": addition.step,
                "server_maximum": addition.server_maximum,
            }
            for addition in catalogue.additional_resources
        ],
    }


def _vps(config: Values, backend: Backend) -> Values:
    server = backend.server_named(config["name"])
    if server is None:
        known = ", ".join(sorted(s.name for s in backend.servers())) or "none yet"
        raise _NotFoundError(
            Diagnostic(
                "error",
                "Server not found",
                f'There is no server called "{config["name"]}" in this account. Servers: {known}.',
                ("name",),
            )
        )
    return server_values(server)


def server_values(server: ServerView) -> Values:
    """A server in total, its additions included."""
    contract = server.contract.contract
    monthly = sum(line.monthly_price for line in contract.lines.values())
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
        "monthly_price": f"{monthly:.2f}",
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


OFFERS = Lookup(
    "offers",
    Schema(
        "The offers of the catalogue.",
        {
            "catalogue_version": _text("The version of the catalogue."),
            "currency": shared.CURRENCY,
            "offers": _listing(
                "The offers, in the catalogue's order.",
                {
                    "id": _ID,
                    "characteristics": shared.CHARACTERISTICS,
                    "monthly_price": shared.MONTHLY_PRICE,
                    "retired": Attribute(
                        Scalar.BOOL, "Whether it can be renewed and no longer be ordered.", computed=True, rule="P8"
                    ),
                },
            ),
        },
    ),
    _offers,
)

OPERATING_SYSTEMS = Lookup(
    "operating_systems",
    Schema(
        "The operating systems that a server can be installed with.",
        {
            "currency": shared.CURRENCY,
            "operating_systems": _listing(
                "The operating systems, in the catalogue's order.",
                {
                    "id": _ID,
                    "name": _text("Its name for people."),
                    "monthly_price": _text("What it adds to a month's price; `0.00` for all but SUSE Enterprise."),
                    "login": _text("The account that `ssh_keys` log in to."),
                },
            ),
        },
    ),
    _operating_systems,
)

ADDITIONAL_RESOURCES = Lookup(
    "additional_resources",
    Schema(
        "The additional resources that can be bought on top of an offer, with their unit prices.",
        {
            "currency": shared.CURRENCY,
            "additional_resources": _listing(
                "The additional resources, in the catalogue's order.",
                {
                    "type": _text("The `type` of a `qualit_resource`."),
                    "unit": _text("What is counted."),
                    "unit_price": _text("The price of a unit and month."),
                    "minimum": _number("The smallest quantity."),
                    "maximum": _number("The largest quantity."),
                    "step": _number("The quantity is a multiple of it."),
                    "server_maximum": _number("How much a server can have in total, its offer included."),
                },
            ),
        },
    ),
    _additional_resources,
)

VPS = Lookup(
    "vps",
    Schema(
        "A server of the account in total, its additions included.",
        {
            "name": Attribute(Scalar.STRING, "The server's name.", required=True),
            "id": _text("The server's id."),
            "offer": _text("The offer of its contract."),
            "os": _text("Its operating system."),
            "characteristics": Attribute(
                shared.CHARACTERISTICS.type, "What the server has in total, additions included.", computed=True
            ),
            "additional_resources": Attribute(
                MapOf(Scalar.NUMBER), "The quantity of each additional resource, by type.", computed=True
            ),
            "power_state": _text("`running`, `sleeping` or `off`."),
            "status": _text("`provisioning`, `active` or `suspended`."),
            "monthly_price": _text("The price of a month in total, additions and VAT included."),
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
            "orders": _listing(
                "The orders.",
                {
                    "id": _text("The order's id."),
                    "kind": _text("`new`, `improvement`, `addition` or `renewal`."),
                    "server": _text("The name of the server or, without one, of the contract."),
                    "description": _text("What was ordered."),
                    "status": _text("How far it is; `active` once delivered."),
                    "amount": _text("What it cost."),
                    "refunded": _text("What was paid back."),
                    "currency": shared.CURRENCY,
                    "placed_at": _text("When it was ordered, in UTC."),
                },
            ),
        },
    ),
    _orders,
)
