"""What a catalogue alone answers: what a month costs, whether it improves, which offer is the cheapest.

``answers`` computes it.
"""

from __future__ import annotations

from types import ModuleType

from provider.commerce.contract import CHARACTERISTIC
from provider.resources import attributes as shared
from provider.resources.data_sources.sold import CATALOGUE
from provider.resources.functions.model import Example, Function
from provider.resources.model import Value
from provider.resources.schema import Attribute, MapOf, Nested, Scalar

_CATALOGUE = Attribute(
    Nested(CATALOGUE.schema.attributes),
    "What is sold: the data source `qualit_catalogue` as a whole.",
    required=True,
)
_SOLUTION = {
    "offer": Attribute(Scalar.STRING, "The offer, which must be named.", required=True, rule="S1"),
    "os": Attribute(Scalar.STRING, "The operating system; a free one unless it is given.", optional=True, rule="S3"),
    "additional_resources": Attribute(
        MapOf(Scalar.NUMBER),
        "The total of each additional resource, by type, such as `{ disk = 50 }`.",
        optional=True,
        rule="S2",
    ),
}
_OR_AN_OFFER = "An object like a server; what else a server has is left aside. In Terraform an offer alone will do."


def _monthly_price(*arguments: Value) -> Value:
    return _answers().monthly_price(*arguments)


def _is_improvement(*arguments: Value) -> Value:
    return _answers().is_improvement(*arguments)


def _cheapest_offer(*arguments: Value) -> Value:
    return _answers().cheapest_offer(*arguments)


def _answers() -> ModuleType:
    """What computes them: loaded only when one is called, as a plan that calls none starts three times."""
    from provider.resources.functions import answers

    return answers


MONTHLY_PRICE = Function(
    "monthly_price",
    "What a server costs a month: its offer, its operating system and its additional resources.",
    "The price is that of the catalogue (rule P1), VAT included. It is a text of two decimals, as every amount is. "
    "An offer that is retired still has a price (rule P8).",
    {"catalogue": _CATALOGUE, "wanted": Attribute(Nested(_SOLUTION), _OR_AN_OFFER, required=True)},
    Scalar.STRING,
    "The price of a month.",
    (
        Example(
            'provider::qualit::monthly_price(local.sold, { offer = "vps-2", additional_resources = { disk = 50 } })',
            "11.99",
        ),
        Example('provider::qualit::monthly_price(local.sold, { offer = "vps-2", os = "suse-enterprise-15" })', "15.99"),
        Example('provider::qualit::monthly_price(local.sold, "vps-4") <= 15', result=True),
    ),
    _monthly_price,
)

IS_IMPROVEMENT = Function(
    "is_improvement",
    "Whether a server may go from what it has to what is wanted: nothing of it shrinks.",
    "It is rule C2: no characteristic of the offer is smaller, and no additional resource. To stay as it is counts. An "
    "additional resource that `wanted` does not name is kept (rule C5). Whether the offer is still sold is another "
    "question.",
    {
        "catalogue": _CATALOGUE,
        "held": Attribute(Nested(_SOLUTION), f"What the server has. {_OR_AN_OFFER}", required=True),
        "wanted": Attribute(Nested(_SOLUTION), f"What it is to have. {_OR_AN_OFFER}", required=True),
    },
    Scalar.BOOL,
    "Whether it is allowed.",
    (
        Example('provider::qualit::is_improvement(local.sold, "vps-2", "vps-4")', result=True),
        Example('provider::qualit::is_improvement(local.sold, "vps-4", "mem-2")', result=False),
        Example(
            'provider::qualit::is_improvement(local.sold, { offer = "vps-2", additional_resources = { disk = 50 } }, '
            '{ offer = "vps-4", additional_resources = { disk = 20 } })',
            result=False,
        ),
    ),
    _is_improvement,
)

CHEAPEST_OFFER = Function(
    "cheapest_offer",
    "The cheapest server that has at least what is needed: an offer with the additional resources it lacks.",
    "Minimum, maximum and step of each additional resource and the most that one server may have are kept, and retired "
    "offers are left out (rules S2, P8). Of servers that cost the same it is the one with fewer additional resources, "
    "then the first of the catalogue. It is an error that no server has all of it.",
    {
        "catalogue": _CATALOGUE,
        "needs": Attribute(
            Nested(
                {
                    **{
                        name: Attribute(Scalar.NUMBER, f"{words}, at least.", optional=True)
                        for name, words in (
                            (CHARACTERISTIC["vcpu"], "Virtual CPUs"),
                            (CHARACTERISTIC["memory"], "Memory in GiB"),
                            (CHARACTERISTIC["disk"], "Disk in GiB"),
                            (CHARACTERISTIC["ipv4"], "IPv4 addresses"),
                            (CHARACTERISTIC["bandwidth"], "Bandwidth in Mbit/s"),
                        )
                    },
                    "os": Attribute(Scalar.STRING, "The operating system, whose price is added.", optional=True),
                }
            ),
            "What the server must have in total. What is left out does not matter.",
            required=True,
        ),
    },
    Nested(
        {
            "offer": Attribute(Scalar.STRING, "The offer.", computed=True),
            "os": Attribute(Scalar.STRING, "The system that was asked for.", computed=True, null_at_times=True),
            "additional_resources": Attribute(
                MapOf(Scalar.NUMBER), "The quantity of each additional resource, by type.", computed=True
            ),
            "characteristics": Attribute(
                shared.CHARACTERISTICS.type, "What the server has in total, additions included.", computed=True
            ),
            "monthly_price": shared.MONTHLY_PRICE,
            "currency": shared.CURRENCY,
        }
    ),
    "What to order.",
    (
        Example("provider::qualit::cheapest_offer(local.sold, { vcpus = 3, memory_gib = 6 }).offer", "vps-2"),
        Example(
            "provider::qualit::cheapest_offer(local.sold, { vcpus = 3, memory_gib = 6 }).additional_resources",
            {"memory": 2, "vcpu": 1},
        ),
        Example("provider::qualit::cheapest_offer(local.sold, { memory_gib = 16 }).monthly_price", "15.99"),
    ),
    _cheapest_offer,
)

FUNCTIONS = (MONTHLY_PRICE, IS_IMPROVEMENT, CHEAPEST_OFFER)
