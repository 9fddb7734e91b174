"""What a command works on: the configuration of the environment, the catalogue, the backend. Called by the commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provider.configuration import Configuration, load_configuration

if TYPE_CHECKING:
    from provider.backend.embedded import EmbeddedBackend
    from provider.commerce.catalogue import Catalogue


@contextmanager
def open_backend() -> Iterator[EmbeddedBackend]:
    """The platform of this account, in this process, closed at the end."""
    from provider.backend.embedded import connect

    with closing(connect(load_configuration())) as backend:
        yield backend


def open_catalogue() -> Catalogue:
    """The catalogue that the environment names, or the default one, without opening a home."""
    from provider.commerce.catalogue import load_catalogue

    return load_catalogue(load_configuration().catalogue)


def present(configuration: Configuration) -> datetime:
    """The instant that prices are computed for: the test clock's, or now."""
    return configuration.test_clock or datetime.now(UTC)


def has_home(configuration: Configuration) -> bool:
    """Whether there are records to read: opening those that are not there would make them."""
    from provider.platform.database.engine import DATABASE_FILE

    return configuration.database_url is not None or (configuration.home / DATABASE_FILE).exists()
