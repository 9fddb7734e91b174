"""``_resources.py``: each resource with its outputs, and its inputs as a type of its own."""

from __future__ import annotations

from provider.pulumi.names import pascal
from provider.pulumi.sdk.properties import REFERENCES, Property, object_name, properties_of
from provider.pulumi.sdk.words import docstring, entry
from provider.resources.model import ManagedResource
from provider.resources.registry import MANAGED
from provider.resources.schema import Nested

_HEAD = '''"""The resources: servers, contracts bought apart, additional resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

import pulumi

from pulumi_qualit._base import DynamicResource, id_of
from pulumi_qualit._types import {types}
'''


def text() -> str:
    """The whole file."""
    parts = [_HEAD.format(types=", ".join(sorted(_used_types())))]
    for resource in MANAGED:
        properties = properties_of(resource)
        parts += [_args(resource, properties), _resource(resource, properties)]
    return "\n\n".join(parts) + "\n"


def _used_types() -> set[str]:
    used = set()
    for resource in MANAGED:
        for found in properties_of(resource):
            if found.values_type:
                used.add(found.values_type)
            if isinstance(found.attribute.type, Nested):
                used.add(object_name(found.name) + ("Args" if found.is_input else ""))
                used.add(object_name(found.name))
    return used


def _args(resource: ManagedResource, properties: tuple[Property, ...]) -> str:
    name = pascal(resource.name)
    inputs = [p for p in properties if p.is_input]
    lines = ["@pulumi.input_type", f"class {name}Args:", docstring(f"The inputs of a `{name}`."), ""]
    for found in inputs:
        lines += [f"    {found.name}: {found.input_type} = pulumi.property({found.pulumi_name!r})"]
        lines += [docstring(found.attribute.description)]
    lines += ["", "    def __init__(", "        self,", "        *,", *_parameters(inputs), "    ) -> None:"]
    for found in inputs:
        lines.append(f"        pulumi.set(self, {found.name!r}, {_value(found)})")
    return "\n".join(lines)


def _value(written: Property) -> str:
    if written.name in REFERENCES:
        argument, _, output = REFERENCES[written.name]
        required = ", required=True" if written.attribute.required else ""
        return f'id_of("{argument}", {argument}, "{output}", "{written.name}", {written.name}{required})'
    if written.attribute.sensitive:
        return f"None if {written.name} is None else pulumi.Output.secret({written.name})"
    return written.name


def _parameters(inputs: list[Property]) -> list[str]:
    lines = []
    for found in sorted(inputs, key=lambda p: not p.must_be_written):
        if found.name in REFERENCES:
            argument, kind, _ = REFERENCES[found.name]
            lines.append(f"        {argument}: {kind} | None = None,")
        lines.append(f"        {found.name}: {found.input_type}{'' if found.must_be_written else ' = None'},")
    return lines


def _resource(resource: ManagedResource, properties: tuple[Property, ...]) -> str:
    name = pascal(resource.name)
    inputs = [p for p in properties if p.is_input]
    lines = [f"class {name}(DynamicResource):", docstring(resource.schema.description), ""]
    for found in properties:
        lines += [f"    {found.name}: pulumi.Output[{found.output_type}] = pulumi.property({found.pulumi_name!r})"]
        lines += [docstring(found.attribute.description)]
    options = "opts: pulumi.ResourceOptions | None = None"
    lines += [
        "",
        "    @overload",
        f"    def __init__(self, resource_name: str, args: {name}Args, {options}) -> None: ...",
    ]
    lines += ["", "    @overload", "    def __init__(", "        self,", "        resource_name: str,"]
    lines += [f"        {options},", "        *,", *_parameters(inputs), "    ) -> None: ..."]
    lines += ["", "    def __init__(self, resource_name: str, *args: Any, **inputs: Any) -> None:"]
    lines += [_explained(inputs)]
    outputs = ", ".join(f'"{p.name}"' for p in properties if not p.is_input)
    lines += [f'        super().__init__("{name}", {name}Args, ({outputs},), resource_name, args, inputs)']
    lines += ["", "    @classmethod"]
    lines += [f"    def get(cls, resource_name: str, id: pulumi.Input[str], {options}) -> {name}:"]
    lines += [f'        """What exists and is managed elsewhere; ``id`` is {_import_id(resource)}."""']
    lines += [f"        return cls(resource_name, *cls._looked_up({name}Args, id, opts))"]
    return "\n".join(lines)


def _import_id(resource: ManagedResource) -> str:
    return "the server's name and the type, such as `web/disk`" if resource.name == "resource" else "its name"


def _explained(inputs: list[Property]) -> str:
    lines = ['        """Declare it.', "", "        Args:"]
    lines.append("            resource_name: what the program calls it.")
    for found in inputs:
        if found.name in REFERENCES:
            argument, kind, _ = REFERENCES[found.name]
            lines.append(entry(argument, f"The `{kind}` itself, in place of {found.name}.", "            "))
        lines.append(entry(found.name, found.attribute.description, "            "))
    return "\n".join([*lines, '        """'])
