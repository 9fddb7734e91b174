"""The attributes that several resources state alike."""

from __future__ import annotations

from dataclasses import replace

from provider.commerce.contract import RESOURCE_TYPES
from provider.resources.schema import Attribute, ListOf, Nested, Scalar

POWER_STATES = ("running", "sleeping", "off")
TERMS = (1, 3, 6, 12)
"""The durations that can be bought, in months (S4)."""

OFFER_DESCRIPTION = (
    "The offer, such as `vps-2`. It can be changed at any time to one that is at least as large in every "
    "characteristic; the running server is improved in place. A smaller one is refused when planning."
)
OS_DESCRIPTION = (
    "The operating system, `debian-12` unless another is chosen. All are included in the price but "
    "SUSE Enterprise. Changing it reinstalls the system disk and needs `allow_reinstall = true`."
)

OPERATING_SYSTEM = Attribute(Scalar.STRING, OS_DESCRIPTION, optional=True, computed=True, rule="C7")
TERM_MONTHS = Attribute(
    Scalar.NUMBER,
    "For how many months to order, paid at once: 1, 3, 6 or 12. Changing it later charges nothing: the next "
    "renewal uses it.",
    optional=True,
    computed=True,
    values=TERMS,
    rule="C6",
)
PAYMENT_METHOD = Attribute(
    Scalar.STRING,
    "The id of a saved payment method, by default the provider's, then the account's. It is no secret. "
    "Changing it charges nothing: improvements and renewals use it from then on.",
    optional=True,
    computed=True,
    rule="S5",
)
AUTO_RENEW = Attribute(
    Scalar.BOOL,
    "Whether a worker (`qualit work`) renews the contract 24 hours before its end, its additions with it, for "
    "`term_months` and with `payment_method`; `true` unless told otherwise. Where it is `false`, plans warn from "
    "14 days before the end.",
    optional=True,
    computed=True,
    rule="L1",
)
CONTRACT_MAX_CHARGE = Attribute(
    Scalar.STRING,
    'Refuse to order anything that charges more than this at once, such as `"25.00"`, in the account\'s currency. It '
    "bounds what a renewal by itself charges for the whole contract, too: above it nothing is renewed, and plans warn.",
    optional=True,
    rule="P7",
)
ALLOW_REINSTALL = Attribute(
    Scalar.BOOL,
    "Whether a change of the operating system may reinstall the system disk, which deletes what is on it.",
    optional=True,
    rule="C7",
)
ALLOW_RESTART = Attribute(
    Scalar.BOOL,
    "Whether the server may restart for an improvement that it cannot take while it runs: one beyond the room that it "
    "was started with, or vCPUs and memory for a system that takes them at its start only. Without it such an "
    "improvement is refused when planning; a server that is off needs none.",
    optional=True,
    rule="C1",
)
ALLOW_RESTART_OF_SERVER = replace(ALLOW_RESTART, description=f"{ALLOW_RESTART.description} The server's when left out.")
MAX_CHARGE = Attribute(
    Scalar.STRING,
    'Refuse to order anything that charges more than this at once, such as `"25.00"`, in the account\'s currency.',
    optional=True,
    rule="P7",
)
TIMEOUTS = Attribute(
    Nested(
        {
            name: Attribute(
                Scalar.STRING, f'How long to wait when {verb}, such as `"10m"`; ten minutes unless set.', optional=True
            )
            for name, verb in (("create", "creating"), ("update", "improving"))
        }
    ),
    "How long to wait for an operation. What was paid and is not delivered by then is finished by the next apply.",
    optional=True,
)

CHARGE = Attribute(
    Nested(
        {
            "amount": Attribute(Scalar.STRING, "What is paid, all lines together.", computed=True),
            "reason": Attribute(Scalar.STRING, "What it is paid for.", computed=True),
            "lines": Attribute(
                ListOf(
                    Nested(
                        {
                            "description": Attribute(Scalar.STRING, "What the line is for.", computed=True),
                            "amount": Attribute(Scalar.STRING, "The line's amount.", computed=True),
                        }
                    )
                ),
                "The lines that the amount is made of.",
                computed=True,
            ),
            "quote_id": Attribute(
                Scalar.STRING, "The quote that holds the price until the change is applied.", computed=True
            ),
        }
    ),
    "The last charge that was made through this resource; in a plan that charges, the charge that applying it makes.",
    computed=True,
    rule="P5",
)
MONTHLY_PRICE = Attribute(Scalar.STRING, "The price of a month, VAT included.", computed=True, rule="P1")
CURRENCY = Attribute(Scalar.STRING, "The currency of every amount, such as `EUR`.", computed=True)
PAID_UNTIL = Attribute(Scalar.STRING, "The first day that is not paid, such as `2026-02-28`.", computed=True, rule="P4")
IMPROVED_AT = Attribute(Scalar.STRING, "When it was last improved, in UTC.", computed=True, rule="C3")
IMPROVED_FROM = Attribute(Scalar.STRING, "What it was last improved from.", computed=True, rule="C3")
CHARACTERISTICS = Attribute(
    Nested(
        {
            "vcpus": Attribute(Scalar.NUMBER, "Virtual CPUs.", computed=True),
            "memory_gib": Attribute(Scalar.NUMBER, "Memory in GiB.", computed=True),
            "disk_gib": Attribute(Scalar.NUMBER, "Disk in GiB.", computed=True),
            "ipv4_addresses": Attribute(Scalar.NUMBER, "IPv4 addresses.", computed=True),
            "bandwidth_mbits": Attribute(Scalar.NUMBER, "Bandwidth in Mbit/s.", computed=True),
        }
    ),
    "What the offer has. What the server has in total, additions included, is in the data source `qualit_vps`.",
    computed=True,
    rule="S1",
)
RESOURCE_TYPE_VALUES: tuple[str, ...] = RESOURCE_TYPES
