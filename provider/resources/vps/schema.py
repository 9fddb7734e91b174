"""What a server declares, and the checks that need nothing but the configuration."""

from __future__ import annotations

from provider.commerce import policy
from provider.resources import attributes as shared
from provider.resources.card_numbers import without_card_numbers
from provider.resources.checks import check_money, check_timeouts, check_values, is_given
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Values
from provider.resources.schema import Attribute, MapOf, Scalar, Schema, SetOf

OF_THE_ORDER = ("offer", "os", "term_months", "payment_method", "auto_renew")
"""What belongs to the contract, and so to the order when there is one."""

SCHEMA = Schema(
    "A virtual server. Creating it orders its contract and pays for it at once; it can be improved in place at any "
    "time and never be made smaller. With `order_id` it runs on a contract that was bought with `qualit_order`.",
    {
        "name": Attribute(
            Scalar.STRING,
            "The server's name, unique in the account: lower-case letters, digits and hyphens. It cannot be changed.",
            required=True,
            rule="C9",
        ),
        "offer": Attribute(
            Scalar.STRING, shared.OFFER_DESCRIPTION + " Required unless `order_id` is set.", optional=True, rule="C2"
        ),
        "os": shared.OPERATING_SYSTEM,
        "term_months": shared.TERM_MONTHS,
        "payment_method": shared.PAYMENT_METHOD,
        "order_id": Attribute(
            Scalar.STRING,
            "The id of a `qualit_order` whose contract the server runs on. `offer`, `os`, `term_months`, "
            "`payment_method` and `auto_renew` are the order's then.",
            optional=True,
            rule="L5",
        ),
        "power_state": Attribute(
            Scalar.STRING,
            "`running`, `sleeping` (its memory is saved to disk) or `off` (asked to shut down, and stopped after 60 "
            "seconds if it does not); free of charge. A new server runs. What somebody did to the machine on its host "
            "is read back, also as `paused`, and ended by the next apply where this is written. A suspended server is "
            "off, whatever it is here, and goes back to this when it is renewed.",
            optional=True,
            computed=True,
            values=shared.POWER_STATES,
            rule="S7",
        ),
        "hostname": Attribute(
            Scalar.STRING,
            "The host name that the system starts with; the server's name by default. A change is used at the next "
            "start.",
            optional=True,
            computed=True,
        ),
        "ssh_keys": Attribute(
            SetOf(Scalar.STRING),
            "Public SSH keys that may log in, to the account that the images of the system have for it. On a running "
            "server a change is made at once through its guest agent; keys that were added on the server stay.",
            optional=True,
            computed=True,
        ),
        "user_data": Attribute(
            Scalar.STRING,
            "Cloud-init user data, used when the system is installed. It is kept in the state: for secrets use "
            "`user_data_wo`.",
            optional=True,
            sensitive=True,
        ),
        "user_data_wo": Attribute(
            Scalar.STRING,
            "Cloud-init user data that is sent and not kept, neither in the plan nor in the state.",
            optional=True,
            sensitive=True,
            write_only=True,
        ),
        "user_data_wo_version": Attribute(
            Scalar.NUMBER,
            "Raise it when `user_data_wo` changes, so that the plan shows that it did.",
            optional=True,
        ),
        "labels": Attribute(MapOf(Scalar.STRING), "Labels of your own.", optional=True, computed=True),
        "auto_renew": shared.AUTO_RENEW,
        "deletion_protection": Attribute(
            Scalar.BOOL, "Whether ending the server is refused.", optional=True, computed=True, rule="C8"
        ),
        "allow_reinstall": shared.ALLOW_REINSTALL,
        "allow_restart": shared.ALLOW_RESTART,
        "max_charge": shared.CONTRACT_MAX_CHARGE,
        "timeouts": shared.TIMEOUTS,
        "id": Attribute(Scalar.STRING, "The server's id, known when planning, also before it exists.", computed=True),
        "characteristics": shared.CHARACTERISTICS,
        "monthly_price": shared.MONTHLY_PRICE,
        "currency": shared.CURRENCY,
        "charge": shared.CHARGE,
        "status": Attribute(
            Scalar.STRING,
            "`provisioning` (paid, being delivered), `active`, or `suspended` (not renewed, or disputed: off, its disk "
            "kept).",
            computed=True,
            rule="L2",
        ),
        "ipv4_address": Attribute(Scalar.STRING, "The server's first IPv4 address.", computed=True),
        "paid_until": shared.PAID_UNTIL,
        "improved_at": shared.IMPROVED_AT,
        "improved_from": shared.IMPROVED_FROM,
    },
)


def validate(config: Values) -> Diagnostics:
    """Static checks of a server's configuration."""
    problems = (
        *check_values(SCHEMA, config),
        *check_money("max_charge", config["max_charge"]),
        *check_timeouts(config),
        *_names(config),
        *_whose_contract(config),
        *_user_data(config),
    )
    return without_card_numbers(SCHEMA, config, problems)


def _names(config: Values) -> Diagnostics:
    refusals = [
        refusal
        for attribute in ("name", "hostname")
        if isinstance(config[attribute], str)
        for refusal in policy.name(attribute, config[attribute])
    ]
    return tuple(Diagnostic.of_refusal(refusal) for refusal in refusals)


def _whose_contract(config: Values) -> Diagnostics:
    if not is_given(config["order_id"]):
        if is_given(config["offer"]):
            return ()
        return (
            Diagnostic(
                "error",
                "No offer (rule S1)",
                'A server needs an offer, such as offer = "vps-2", or order_id with the id of a qualit_order that '
                "was bought for it.",
                ("offer",),
            ),
        )
    return tuple(
        Diagnostic(
            "error",
            f"{name} belongs to the order (rule L5)",
            f"The server runs on the contract of order_id, which has its own {name}. Remove {name} here and set it on "
            "the order.",
            (name,),
        )
        for name in OF_THE_ORDER
        if is_given(config[name]) and config[name] is not UNKNOWN
    )


def _user_data(config: Values) -> Diagnostics:
    if not (is_given(config["user_data"]) and is_given(config["user_data_wo"])):
        return ()
    return (
        Diagnostic(
            "error",
            "Two user data",
            "user_data and user_data_wo are both set. Keep the one that you mean; user_data_wo is not kept in the "
            "state.",
            ("user_data_wo",),
        ),
    )
