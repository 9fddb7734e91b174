"""For every test: the settings of the person who runs the tests do not reach them."""

from __future__ import annotations

import os

from provider.configuration import ENVIRONMENT


def pytest_configure() -> None:
    """A test that wants a setting sets it itself."""
    for variable in ENVIRONMENT.values():
        os.environ.pop(variable, None)
