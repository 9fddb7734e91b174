"""What the calls share: the resources by their Terraform name, the backend once configured, and whether to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from provider.backend.port import Backend, UnavailableError
from provider.configuration import Configuration
from provider.resources.functions import Function
from provider.resources.model import DataSource, ManagedResource
from provider.resources.schema import Schema
from provider.terraform.cty import ObjectType
from provider.terraform.schema import object_type

PREFIX = "qualit_"

Kind = TypeVar("Kind", ManagedResource, DataSource)


class UnknownTypeError(LookupError):
    """The host asks for a resource type that this provider does not have."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[Kind]):
    """A resource or a data source with its Terraform name and the type of its values."""

    type_name: str
    resource: Kind
    type: ObjectType

    @property
    def schema(self) -> Schema:
        return self.resource.schema


class Server:
    """One provider process's state.

    Attributes:
        managed, data_sources: by type name, such as ``qualit_vps``.
        functions: by name, such as ``cheapest_offer``.
        stopping: the host asked to stop; nothing new is begun.
    """

    def __init__(
        self,
        provider_schema: Schema,
        managed: Sequence[ManagedResource],
        data_sources: Sequence[DataSource],
        connect: Callable[[Configuration], Backend],
        functions: Sequence[Function] = (),
    ) -> None:
        self.provider_schema = provider_schema
        self.provider_type = object_type(provider_schema.attributes)
        self._managed = {entry.type_name: entry for entry in map(_entry, managed)}
        self._data_sources = {entry.type_name: entry for entry in map(_entry, data_sources)}
        self.functions = {function.name: function for function in functions}
        self._connect = connect
        self._backend: Backend | None = None
        self._unknown: tuple[str, ...] = ()
        self.stopping = False

    @property
    def managed(self) -> Sequence[Entry[ManagedResource]]:
        return tuple(self._managed.values())

    @property
    def data_sources(self) -> Sequence[Entry[DataSource]]:
        return tuple(self._data_sources.values())

    def managed_entry(self, type_name: str) -> Entry[ManagedResource]:
        """The resource of that name; raises UnknownTypeError."""
        try:
            return self._managed[type_name]
        except KeyError:
            raise UnknownTypeError(type_name) from None

    def data_source_entry(self, type_name: str) -> Entry[DataSource]:
        """The data source of that name; raises UnknownTypeError."""
        try:
            return self._data_sources[type_name]
        except KeyError:
            raise UnknownTypeError(type_name) from None

    def stop(self) -> None:
        """Begin nothing new, and wait for no order any more: it goes on without this process."""
        self.stopping = True
        if self._backend is not None:
            self._backend.interrupt()

    def close(self) -> None:
        """Release what is held open; no call follows."""
        if self._backend is not None:
            self._backend.close()
        self._backend = None

    def configure(self, configuration: Configuration) -> None:
        """Connect to the platform; raises BackendError."""
        self.close()
        self._backend = self._connect(configuration)
        self._unknown = ()

    def wait_for(self, attributes: tuple[str, ...]) -> None:
        """Remember that the platform cannot be reached yet, because these provider attributes are unknown."""
        self._backend = None
        self._unknown = attributes

    def backend(self) -> Backend:
        """The platform.

        Raises:
            UnavailableError: the provider is not configured, or by values that are not known yet.
        """
        if self._backend is not None:
            return self._backend
        if self._unknown:
            names = ", ".join(f"`{name}`" for name in self._unknown)
            raise UnavailableError(
                "The provider's configuration is not known yet",
                f"In the provider block {names} depends on something that is known only after an apply, and "
                "planning needs the platform. Write the value literally or as a variable, set it in the "
                "environment, or apply first what it depends on (`-target`).",
                attribute=self._unknown[0],
            )
        raise UnavailableError(
            "The provider is not configured",
            "The host called it before it configured it. Report this to the maker of the host program.",
        )


def _entry(resource: Kind) -> Entry[Kind]:
    return Entry(PREFIX + resource.name, resource, object_type(resource.schema.attributes))
