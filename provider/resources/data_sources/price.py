"""What it would cost to buy a server or to change one, at a date; nothing is held and nothing ordered."""

from __future__ import annotations

from collections.abc import Iterator

from provider.backend.port import Backend
from provider.commerce import policy
from provider.commerce.contract import RESOURCE_TYPES
from provider.resources import attributes as shared
from provider.resources.checks import is_known, parse_day
from provider.resources.data_sources.lookup import Lookup, listing, text
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Values
from provider.resources.schema import Attribute, ListOf, MapOf, Scalar, Schema


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
    from provider.resources.data_sources.price_answer import (
        price,  # What only an answer needs is not loaded for others.
    )

    return price(config, backend)


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
            "requires": Attribute(
                ListOf(Scalar.STRING),
                "What the server has to allow for it: `allow_reinstall` or `allow_restart`; mostly nothing.",
                computed=True,
                rule="C1",
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
