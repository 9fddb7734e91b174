"""The words that refusals share: they must read well under Terraform and under Pulumi alike."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from provider.commerce.contract import CHARACTERISTIC, ResourceType

UNITS = {
    "vcpus": "vCPUs",
    "memory_gib": "GiB of memory",
    "disk_gib": "GiB of disk",
    "ipv4_addresses": "IPv4 addresses",
    "bandwidth_mbits": "Mbit/s of bandwidth",
}
"""The unit of each characteristic, as it follows a number."""

_ONE = {"vCPUs": "vCPU", "IPv4 addresses": "IPv4 address"}


def counted(quantity: int, resource_type: ResourceType) -> str:
    """A quantity of an additional resource in words, such as ``"50 GiB of disk"``."""
    unit = UNITS[CHARACTERISTIC[resource_type]]
    return f"{quantity} {_ONE.get(unit, unit) if quantity == 1 else unit}"


def written(attribute: str, value: str | int) -> str:
    """An attribute with its value, as a program says it: ``offer = "vps-4"``."""
    return f"{attribute} = {json.dumps(value, ensure_ascii=False)}"


def choice(what: str, value: str, known: Iterable[str]) -> str:
    """The values that there are, and the one that an unknown ``value`` is likely to mean, if only one is near."""
    import difflib  # Only a refusal needs it.

    values = list(known)
    near = difflib.get_close_matches(value.lower(), values, n=2)
    likeness = [difflib.SequenceMatcher(None, each, value.lower()).ratio() for each in near]
    meant = f'Did you mean "{near[0]}"? ' if near and likeness[0] > max(likeness[1:], default=0) else ""
    return f"{meant}The {what} are {listed(values)}." if values else f"There are no {what}."


def listed(values: Iterable[str]) -> str:
    """``"a", "b" and "c"``."""
    quoted = [f'"{value}"' for value in values]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def keep(attribute: str, value: str | int) -> str:
    """What to write instead of a refused value, and how to destroy all the same (C4)."""
    return (
        f"Write {written(attribute, value)}, or ignore changes of it "
        f"(Terraform: lifecycle {{ ignore_changes = [{attribute}] }}; Pulumi: the resource option ignoreChanges). "
        "A destroy is stopped by this too, because it plans the configuration first; "
        "without a refresh it does not: terraform destroy -refresh=false."
    )
