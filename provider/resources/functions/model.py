"""What a function of the provider states about itself, once, for every adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provider.resources.model import Value
from provider.resources.schema import Attribute, Type


class ArgumentError(Exception):
    """An argument that a function cannot use; ``parameter`` is its name, None where none is to be pointed at.

    The text ends without a full stop.
    """

    def __init__(self, parameter: str | None, text: str) -> None:
        super().__init__(text)
        self.parameter = parameter
        self.text = text


class UnknownArgumentError(Exception):
    """Something that the result depends on is not known yet, so the result is not."""


@dataclass(frozen=True, slots=True)
class Example:
    """A call as a configuration has it, ``local.sold`` being the data source ``qualit_catalogue``, and what it gives
    with the catalogue that is installed."""

    call: str
    result: Value


@dataclass(frozen=True, slots=True)
class Function:
    """One function. The same arguments always give the same result; nothing is looked up.

    Attributes:
        name: without the provider's prefix, such as ``cheapest_offer``.
        summary: one sentence.
        description: Markdown, what the summary leaves open.
        parameters: in their order. What is an object may leave out what is optional.
        returns: the type of the result.
        result: what it is, in a sentence.
        answer: from the arguments, in their order, to the result; raises ArgumentError and UnknownArgumentError.
    """

    name: str
    summary: str
    description: str
    parameters: Mapping[str, Attribute]
    returns: Type
    result: str
    examples: tuple[Example, ...]
    answer: Callable[..., Value]
