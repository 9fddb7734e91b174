"""Which errors are the customer's to read, and in which words. Called by ``main`` when a command has raised one."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from provider.cli.output import CommandError
from provider.configuration import ENVIRONMENT, CardNumberError, ConfigurationError

INSTALL_PLATFORM = (
    "What orders and runs servers comes with an extra: `pip install '.[platform]'` in the checkout, in this "
    "Python's environment."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What failed in one short sentence, and what to do."""

    summary: str
    detail: str


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error tells; None for one that is a fault of the program itself."""
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("provider"):
        return _not_installed(error.name)
    from provider.backend.port import BackendError
    from provider.commerce.catalogue import CatalogueError

    if isinstance(error, CommandError):
        return Problem(error.summary, error.detail)
    if isinstance(error, CardNumberError):
        return Problem(error.summary, error.detail)
    if isinstance(error, ConfigurationError):
        return Problem(f"{ENVIRONMENT.get(error.attribute, error.attribute)} cannot be used", error.detail)
    if isinstance(error, CatalogueError):
        return Problem("The catalogue cannot be used", str(error))
    if isinstance(error, BackendError):
        summary = f"{error.summary} (rule {error.rule})" if error.rule else error.summary
        return Problem(summary, error.detail)
    return None


def _not_installed(module: str) -> Problem:
    """A package of the extra ``platform``, unless the installation lost one that everything needs."""
    return Problem(
        "The installation is incomplete",
        f"{module} is not installed for {sys.executable}. {INSTALL_PLATFORM} `qualit doctor` says what else is "
        "missing.",
    )
