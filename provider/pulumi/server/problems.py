"""Problems as the engine shows them: failures of a check, texts of an error, notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import grpc

from provider.backend.port import BackendError
from provider.configuration import ConfigurationError
from provider.pulumi.decode import Read, shown_path
from provider.pulumi.log import log
from provider.pulumi.names import camel, in_pulumi_words
from provider.pulumi.protocol import rpc
from provider.pulumi.server.errors import CallError
from provider.pulumi.server.server import UnknownTokenError
from provider.resources.model import Diagnostic
from provider.resources.problems import Reporter

_REPORTER = Reporter(log, "set `home` in the provider's configuration and run again; it is then in the home's logs.")
_HIDDEN = "[secret]"


class Wording:
    """Says what is wrong with one resource's properties, in Pulumi's names and without what is secret."""

    def __init__(self, *reads: Read) -> None:
        self._problems = [problem for read in reads for problem in read.problems]
        self._secret_properties = {camel(str(path[0])) for read in reads for path in read.secrets}
        self._secret_texts = [text for read in reads for text in read.secret_texts]

    def text(self, diagnostic: Diagnostic) -> str:
        """One diagnostic in a paragraph; a place within a property is named."""
        where = f"{shown_path(diagnostic.path)}: " if len(diagnostic.path) > 1 else ""
        return self.clean(f"{where}{diagnostic.summary}: {diagnostic.detail}")

    def clean(self, text: str) -> str:
        """A text of the resource model in Pulumi's names, without what is secret."""
        return self._hidden(in_pulumi_words(text))

    def failures(self, diagnostics: Iterable[Diagnostic]) -> list[Any]:
        """Check failures on their properties; of the inputs themselves, or else of these diagnostics."""
        if self._problems:
            return [self._failure(each.property, self._hidden(each.text)) for each in self._problems]
        return [self._failure(camel(str(each.path[0])) if each.path else "", self.text(each)) for each in diagnostics]

    def refuse(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Raise CallError when there are errors among the diagnostics."""
        found = errors(diagnostics)
        if found:
            raise CallError("\n".join(map(self.text, found)))

    def refuse_input(self) -> None:
        """Raise CallError when the properties themselves cannot be used."""
        if self._problems:
            raise CallError("\n".join(self._hidden(each.text) for each in self._problems))

    def _failure(self, property: str, reason: str) -> Any:
        """The engine prints the property's value, so a failure does not name one that holds a secret."""
        return rpc.CheckFailure(property="" if property in self._secret_properties else property, reason=reason)

    def _hidden(self, text: str) -> str:
        for secret in self._secret_texts:
            text = text.replace(secret, _HIDDEN)
        return text


def errors(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]


def warnings(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity == "warning"]


def of_exception(error: Exception) -> Diagnostic:
    """What a person reads about an exception."""
    if isinstance(error, UnknownTokenError):
        return Diagnostic(
            "error",
            f"This provider has no {error}",
            f'The program or the stack names "{error}". It may belong to another version of the provider: check which '
            "one is installed (`pulumi plugin ls`).",
        )
    return _REPORTER.of_exception(error)


def of_bug(summary: str) -> Diagnostic:
    """An error of the provider's own making that is not an exception."""
    return _REPORTER.of_bug(summary)


def call_error(error: Exception) -> CallError:
    """The error of a call that raised: what is not of our own making says that nothing was changed."""
    if isinstance(error, CallError):
        return error
    diagnostic = of_exception(error)
    text = in_pulumi_words(f"{diagnostic.summary}: {diagnostic.detail}")
    known = isinstance(error, BackendError | ConfigurationError | ImportError | UnknownTokenError)
    return CallError(text, code=grpc.StatusCode.FAILED_PRECONDITION if known else grpc.StatusCode.INTERNAL)
