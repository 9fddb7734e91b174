"""The names of things in Pulumi: properties, types, functions, and the words of a message that name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from provider.resources.schema import Attribute, nested_attributes

PACKAGE = "qualit"
_MODULE = f"{PACKAGE}:index"

ID_OUTPUTS = {"vps": "serverId", "order": "contractId"}
"""What a resource's ``id`` is called among its outputs: Pulumi keeps the name ``id`` for itself."""

NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {"vps": ("name",), "order": ("name",), "resource": ("vps_id", "type")}
"""The attributes that name a resource in the account; joined by a slash they are its import id."""


def offered(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """The attributes that Pulumi has: not the write-only ones, because its state holds every input (as a secret if it
    is one), nor their versions."""
    write_only = {name for name, attribute in attributes.items() if attribute.write_only}
    left_out = write_only | {f"{name}_version" for name in write_only}
    return {name: attribute for name, attribute in attributes.items() if name not in left_out}


def settable(attributes: Mapping[str, Attribute]) -> dict[str, str]:
    """The attributes that a user may set, by property."""
    return {
        camel(name): name for name, attribute in offered(attributes).items() if attribute.required or attribute.optional
    }


def camel(name: str) -> str:
    """A property's name: ``max_charge`` becomes ``maxCharge``."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def pascal(name: str) -> str:
    """A type's name: ``additional_resources`` becomes ``AdditionalResources``."""
    return "".join(word.capitalize() for word in name.split("_"))


def type_token(name: str) -> str:
    """The token of a resource or a type, such as ``qualit:index:Vps``."""
    return f"{_MODULE}:{pascal(name)}"


def function_token(name: str) -> str:
    """The token of a function that looks something up, such as ``qualit:index:getOffers``."""
    return f"{_MODULE}:get{pascal(name)}"


def call_token(name: str) -> str:
    """The token of a function that computes something, such as ``qualit:index:cheapestOffer``."""
    return f"{_MODULE}:{camel(name)}"


RESULT = "result"
"""The output of a function whose result is one value: languages differ in how they return that alone."""

PARAMETER_TYPES: Mapping[str, str] = {
    "catalogue": "catalogue",
    "held": "solution",
    "wanted": "solution",
    "needs": "needs",
}
"""The name of the type of a function's parameter."""


def output_name(kind: str, attribute: str) -> str | None:
    """What an attribute of a resource is called among its outputs; None for an ``id`` that is only Pulumi's."""
    return ID_OUTPUTS.get(kind) if attribute == "id" else camel(attribute)


_PHRASES = {
    "It is kept in the state: for secrets use `user_data_wo`.": "It is kept in the state as a secret.",
    "A destroy is stopped by this too, because it plans the configuration first; without a refresh it does not: "
    "terraform destroy -refresh=false.": "A destroy is not stopped by this: pulumi destroy.",
    "write a moved block (Pulumi: aliases)": "write the resource option aliases",
    "If it was tainted, terraform untaint it.": "If a replacement was asked for (--replace), leave that out.",
    "After a forced replacement: `terraform untaint`, or a `moved` block for another address.": "After a forced "
    "replacement: leave out --replace; where it was renamed, write the resource option aliases.",
    "Plan again with a refresh: the plan then shows": "Run `pulumi refresh`: the next preview then shows",
    "While it is declared, this plan buys": "While it is declared, the next up buys",
}
"""What is said of Terraform alone, and what it is in Pulumi."""

_IGNORING = re.compile(r"\(Terraform: lifecycle \{ [^}]*\}; Pulumi: ([^)]*)\)")
_IMPORTING = re.compile(r"terraform import qualit_(vps|order)\.\w+ ([\w-]+)(?: \(Pulumi: [^)]*\))?")

_DATA_SOURCE = re.compile(r"data source `qualit_(\w+)`")
_QUOTED_RESOURCE = re.compile(r"`qualit_(vps|order|resource)`")
_ID_OF = re.compile(r"qualit_(vps|order)\.NAME\.id")
_PROVIDER_BLOCK = re.compile(r"\b(?:the )?provider block\b")


def in_pulumi_words(text: str) -> str:
    """A message or a description with the names that Pulumi has: its own properties, types and functions."""
    for phrase, ours in _PHRASES.items():
        text = text.replace(phrase, ours)
    text = _IGNORING.sub(r"(\1)", text)
    text = _IMPORTING.sub(_importing, text)
    text = _DATA_SOURCE.sub(lambda match: f"function `get{pascal(match[1])}`", text)
    text = _QUOTED_RESOURCE.sub(lambda match: f"`{pascal(match[1])}`", text)
    text = _ID_OF.sub(lambda match: f"NAME.{ID_OUTPUTS[match[1]]}", text)
    text = _PROVIDER_BLOCK.sub("the provider's configuration", text)
    return _attribute_names().sub(lambda match: camel(match[0]), text)


def _importing(match: re.Match[str]) -> str:
    """How what exists is adopted; Pulumi's command imports with a plugin alone."""
    kind, name = match.groups()
    return (
        f'give it the resource option import with the id "{name}" (in Python import_="{name}"), or with the native '
        f"plugin run `pulumi import {type_token(kind)} NAME {name}`"
    )


@cache
def _attribute_names() -> re.Pattern[str]:
    """The names of attributes that Pulumi writes in another way."""
    from provider.resources.registry import DATA_SOURCES, MANAGED, PROVIDER_SCHEMA

    schemas = [PROVIDER_SCHEMA, *(each.schema for each in (*MANAGED, *DATA_SOURCES))]
    names = {name for schema in schemas for name in _all_names(schema.attributes) if "_" in name}
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w.])(?:{'|'.join(longest_first)})(?!\w)")


def _all_names(attributes: Mapping[str, Attribute]) -> set[str]:
    names = set(attributes)
    for attribute in attributes.values():
        below = nested_attributes(attribute.type)
        if below is not None:
            names |= _all_names(below[1])
    return names
