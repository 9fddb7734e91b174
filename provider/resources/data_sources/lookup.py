"""What the data sources share: a look-up with its schema, and the words for what is looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provider.backend.port import Backend, BackendError
from provider.resources.card_numbers import without_card_numbers
from provider.resources.checks import check_values
from provider.resources.model import Diagnostic, Diagnostics, StateResult, Values
from provider.resources.schema import Attribute, ListOf, Nested, Scalar, Schema


def text(description: str) -> Attribute:
    """A text that is looked up."""
    return Attribute(Scalar.STRING, description, computed=True)


def number(description: str) -> Attribute:
    """A whole number that is looked up."""
    return Attribute(Scalar.NUMBER, description, computed=True)


def listing(description: str, attributes: dict[str, Attribute]) -> Attribute:
    """A list of objects that is looked up."""
    return Attribute(ListOf(Nested(attributes)), description, computed=True)


def nothing_wrong(_config: Values) -> Diagnostics:
    """The check of a data source that needs none of its own."""
    return ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """A data source: its schema and the function that answers it. A failure of the platform is a diagnostic."""

    name: str
    schema: Schema
    answer: Callable[[Values, Backend], Values]
    """From the configuration to the computed attributes; raises LookupFailedError."""
    check: Callable[[Values], Diagnostics] = nothing_wrong
    """What is wrong with a configuration beyond its closed lists and numbers; values may be UNKNOWN."""

    def validate(self, config: Values) -> Diagnostics:
        found = (*check_values(self.schema, config), *self.check(config))
        return without_card_numbers(self.schema, config, found)

    def read(self, config: Values, backend: Backend) -> StateResult:
        refused = self.validate(config)  # Again: what was unknown when validating is known now.
        if refused:
            return StateResult(None, refused)
        try:
            return StateResult({**config, **self.answer(config, backend)})
        except BackendError as error:
            return StateResult(None, (Diagnostic.of_error(error),))
        except LookupFailedError as error:
            return StateResult(None, (error.diagnostic,))


class LookupFailedError(Exception):
    """What is looked up is not there; ``diagnostic`` says so and what there is."""

    def __init__(self, summary: str, detail: str, attribute: str) -> None:
        super().__init__(summary)
        self.diagnostic = Diagnostic("error", summary, detail, (attribute,))
