"""``_functions.py``: what can be looked up, at once or from an output, and what can be computed of it."""

from __future__ import annotations

from provider.pulumi.names import PARAMETER_TYPES, camel, pascal
from provider.pulumi.sdk.properties import output_type
from provider.pulumi.sdk.words import docstring, entry, snake
from provider.resources.functions import Function
from provider.resources.model import DataSource
from provider.resources.registry import DATA_SOURCES, FUNCTIONS
from provider.resources.schema import Attribute, Nested

_HEAD = '''"""The functions: what is sold, and what the account has."""

from __future__ import annotations

import pulumi

from pulumi_qualit._invoke import compute, invoke
from pulumi_qualit._types import {types}
'''


def text() -> str:
    """The whole file."""
    results = [f"Get{pascal(source.name)}Result" for source in DATA_SOURCES]
    results += [f"{pascal(function.name)}Result" for function in FUNCTIONS if isinstance(function.returns, Nested)]
    results += {pascal(name) for name in PARAMETER_TYPES.values() if name != "catalogue"}
    parts = [_HEAD.format(types=", ".join(sorted(results)))]
    for source in DATA_SOURCES:
        parts.append(_function(source))
        if _arguments(source):
            parts.append(_output_function(source))
    parts += [_computed(function) for function in FUNCTIONS]
    return "\n\n".join(parts) + "\n"


def _computed(function: Function) -> str:
    """A function that looks nothing up; a program may write an offer alone for a solution."""
    is_object = isinstance(function.returns, Nested)
    result = f"{pascal(function.name)}Result" if is_object else output_type(function.returns, function.name)
    parameters = ", ".join(f"{name}: {_taken(name)}" for name in function.parameters)
    values = ", ".join(f'"{camel(name)}": {name}' for name in function.parameters)
    call = f'compute("{camel(function.name)}", {{{values}}}, {result})'
    return "\n".join(
        [
            f"def {function.name}({parameters}) -> {result}:",
            docstring(f"{function.summary} {function.description}").removesuffix('"""').rstrip(),
            "",
            "    Args:",
            *(entry(name, _in_python(each.description), " " * 8) for name, each in function.parameters.items()),
            "",
            "    Raises:",
            "        QualitError: an argument cannot be used, with the reason.",
            '    """',
            f"    return {call}",
        ]
    )


def _taken(parameter: str) -> str:
    match PARAMETER_TYPES[parameter]:
        case "catalogue":
            return "GetCatalogueResult"
        case "solution":
            return "Solution | GetVpsResult | CheapestOfferResult | str"
        case name:
            return pascal(name)


def _in_python(description: str) -> str:
    return description.replace("In Terraform an offer alone will do.", "An offer alone will do.")


def _arguments(source: DataSource) -> dict[str, Attribute]:
    found = source.schema.attributes.items()
    return {name: attribute for name, attribute in found if attribute.required or attribute.optional}


def _function(source: DataSource) -> str:
    name, result = f"get{pascal(source.name)}", f"Get{pascal(source.name)}Result"
    parameters = ", ".join(_parameter(*item) for item in _arguments(source).items())
    values = ", ".join(f'"{camel(argument)}": {argument}' for argument in _arguments(source))
    return "\n".join(
        [
            f"def {snake(name)}({parameters}) -> {result}:",
            _explained(source),
            f'    return invoke("{name}", {{{values}}}, {result})',
        ]
    )


def _output_function(source: DataSource) -> str:
    name, result = snake(f"get{pascal(source.name)}"), f"Get{pascal(source.name)}Result"
    arguments = _arguments(source)
    parameters = ", ".join(_input_parameter(*item) for item in arguments.items())
    given = ", ".join(arguments)
    returned = (
        f"pulumi.Output.from_input({given}).apply({name})"
        if len(arguments) == 1
        else f"pulumi.Output.all({given}).apply(lambda given: {name}(*given))"
    )
    which = "a value that may be an output" if len(arguments) == 1 else "values that may be outputs"
    return "\n".join(
        [
            f"def {name}_output({parameters}) -> pulumi.Output[{result}]:",
            f'    """As ``{name}``, of {which}."""',
            f"    return {returned}",
        ]
    )


def _input_parameter(name: str, attribute: Attribute) -> str:
    held = output_type(attribute.type, name)
    return f"{name}: pulumi.Input[{held}]" if attribute.required else f"{name}: pulumi.Input[{held} | None] = None"


def _parameter(name: str, attribute: Attribute) -> str:
    held = output_type(attribute.type, name)
    return f"{name}: {held}" if attribute.required else f"{name}: {held} | None = None"


def _explained(source: DataSource) -> str:
    lines = [docstring(source.schema.description).removesuffix('"""').rstrip(), ""]
    arguments = _arguments(source)
    if arguments:
        lines += ["    Args:", *(entry(name, a.description, " " * 8) for name, a in arguments.items()), ""]
    return "\n".join(
        [*lines, "    Raises:", "        QualitError: it could not be looked up, with the reason.", '    """']
    )
