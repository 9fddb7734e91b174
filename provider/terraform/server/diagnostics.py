"""Problems as the protocol's diagnostics; the one place where an exception becomes one."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any

import provider
from provider.backend.port import BackendError
from provider.configuration import ConfigurationError
from provider.resources.model import Diagnostic, Path
from provider.resources.schema import ListOf, MapOf, Nested, Schema, Type
from provider.terraform.cty import WireError
from provider.terraform.log import log
from provider.terraform.protocol import tf6
from provider.terraform.server.server import UnknownTypeError

_PACKAGE = FilePath(provider.__file__).parent


def messages(diagnostics: Iterable[Diagnostic], schema: Schema | None) -> list[Any]:
    """The protocol's diagnostics. A path is kept as far as ``schema`` has it, so that a host can show the place."""
    return [_message(diagnostic, schema) for diagnostic in diagnostics]


def has_error(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def of_exception(error: Exception) -> Diagnostic:
    """What a person reads about an exception: a refusal in its own words, anything else as a bug with its place."""
    match error:
        case BackendError():
            return Diagnostic.of_error(error)
        case ConfigurationError():
            return Diagnostic("error", "The provider's configuration cannot be used", error.detail, (error.attribute,))
        case UnknownTypeError():
            return Diagnostic(
                "error",
                f"This provider has no {error}",
                f'The configuration or the state names the type "{error}". It may belong to another version: check '
                "the provider's version in required_providers.",
            )
        case ImportError():
            return Diagnostic(
                "error",
                "The provider's installation is incomplete",
                f"{error}. Run `qualit doctor`: it says what is missing and how to get it.",
            )
    return _bug(error)


def of_bug(summary: str, path: Path = ()) -> Diagnostic:
    """An error of the provider's own making that is not an exception."""
    kept_in = log.error(summary)
    return Diagnostic("error", "This is a bug of the provider", f"{summary}. {_where(kept_in)}", path)


def _bug(error: Exception) -> Diagnostic:
    """The frames go into the log; the exception's own words do not, because they may hold a value."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    ours = [place for place in places if place.startswith("provider/")]
    name = type(error).__name__
    said = f" ({error})" if isinstance(error, WireError) else ""
    kept_in = log.error(f"unexpected {name}{said}", places=" < ".join(reversed(places)))
    place = (ours or places or ["an unknown place"])[-1]
    return Diagnostic("error", "This is a bug of the provider", f"{name}{said} at {place}. {_where(kept_in)}")


def _where(kept_in: FilePath | None) -> str:
    if kept_in is not None:
        return f"Please report it with the last lines of {kept_in}, which hold no values of yours."
    return (
        "Please report it with the provider's log: run again with TF_LOG_PROVIDER=ERROR and TF_LOG_PATH set to a file."
    )


def _short(filename: str) -> str:
    path = FilePath(filename)
    return str(FilePath("provider") / path.relative_to(_PACKAGE)) if path.is_relative_to(_PACKAGE) else path.name


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
