"""What it would cost to buy a server or to change one, at a date; nothing is held and nothing ordered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from provider.backend.port import Backend, ContractView
from provider.commerce import policy
from provider.commerce.contract import RESOURCE_TYPES
from provider.commerce.estimate import Estimate, monthly_price_of
from provider.commerce.pricing import ZERO
from provider.commerce.refusal import Refusal
from provider.resources import attributes as shared
from provider.resources.checks import is_known, parse_day
from provider.resources.data_sources.lookup import Lookup, LookupFailedError, listing, text
from provider.resources.estimating import Wish, price_change, price_new
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Values
from provider.resources.schema import Attribute, MapOf, Scalar, Schema

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue


def _check(config: Values) -> Diagnostics:
    """What makes no question: no offer to price, a day that is none, a quantity that is none."""
    return tuple(_problems(config))


def _problems(config: Values) -> Iterator[Diagnostic]:
    server, renew = config["server"], config["renew"]
    if server is None and config["offer"] is None:
        detail = 'Write the offer of a new server, such as offer = "vps-2", or the server that you have: server = NAME.'
        yield Diagnostic("error", "Nothing to price", detail, ("offer",))
    if server is None and renew is True:
        detail = "renew = true asks for the renewal of a server that you have. Write which one: server = NAME."
        yield Diagnostic("error", "Nothing to renew", detail, ("renew",))
    if server is not None and config["term_months"] is not None and (renew is None or renew is False):
        detail = (
            "term_months says for how long a new server is ordered or one that you have renewed. Write renew = true "
            "for the price of the renewal, or leave term_months out: changing it charges nothing (rule C6)."
        )
        yield Diagnostic("error", "A duration without a renewal", detail, ("term_months",))
    on = config["on"]
    if on is not None and on is not UNKNOWN and parse_day(on) is None:
        detail = f'on is "{on}", which is not a day. Write year, month and day, such as "2026-12-24".'
        yield Diagnostic("error", "Invalid on", detail, ("on",))
    additions = config["additional_resources"]
    for kind, units in ({} if additions is None or additions is UNKNOWN else additions).items():
        if kind not in RESOURCE_TYPES:
            detail = f'"{kind}" is not an additional resource. The types are {policy.listed(RESOURCE_TYPES)}.'
            yield Diagnostic("error", "Invalid additional_resources (rule S2)", detail, ("additional_resources",))
        elif is_known(units) and not isinstance(units, int):
            detail = f"{kind} is {'null' if units is None else units}; it takes a whole number, the server's total."
            yield Diagnostic("error", "Invalid additional_resources (rule S2)", detail, ("additional_resources",))


def _price(config: Values, backend: Backend) -> Values:
    catalogue, today = backend.catalogue(), backend.now().date()
    day = today if config["on"] is None else parse_day(config["on"]) or today
    wish = Wish(
        config["offer"],
        config["os"],
        config["term_months"],
        config["additional_resources"] or {},
        renew=config["renew"] is True,
    )
    if config["server"] is None:
        return _values(catalogue, None, price_new(catalogue, wish, day, today), day)
    view = contract_named(backend, config["server"])
    return _values(catalogue, view, price_change(backend, view, wish, day, today), day)


def contract_named(backend: Backend, name: str) -> ContractView:
    """The contract of a server, or of an Order, of this name; raises LookupFailedError."""
    server = backend.server_named(name)
    view = server.contract if server else backend.contract_named(name)
    if view is None:
        known = ", ".join(sorted(each.name for each in backend.servers())) or "none yet"
        detail = f'There is no server or order called "{name}" in this account. Servers: {known}.'
        raise LookupFailedError("Server not found", detail, "server")
    return view


def _values(
    catalogue: Catalogue, view: ContractView | None, outcome: Estimate | tuple[Refusal, ...], day: date
) -> Values:
    refused = outcome if isinstance(outcome, tuple) else ()
    priced = outcome if isinstance(outcome, Estimate) else None
    before = monthly_price_of(view.contract) if view else ZERO
    return {
        "priced_on": day.isoformat(),
        "due_now": f"{priced.due_now:.2f}" if priced else None,
        "lines": [
            {"description": line.description, "amount": f"{line.amount:.2f}"}
            for proposal in (priced.proposals if priced else ())
            for line in proposal.lines
        ],
        "monthly_price": f"{priced.monthly_price:.2f}" if priced else None,
        "monthly_price_before": f"{before:.2f}",
        "currency": view.contract.currency if view else catalogue.currency,
        "paid_until": priced.after.paid_until.isoformat() if priced else None,
        "unit_prices": {each.type: f"{each.unit_price:.2f}" for each in catalogue.additional_resources},
        "problems": [
            {"rule": each.rule, "attribute": each.attribute, "summary": each.summary, "detail": each.detail}
            for each in refused
        ],
    }


PRICE = Lookup(
    "price",
    Schema(
        "What it would cost to buy a server, or to change one: what a plan of it would charge on that day. Nothing is "
        "ordered and no price is held. What the rules forbid is no error here: `problems` says why, and the amounts "
        "are null, so that who asks can decide (in Terraform a `check` block or a precondition).",
        {
            "server": Attribute(
                Scalar.STRING,
                "The name of a server that you have, also of a contract that was bought apart (`qualit_order`). What "
                "is not named below is kept. Without it a new server is priced.",
                optional=True,
            ),
            "offer": Attribute(Scalar.STRING, "The offer, required for a new server.", optional=True, rule="S1"),
            "os": Attribute(
                Scalar.STRING,
                "The operating system, `debian-12` for a new server unless another is named.",
                optional=True,
                rule="S3",
            ),
            "term_months": Attribute(
                Scalar.NUMBER,
                "For how many months a new server is ordered, 1 unless told otherwise, or one that you have renewed.",
                optional=True,
                values=shared.TERMS,
                rule="S4",
            ),
            "additional_resources": Attribute(
                MapOf(Scalar.NUMBER),
                "The server's total of each additional resource, by type, such as `{ disk = 50 }`.",
                optional=True,
                rule="C5",
            ),
            "renew": Attribute(
                Scalar.BOOL, "Whether the server is renewed as well, for its `term_months`.", optional=True, rule="P2"
            ),
            "on": Attribute(
                Scalar.STRING,
                "The day, such as `2026-12-24`; today unless it is given. Prices are those of today's catalogue.",
                optional=True,
                rule="P3",
            ),
            "priced_on": text("The day that the price is of."),
            "due_now": Attribute(
                Scalar.STRING,
                "What would be paid on that day, all orders together; null where it is refused.",
                computed=True,
                null_at_times=True,
                rule="P3",
            ),
            "lines": listing(
                "The lines that the amount is made of, with the days that each is paid for.",
                {"description": text("What the line is for."), "amount": text("The line's amount.")},
            ),
            "monthly_price": Attribute(
                Scalar.STRING,
                "What the server costs a month afterwards, additions and VAT included; null where it is refused.",
                computed=True,
                null_at_times=True,
                rule="P1",
            ),
            "monthly_price_before": text("What it costs a month now; `0.00` for a new one."),
            "currency": shared.CURRENCY,
            "paid_until": Attribute(
                Scalar.STRING,
                "The first day that is not paid afterwards; null where it is refused.",
                computed=True,
                null_at_times=True,
                rule="P4",
            ),
            "unit_prices": Attribute(
                MapOf(Scalar.STRING),
                "The price of a unit and month of each additional resource.",
                computed=True,
                rule="S2",
            ),
            "problems": listing(
                "Why it is refused; empty where it can be bought.",
                {
                    "rule": text("The number of the rule."),
                    "attribute": text("What asks for it, such as `offer`; empty where it is nothing in particular."),
                    "summary": text("One sentence."),
                    "detail": text("What is wrong and what to write instead."),
                },
            ),
        },
    ),
    _price,
    _check,
)
