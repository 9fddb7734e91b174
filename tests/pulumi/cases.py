"""Cases for the comparison of the ways in: a world of things bought, and what may be wanted of them.

Values are those of the resource model; each way in writes them in its own form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from provider.resources.model import UNKNOWN
from tests.terraform.host import Host, State


@dataclass(frozen=True)
class Held:
    """Something that exists: the configuration that it was made with, and its state."""

    kind: str
    config: dict[str, Any]
    state: State


@dataclass(frozen=True)
class IdOf:
    """The id of something held, which is known only once it is bought."""

    name: str


@dataclass(frozen=True)
class Case:
    """What is wanted, of something new or of something held."""

    kind: str
    held: str | None
    values: dict[str, Any]

    def wanted(self, held: dict[str, Held]) -> dict[str, Any]:
        """The wanted values. What says little of something held says the rest as before, as a changed program does."""
        before = held[self.held].config if self.held and len(self.values) < _MANY else {}
        found = {
            name: id_of(held[value.name]) if isinstance(value, IdOf) else value for name, value in self.values.items()
        }
        return {**before, **found}


_MANY = 5


WORLD: dict[str, tuple[str, dict[str, Any]]] = {
    "small": ("vps", {"name": "small", "offer": "vps-1", "ssh_keys": ["ssh-ed25519 B", "ssh-ed25519 A"]}),
    "large": ("vps", {"name": "large", "offer": "vps-4", "term_months": 12, "labels": {"team": "blue"}}),
    "suse": ("vps", {"name": "suse", "offer": "vps-2", "os": "suse-enterprise-15", "deletion_protection": True}),
    "asleep": ("vps", {"name": "asleep", "offer": "vps-2", "power_state": "sleeping", "max_charge": "30.00"}),
    "stock": ("order", {"name": "stock", "offer": "vps-2"}),
    "used": ("order", {"name": "used", "offer": "vps-2", "term_months": 3}),
}
"""What is bought first, by name. ``on-used`` and ``disk`` need ids of others and are added to these."""


def buy_world(host: Host) -> dict[str, Held]:
    """Buy everything through Terraform's calls."""
    held = {name: _buy(host, kind, config) for name, (kind, config) in WORLD.items()}
    held["on-used"] = _buy(host, "vps", {"name": "on-used", "order_id": id_of(held["used"])})
    held["disk"] = _buy(host, "resource", {"vps_id": id_of(held["large"]), "type": "disk", "quantity": 50})
    return held


def id_of(held: Held) -> str:
    assert held.state.values is not None
    identity: str = held.state.values["id"]
    return identity


def _buy(host: Host, kind: str, config: dict[str, Any]) -> Held:
    return Held(kind, config, host.create(f"qualit_{kind}", **config))


def _mostly(good: list[Any], bad: list[Any]) -> st.SearchStrategy[Any]:
    """Good values, and now and then one that is refused or not known: many bad ones at once would hide each other."""
    return st.one_of(*[st.sampled_from(good)] * 9, st.sampled_from(bad))


_OFFERS = _mostly(["vps-8", "vps-8", "vps-4", "vps-4", "vps-2", "vps-1"], ["nonsense", UNKNOWN])
_TERMS: dict[str, st.SearchStrategy[Any]] = {
    "os": _mostly(["debian-12", "ubuntu-24.04", "suse-enterprise-15"], ["plan-9", UNKNOWN]),
    "term_months": _mostly([1, 3, 6, 12], [2, UNKNOWN]),
    "payment_method": _mostly(["test-visa", "test-paypal"], ["invoice", UNKNOWN]),
    "auto_renew": _mostly([True, False], [UNKNOWN]),
    "allow_reinstall": _mostly([True, True, False], [UNKNOWN]),
    "allow_restart": _mostly([True, True, False], [UNKNOWN]),
    "max_charge": _mostly(["1000", "25.00"], ["0.01", "much", UNKNOWN]),
    "timeouts": _mostly([{"create": "10m"}, {}], [{"update": "soon"}]),
}
_SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "power_state": _mostly(["running", "sleeping", "off"], ["dreaming", UNKNOWN]),
    "hostname": _mostly(["host"], ["Bad Host", UNKNOWN]),
    "ssh_keys": _mostly([[], ["ssh-ed25519 A"], ["ssh-ed25519 B", "ssh-ed25519 A"]], [[UNKNOWN], UNKNOWN]),
    "user_data": _mostly(["#cloud-config"], [UNKNOWN]),
    "labels": _mostly([{}, {"team": "blue"}, {"team": "red", "a.b": "c"}], [{"team": UNKNOWN}, UNKNOWN]),
    "deletion_protection": _mostly([True, False], [UNKNOWN]),
    "allow_restart": _mostly([True, True, False], [UNKNOWN]),
}


_NAMES = {"vps": ("small", "large", "suse", "asleep", "on-used"), "order": ("stock", "used"), "resource": ("disk",)}
_SERVER = st.one_of(
    st.fixed_dictionaries({"offer": _OFFERS}, optional={**_TERMS, **_SETTINGS}),
    st.fixed_dictionaries(
        {"order_id": _mostly([IdOf("stock"), IdOf("used")], ["ctr-000000000000", UNKNOWN])},
        optional={**_SETTINGS, "offer": _OFFERS},
    ),
)
_SETTINGS_ONLY = st.fixed_dictionaries({}, optional=_SETTINGS)
_CONTRACT = st.fixed_dictionaries({"offer": _OFFERS}, optional=_TERMS)
_ADDITION = st.fixed_dictionaries(
    {
        "vps_id": _mostly([IdOf("large"), IdOf("large"), IdOf("small"), IdOf("asleep")], ["vps-000000000000", UNKNOWN]),
        "type": _mostly(["disk", "disk", "memory", "ipv4"], ["floppy", UNKNOWN]),
        "quantity": _mostly([50, 80, 1, 2], [7, 100000, UNKNOWN]),
    },
    optional={name: _TERMS[name] for name in ("payment_method", "allow_restart", "max_charge", "timeouts")},
)


def _before(kind: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *_NAMES[kind]])


def _named(kind: str, before: str | None, other: Any, values: dict[str, Any]) -> Case:
    """Mostly of its own name; now and then of another one, or of one that is not known."""
    name = (before or "fresh") if other is None else other
    offer = {} if before or values else {"offer": "vps-2"}
    return Case(kind, before, {"name": name, **offer, **values})


_OTHER_NAME = _mostly([None], ["large", "stock", "Bad Name", UNKNOWN])
_NOTHING: st.SearchStrategy[dict[str, Any]] = st.just({})

CASES: st.SearchStrategy[Case] = st.one_of(
    st.builds(_named, st.just("vps"), _before("vps"), _OTHER_NAME, st.one_of(_SERVER, _SETTINGS_ONLY, _NOTHING)),
    st.builds(_named, st.just("order"), _before("order"), _OTHER_NAME, st.one_of(_CONTRACT, _CONTRACT, _NOTHING)),
    st.builds(Case, st.just("resource"), _before("resource"), _ADDITION),
)
"""Anything that a program could say, of a new thing or in place of what it said before."""
