"""The reference of the resources, data sources and functions, written from what they state.

``python -m provider.resources.reference FOLDER`` writes it; ``make docs`` does that for ``docs/reference/``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from provider.resources.functions.model import Example, Function
from provider.resources.registry import DATA_SOURCES, FUNCTIONS, MANAGED, PROVIDER_SCHEMA
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Scalar, Schema, SetOf, Type

IMPORT_IDS = {"vps": ("web", "the name"), "order": ("shop", "the name"), "resource": ("web/disk", "`SERVER/TYPE`")}
"""How each resource is imported: an example and what it is."""


def pages() -> dict[str, str]:
    """Every page by its file name."""
    pages = {"provider.md": _page("Provider `qualit`", PROVIDER_SCHEMA)}
    for resource in MANAGED:
        page = _page(f"Resource `qualit_{resource.name}`", resource.schema)
        pages[f"resource-{resource.name}.md"] = page + _importing(resource.name)
    for source in DATA_SOURCES:
        name = source.name.replace("_", "-")
        pages[f"data-source-{name}.md"] = _page(f"Data source `qualit_{source.name}`", source.schema)
    for function in FUNCTIONS:
        pages[f"function-{function.name.replace('_', '-')}.md"] = _function_page(function)
    return pages


def _page(title: str, schema: Schema) -> str:
    return "\n".join([f"# {title}", "", schema.description, "", *_sections(schema.attributes)])


def _function_page(function: Function) -> str:
    signature = f"provider::qualit::{function.name}({', '.join(function.parameters)})"
    lines = [f"# Function `{function.name}`", "", function.summary, ""]
    lines += ["```hcl", f"{signature} # {_type_name(function.returns)}", "```", "", function.description, ""]
    lines += ["## Arguments", "", *_arguments(function.parameters), ""]
    lines += ["## Result", "", function.result, ""]
    if isinstance(function.returns, Nested):
        lines += [*_lines(function.returns.attributes), ""]
    lines += ["## Examples", "", "With the catalogue that is installed:", "", "```hcl", *_LOOKED_UP]
    lines += [*(line for each in function.examples for line in _example(each)), "```", ""]
    return "\n".join(lines)


_LOOKED_UP = ('data "qualit_catalogue" "this" {}', "", "locals {", "  sold = data.qualit_catalogue.this", "}")


def _arguments(parameters: Mapping[str, Attribute]) -> Iterator[str]:
    """The arguments with what they may hold; a catalogue has a page of its own."""
    for name, parameter in parameters.items():
        lines = list(_lines({name: parameter}))
        yield from [f"{lines[0]} See [its page](data-source-catalogue.md)."] if name == "catalogue" else lines


def _example(example: Example) -> list[str]:
    return ["", example.call, f"# {json.dumps(example.result)}"]


def _sections(attributes: Mapping[str, Attribute]) -> Iterator[str]:
    for heading in ("Required", "Optional", "Read-only"):
        chosen = {name: attribute for name, attribute in attributes.items() if _heading(attribute) == heading}
        if chosen:
            yield from (f"## {heading}", "", *_lines(chosen), "")


def _heading(attribute: Attribute) -> str:
    if attribute.required:
        return "Required"
    return "Optional" if attribute.optional else "Read-only"


def _lines(attributes: Mapping[str, Attribute], indent: str = "") -> Iterator[str]:
    for name, attribute in attributes.items():
        yield f"{indent}- `{name}` ({_facts(attribute)}) {attribute.description}"
        nested = _nested(attribute.type)
        if nested is not None:
            yield from _lines(nested.attributes, indent + "  ")


def _facts(attribute: Attribute) -> str:
    facts = [_type_name(attribute.type)]
    if attribute.optional and attribute.computed:
        facts.append("kept when left out")
    if attribute.sensitive:
        facts.append("sensitive")
    if attribute.write_only:
        facts.append("write-only")
    if attribute.rule:
        facts.append(f"rule {attribute.rule}")
    return ", ".join(facts)


def _type_name(type_: Type) -> str:
    match type_:
        case Scalar():
            return type_.value
        case ListOf(element):
            return f"list of {_type_name(element)}"
        case SetOf(element):
            return f"set of {_type_name(element)}"
        case MapOf(element):
            return f"map of {_type_name(element)}"
        case Nested():
            return "object"


def _nested(type_: Type) -> Nested | None:
    match type_:
        case Nested():
            return type_
        case ListOf(element) | SetOf(element) | MapOf(element):
            return _nested(element)
        case _:
            return None


def _importing(name: str) -> str:
    example, what = IMPORT_IDS[name]
    return f"## Import\n\nThe import id is {what}:\n\n```sh\nterraform import qualit_{name}.NAME {example}\n```\n"


def main(folder: Path) -> None:
    """Write the pages, and remove those of what is no longer there."""
    folder.mkdir(parents=True, exist_ok=True)
    current = pages()
    for stale in set(folder.glob("*.md")) - {folder / name for name in current}:
        stale.unlink()
    for name, text in current.items():
        (folder / name).write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
