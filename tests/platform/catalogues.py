"""Catalogue files with other prices than the one that comes with the program."""

from __future__ import annotations

from pathlib import Path

import yaml

from provider.commerce.catalogue import DEFAULT_CATALOGUE


def catalogue_with(folder: Path, name: str = "other", /, **changes: object) -> Path:
    """A catalogue file with other prices: ``{"vps-2": "9.99"}``, or with ``None`` without that offer."""
    content = yaml.safe_load(DEFAULT_CATALOGUE.read_text())
    content["version"] = name
    for offer in list(content["offers"]):
        if offer["id"] not in changes:
            continue
        change = changes[offer["id"]]
        if change is None:
            content["offers"].remove(offer)
        elif change == "retired":
            offer["retired"] = True
        else:
            offer["monthly_price"] = change
    for resource in content["additional_resources"]:
        resource["unit_price"] = changes.get(resource["type"], str(resource["unit_price"]))
    content["currency"] = changes.get("currency", content["currency"])
    for offer in content["offers"]:
        offer["monthly_price"] = str(offer["monthly_price"])
    content["smallest_payment"] = str(content["smallest_payment"])
    content["vat_percent"] = str(content["vat_percent"])
    for system in content["operating_systems"]:
        if "monthly_price" in system:
            system["monthly_price"] = str(system["monthly_price"])
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(content).replace("'", ""))
    return file
