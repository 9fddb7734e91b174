"""What a person reads about an exception: the one place where one becomes a diagnostic, for every adapter."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path as FilePath

import provider
from provider.backend.port import BackendError
from provider.configuration import CardNumberError, ConfigurationError
from provider.log import Log
from provider.resources.model import Diagnostic, Path

_PACKAGE = FilePath(provider.__file__).parent


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes diagnostics of exceptions.

    Attributes:
        log: keeps the places in the program, which a person is asked to report.
        how_to_log: what to do to get the log where no file holds it.
        speaking: exceptions of the adapter's own whose words hold no value of an attribute.
    """

    log: Log
    how_to_log: str
    speaking: tuple[type[Exception], ...] = ()

    def of_exception(self, error: Exception) -> Diagnostic:
        """A refusal in its own words; anything else as a bug with its place."""
        match error:
            case BackendError():
                return Diagnostic.of_error(error)
            case CardNumberError():
                return Diagnostic("error", error.summary, error.detail)
            case ConfigurationError():
                summary = "The provider's configuration cannot be used"
                return Diagnostic("error", summary, error.detail, (error.attribute,))
            case ImportError():
                return Diagnostic(
                    "error",
                    "The provider's installation is incomplete",
                    f"{error}. Run `qualit doctor`: it says what is missing and how to get it.",
                )
        return self._unexpected(error)

    def of_bug(self, summary: str, path: Path = ()) -> Diagnostic:
        """An error of the provider's own making that is not an exception."""
        kept_in = self.log.error(summary)
        return Diagnostic("error", "This is a bug of the provider", f"{summary}. {self._where(kept_in)}", path)

    def _unexpected(self, error: Exception) -> Diagnostic:
        """The frames go into the log; the exception's own words do not, because they may hold a value."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
        ours = [place for place in places if place.startswith("provider/")]
        name = type(error).__name__
        said = f" ({error})" if isinstance(error, self.speaking) else ""
        kept_in = self.log.error(f"unexpected {name}{said}", places=" < ".join(reversed(places)))
        place = (ours or places or ["an unknown place"])[-1]
        detail = f"{name}{said} at {place}. {self._where(kept_in)}"
        return Diagnostic("error", "This is a bug of the provider", detail)

    def _where(self, kept_in: FilePath | None) -> str:
        if kept_in is not None:
            return f"Please report it with the last lines of {kept_in}, which hold no values of yours."
        return f"Please report it with the provider's log: {self.how_to_log}"


def _short(filename: str) -> str:
    path = FilePath(filename)
    return str(FilePath("provider") / path.relative_to(_PACKAGE)) if path.is_relative_to(_PACKAGE) else path.name
