"""What an additional resource declares, and the checks that need nothing but the configuration."""

from __future__ import annotations

from provider.resources import attributes as shared
from provider.resources.card_numbers import without_card_numbers
from provider.resources.checks import check_money, check_timeouts, check_values
from provider.resources.model import Diagnostics, Values
from provider.resources.schema import Attribute, ListOf, Scalar, Schema

SCHEMA = Schema(
    "An additional resource of a server, bought on top of its offer and added while the server runs. Removing it from "
    "the configuration releases it from management: the capacity stays on the server, paid, and is renewed with it.",
    {
        "vps_id": Attribute(
            Scalar.STRING, "The id of the server. It cannot be moved to another one.", required=True, rule="C5"
        ),
        "type": Attribute(
            Scalar.STRING,
            "`vcpu`, `memory` (in GiB), `disk` (in GiB), `ipv4` (addresses) or `bandwidth` (in Mbit/s).",
            required=True,
            values=shared.RESOURCE_TYPE_VALUES,
            rule="S2",
        ),
        "quantity": Attribute(
            Scalar.NUMBER,
            "The server's total of additional units of this type. It can grow at any time and never shrink.",
            required=True,
            rule="C5",
        ),
        "payment_method": Attribute(
            Scalar.STRING,
            "The id of the saved payment method that pays for it; the server's when left out.",
            optional=True,
            rule="S5",
        ),
        "allow_restart": shared.ALLOW_RESTART_OF_SERVER,
        "max_charge": shared.MAX_CHARGE,
        "timeouts": shared.TIMEOUTS,
        "id": Attribute(Scalar.STRING, "The server's id and the type, such as `vps-3f0c…/disk`.", computed=True),
        "unit_price": Attribute(
            Scalar.STRING,
            "The price of a unit and month on this contract, VAT included; on average where units were bought at "
            "different prices.",
            computed=True,
            rule="S2",
        ),
        "monthly_price": shared.MONTHLY_PRICE,
        "currency": shared.CURRENCY,
        "charge": shared.CHARGE,
        "status": Attribute(
            Scalar.STRING, "`provisioning` (paid, being delivered), `active` or `suspended`.", computed=True
        ),
        "addresses": Attribute(ListOf(Scalar.STRING), "The additional addresses, for the type `ipv4`.", computed=True),
    },
)


def validate(config: Values) -> Diagnostics:
    """Static checks of an additional resource's configuration."""
    problems = (
        *check_values(SCHEMA, config),
        *check_money("max_charge", config["max_charge"]),
        *check_timeouts(config),
    )
    return without_card_numbers(SCHEMA, config, problems)
