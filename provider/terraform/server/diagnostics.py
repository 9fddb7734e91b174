"""Problems as the protocol's diagnostics; the one place where an exception becomes one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provider.resources.model import Diagnostic, Path
from provider.resources.problems import Reporter
from provider.resources.schema import ListOf, MapOf, Nested, Schema, Type
from provider.terraform.cty import WireError
from provider.terraform.log import log
from provider.terraform.protocol import tf6
from provider.terraform.server.server import UnknownTypeError

_REPORTER = Reporter(log, "run again with TF_LOG_PROVIDER=ERROR and TF_LOG_PATH set to a file.", (WireError,))


def messages(diagnostics: Iterable[Diagnostic], schema: Schema | None) -> list[Any]:
    """The protocol's diagnostics. A path is kept as far as ``schema`` has it, so that a host can show the place."""
    return [_message(diagnostic, schema) for diagnostic in diagnostics]


def has_error(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def of_exception(error: Exception) -> Diagnostic:
    """What a person reads about an exception."""
    if isinstance(error, UnknownTypeError):
        return Diagnostic(
            "error",
            f"This provider has no {error}",
            f'The configuration or the state names the type "{error}". It may belong to another version: check '
            "the provider's version in required_providers.",
        )
    return _REPORTER.of_exception(error)


def of_bug(summary: str, path: Path = ()) -> Diagnostic:
    """An error of the provider's own making that is not an exception."""
    return _REPORTER.of_bug(summary, path)


def _message(diagnostic: Diagnostic, schema: Schema | None) -> Any:
    severity = tf6.Diagnostic.ERROR if diagnostic.severity == "error" else tf6.Diagnostic.WARNING
    message = tf6.Diagnostic(severity=severity, summary=diagnostic.summary, detail=diagnostic.detail)
    steps = [] if schema is None else _steps(diagnostic.path, Nested(schema.attributes))
    if steps:
        message.attribute.steps.extend(steps)
    return message


def _steps(path: Path, whole: Type) -> list[Any]:
    """The path's steps as long as the schema has them; an element of a set has no place that could be named."""
    steps: list[Any] = []
    here = whole
    for step in path:
        match here, step:
            case Nested(attributes), str() if step in attributes:
                here = attributes[step].type
                steps.append(tf6.AttributePath.Step(attribute_name=step))
            case ListOf(element), int():
                here = element
                steps.append(tf6.AttributePath.Step(element_key_int=step))
            case MapOf(element), str():
                here = element
                steps.append(tf6.AttributePath.Step(element_key_string=step))
            case _:
                break
    return steps
