"""From the resource model's words to those of a Python program."""

from __future__ import annotations

import re
import textwrap

from provider.pulumi.names import pascal

_WIDTH = 116
_PHRASES = (
    (re.compile(r"It is kept in the state: for secrets use `user_data_wo`\."), "It is kept in the state as a secret."),
    (re.compile(r"data source `qualit_(\w+)`"), r"function `get_\1`"),
    (re.compile(r"The id of a `qualit_order`"), "The `contract_id` of an `Order`"),
    (re.compile(r"the `order_id` of a `qualit_vps`"), "the `order_id` of a `Vps`"),
    (re.compile(r"`(\w+) = true`"), r"`\1=True`"),
    (re.compile(r"`true`"), "`True`"),
    (re.compile(r"`false`"), "`False`"),
)
_RESOURCE = re.compile(r"`qualit_(vps|order|resource)`")


def snake(name: str) -> str:
    """``serverId`` as Python has it: ``server_id``."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda capital: f"_{capital[1].lower()}", name)


def prose(description: str) -> str:
    """A description of the model, with what it names called as in Python."""
    for pattern, replacement in _PHRASES:
        description = pattern.sub(replacement, description)
    return _RESOURCE.sub(lambda found: f"`{pascal(found[1])}`", description)


def docstring(description: str, indent: str = "    ") -> str:
    """An indented docstring: on one line where it fits, else a first sentence and the rest below it."""
    text = prose(description)
    if len(text) + len(indent) + 6 <= _WIDTH:
        return f'{indent}"""{text}"""'
    first, _, rest = text.partition(". ")
    lines = textwrap.wrap(f'"""{first}.' if rest else f'"""{text}', _WIDTH - len(indent))
    if rest:
        lines += ["", *textwrap.wrap(rest, _WIDTH - len(indent))]
    return "\n".join(indent + line if line else "" for line in [*lines, '"""'])


def entry(name: str, description: str, indent: str) -> str:
    """One entry of a docstring's list of arguments."""
    return textwrap.fill(
        f"{name}: {prose(description)}", _WIDTH, initial_indent=indent, subsequent_indent=indent + "    "
    )
