"""What a contract declares that is bought apart, and the checks that need nothing but the configuration."""

from __future__ import annotations

from provider.commerce import policy
from provider.resources import attributes as shared
from provider.resources.card_numbers import without_card_numbers
from provider.resources.checks import check_money, check_timeouts, check_values
from provider.resources.model import Diagnostic, Diagnostics, Values
from provider.resources.schema import Attribute, Scalar, Schema

SCHEMA = Schema(
    "A contract, bought apart from the server that runs on it: for teams where one buys and another deploys. Creating "
    "it orders and pays at once. Changing `offer` improves the server that runs on it, in place.",
    {
        "name": Attribute(
            Scalar.STRING,
            "The contract's name, unique among the account's orders: lower-case letters, digits and hyphens. It "
            "cannot be changed.",
            required=True,
            rule="C9",
        ),
        "offer": Attribute(Scalar.STRING, shared.OFFER_DESCRIPTION, required=True, rule="C2"),
        "os": shared.OPERATING_SYSTEM,
        "term_months": shared.TERM_MONTHS,
        "payment_method": shared.PAYMENT_METHOD,
        "auto_renew": shared.AUTO_RENEW,
        "allow_reinstall": shared.ALLOW_REINSTALL,
        "allow_restart": shared.ALLOW_RESTART_OF_SERVER,
        "max_charge": shared.CONTRACT_MAX_CHARGE,
        "timeouts": shared.TIMEOUTS,
        "id": Attribute(
            Scalar.STRING,
            "The contract's id, known when planning, also before it is bought: the `order_id` of a `qualit_vps`.",
            computed=True,
        ),
        "status": Attribute(
            Scalar.STRING, "`provisioning` (paid, being delivered), `active` or `suspended`.", computed=True, rule="L2"
        ),
        "characteristics": shared.CHARACTERISTICS,
        "monthly_price": shared.MONTHLY_PRICE,
        "currency": shared.CURRENCY,
        "charge": shared.CHARGE,
        "paid_until": shared.PAID_UNTIL,
        "improved_at": shared.IMPROVED_AT,
        "improved_from": shared.IMPROVED_FROM,
    },
)


def validate(config: Values) -> Diagnostics:
    """Static checks of an order's configuration."""
    names = policy.name("name", config["name"]) if isinstance(config["name"], str) else ()
    problems = (
        *check_values(SCHEMA, config),
        *check_money("max_charge", config["max_charge"]),
        *check_timeouts(config),
        *(Diagnostic.of_refusal(refusal) for refusal in names),
    )
    return without_card_numbers(SCHEMA, config, problems)
