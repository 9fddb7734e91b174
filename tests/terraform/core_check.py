"""What a host checks around a provider's plan and apply, told in plain Python values.

A host holds the provider to two promises: the plan keeps what the user wrote, and the apply keeps what the plan said.
Each function gives the broken promises as sentences; none means all is well. Sets are compared as lists, which the
wire's canonical order makes right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provider.resources.model import UNKNOWN, Path, Values
from provider.resources.schema import Attribute, nested_attributes

Attributes = Mapping[str, Attribute]


# -- the plan keeps what the user wrote --------------------------------------------------------------------------


def plan_problems(
    attributes: Attributes, prior: Values | None, config: Values | None, planned: Values | None
) -> list[str]:
    """What a host would refuse in a plan."""
    if (planned is None) != (config is None):
        return ["planned for absence or presence against the configuration"]
    if planned is None or config is None:
        return []
    return list(_object_plan(attributes, prior, config, planned, ()))


def _object_plan(
    attributes: Attributes, prior: Values | None, config: Values, planned: Values, path: Path
) -> Iterator[str]:
    for name, attribute in attributes.items():
        before = prior[name] if isinstance(prior, dict) else None
        yield from _value_plan(attribute, before, config[name], planned[name], (*path, name))


def _value_plan(attribute: Attribute, prior: Any, config: Any, planned: Any, path: Path) -> Iterator[str]:
    if attribute.write_only:
        if planned is not None:
            yield f"{_at(path)} is write-only and planned with a value"
        return
    if planned == config or (planned == prior and prior is not None and config is not None):
        return
    if attribute.computed and (not attribute.optional or config is None):
        return
    if config is None:
        yield f"{_at(path)} is planned with a value, but is neither configured nor computed"
        return
    below = nested_attributes(attribute.type)
    if below is None:
        yield f"{_at(path)} is planned as neither the configured nor the prior value"
    elif planned is None or planned is UNKNOWN:
        yield f"{_at(path)} is configured, but planned as null or unknown"
    else:
        yield from _nested_plan(below[0], below[1], prior, config, planned, path)


def _nested_plan(mode: str, attributes: Attributes, prior: Any, config: Any, planned: Any, path: Path) -> Iterator[str]:
    if mode == "SINGLE":
        yield from _object_plan(attributes, prior, config, planned, path)
        return
    if config is UNKNOWN:
        yield f"{_at(path)} is planned before its configuration is known"
        return
    if len(planned) != len(config):
        yield f"{_at(path)} has {len(planned)} elements in the plan and {len(config)} in the configuration"
    elif mode == "LIST":
        longer = [*(prior or []), *[None] * len(config)]
        for index, part in enumerate(planned):
            yield from _object_plan(attributes, longer[index], config[index], part, (*path, index))
    elif mode == "MAP":
        for key, part in planned.items():
            if key not in config:
                yield f"{_at((*path, key))} is planned, but not configured"
            else:
                yield from _object_plan(attributes, (prior or {}).get(key), config[key], part, (*path, key))


# -- the apply keeps what the plan said --------------------------------------------------------------------------


def apply_problems(attributes: Attributes, planned: Values | None, actual: Values | None) -> list[str]:
    """What a host would refuse in the result of an apply that had no error."""
    if (planned is None) != (actual is None):
        return ["the resource appeared or vanished against its plan"]
    if planned is None or actual is None:
        return []
    problems = [
        f"{_at((name,))} is write-only and kept"
        for name, attribute in attributes.items()
        if attribute.write_only and actual[name] is not None
    ]
    problems.extend(f"{_at(path)} is still unknown" for path in _unknown(actual, ()))
    problems.extend(_value_apply(planned, actual, ()))
    return problems


def final_plan_problems(planned: Values | None, final: Values | None) -> list[str]:
    """What a host would refuse in the plan that it makes again at apply: what was known must be the same."""
    return list(_value_apply(planned, final, ()))


def _value_apply(planned: Any, actual: Any, path: Path) -> Iterator[str]:
    if planned is UNKNOWN:
        return
    if isinstance(planned, dict) and isinstance(actual, dict):
        for key in sorted(planned.keys() | actual.keys()):
            if key not in planned or key not in actual:
                yield f"{_at((*path, key))} appeared or vanished"
            else:
                yield from _value_apply(planned[key], actual[key], (*path, key))
    elif isinstance(planned, list) and isinstance(actual, list) and len(planned) == len(actual):
        yield from _elements_apply(planned, actual, path)
    elif planned != actual:
        yield f"{_at(path)} was planned differently"


def _elements_apply(planned: list[Any], actual: list[Any], path: Path) -> Iterator[str]:
    """In order; a set with unknown elements may come in another one, so then any pairing will do."""
    in_order = [
        problem
        for index, (one, other) in enumerate(zip(planned, actual, strict=True))
        for problem in _value_apply(one, other, (*path, index))
    ]
    pairs = all(any(not list(_value_apply(one, other, path)) for other in actual) for one in planned)
    if in_order and not (pairs and any(_unknown(planned, ()))):
        yield from in_order


def _unknown(value: Any, path: Path) -> Iterator[Path]:
    if value is UNKNOWN:
        yield path
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _unknown(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _unknown(part, (*path, index))


def _at(path: Path) -> str:
    return ".".join(str(step) for step in path)
