"""The new value that a plan starts from: what the user wrote, and the prior value where that leaves something out.

Terraform's core computes it before it asks a provider to plan. Other hosts do not, so their adapters do it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provider.resources.model import UNKNOWN, Values
from provider.resources.schema import Attribute, nested_attributes

Attributes = Mapping[str, Attribute]


def proposed_new(attributes: Attributes, prior: Values | None, config: Values) -> Values:
    """The configuration, with prior values where it leaves out what the provider may compute."""
    before = prior or dict.fromkeys(attributes)
    return {name: _proposed(attribute, before[name], config[name]) for name, attribute in attributes.items()}


def _proposed(attribute: Attribute, prior: Any, config: Any) -> Any:
    below = nested_attributes(attribute.type)
    if attribute.computed and config is None:
        wrote_it = attribute.optional and below is not None and _has_configured(below[1], _parts(below[0], prior))
        return None if wrote_it else prior
    if below is None or config is None or config is UNKNOWN:
        return config
    mode, inner = below
    if mode == "SINGLE":
        return proposed_new(inner, prior, config)
    if mode == "MAP":
        earlier = prior or {}
        return {key: proposed_new(inner, earlier.get(key), part) for key, part in config.items()}
    if mode == "LIST":
        longer = [*(prior or []), *[None] * len(config)]
        return [proposed_new(inner, before, part) for before, part in zip(longer, config, strict=False)]
    return _proposed_set(inner, list(prior or []), config)


def _proposed_set(attributes: Attributes, left: list[Values], config: list[Values]) -> list[Values]:
    """Each element takes its prior value from the first one that agrees in all that the user wrote."""
    proposed = []
    for part in config:
        match = next((before for before in left if _agrees(attributes, before, part)), None)
        if match is not None:
            left.remove(match)
        proposed.append(proposed_new(attributes, match, part))
    return proposed


def _agrees(attributes: Attributes, prior: Values, config: Values) -> bool:
    return all(
        prior[name] == config[name] or (attribute.computed and config[name] is None)
        for name, attribute in attributes.items()
    )


def _has_configured(attributes: Attributes, parts: list[Values]) -> bool:
    return any(part[name] is not None and not attributes[name].computed for part in parts for name in attributes)


def _parts(mode: str, value: Any) -> list[Values]:
    if value is None or value is UNKNOWN:
        return []
    return [value] if mode == "SINGLE" else list(value.values() if mode == "MAP" else value)
