"""``_types.py``: the closed lists of values, the objects, and what the functions answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provider.pulumi.names import PARAMETER_TYPES, camel, pascal
from provider.pulumi.sdk.properties import Object, objects, output_type, value_types
from provider.pulumi.sdk.words import docstring
from provider.resources.functions import Function
from provider.resources.registry import DATA_SOURCES, FUNCTIONS
from provider.resources.schema import Attribute, Nested

_HEAD = '''"""The types of what is written and read: closed lists of values, and objects."""

from __future__ import annotations

from typing import Literal, Required, TypedDict

import pulumi
'''


def text() -> str:
    """The whole file."""
    results = (
        _class(f"Get{pascal(source.name)}Result", source.schema.description, source.schema.attributes)
        for source in DATA_SOURCES
    )
    computed = [_class(f"{pascal(each.name)}Result", each.result, of.attributes) for each, of in objects_computed()]
    return "\n\n".join([_HEAD + "\n" + "\n".join(_value_types()), *_objects(), *results, *_written(), *computed]) + "\n"


def objects_computed() -> list[tuple[Function, Nested]]:
    """The functions whose result is an object, with that."""
    return [(each, each.returns) for each in FUNCTIONS if isinstance(each.returns, Nested)]


def _written() -> Iterator[str]:
    """What the functions take, as dictionaries that a type checker knows; what was looked up has a class already."""
    seen = {"catalogue"}
    for function in FUNCTIONS:
        for parameter, attribute in function.parameters.items():
            name = PARAMETER_TYPES[parameter]
            if name not in seen and isinstance(attribute.type, Nested):
                seen.add(name)
                yield _typed_dict(pascal(name), attribute.type.attributes)


def _typed_dict(name: str, attributes: Mapping[str, Attribute]) -> str:
    lines = [f"class {name}(TypedDict, total=False):", f'    """What a function takes as its `{name.lower()}`."""', ""]
    for inner, attribute in attributes.items():
        held = output_type(attribute.type, inner)
        lines += [
            f"    {inner}: {f'Required[{held}]' if attribute.required else held}",
            docstring(attribute.description),
        ]
    return "\n".join(lines)


def _value_types() -> Iterator[str]:
    for name, values in value_types().items():
        allowed = ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
        yield f"{name} = Literal[{allowed}]"


def _objects() -> Iterator[str]:
    for found in objects():
        yield _class(found.name, found.description, found.attributes, may_be_null=found.is_input)
        if found.is_input:
            yield _args(found)


def _class(name: str, description: str, attributes: Mapping[str, Attribute], *, may_be_null: bool = False) -> str:
    lines = ["@pulumi.output_type", f"class {name}:", docstring(description), ""]
    for inner, attribute in attributes.items():
        held = output_type(attribute.type, inner) + (" | None" if may_be_null or attribute.null_at_times else "")
        lines += [f'    {inner}: {held} = pulumi.property("{camel(inner)}")', docstring(attribute.description)]
    return "\n".join(lines)


def _args(written: Object) -> str:
    lines = ["@pulumi.input_type", f"class {written.name}Args:", docstring(written.description), ""]
    for name, attribute in written.attributes.items():
        lines += [f"    {name}: {_INPUT} = pulumi.property({camel(name)!r})", docstring(attribute.description)]
    lines += ["", "    def __init__(", "        self,", "        *,"]
    lines += [f"        {name}: {_INPUT} = None," for name in written.attributes]
    lines += ["    ) -> None:"]
    lines += [f"        pulumi.set(self, {name!r}, {name})" for name in written.attributes]
    return "\n".join(lines)


_INPUT = "pulumi.Input[str] | None"
