"""What the calls share: resources and functions by token, the backend once configured, the engine, whether to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provider.backend.port import Backend, UnavailableError
from provider.configuration import Configuration
from provider.pulumi.engine import Engine
from provider.pulumi.names import call_token, camel, function_token, offered, output_name, type_token
from provider.resources.functions import Function as Computed
from provider.resources.model import DataSource, ManagedResource, PlanResult
from provider.resources.schema import Attribute, Schema


class UnknownTokenError(LookupError):
    """The engine asks for a resource or a function that this provider does not have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource with its token; ``outputs`` are its attributes by property."""

    token: str
    resource: ManagedResource
    outputs: Mapping[str, str]

    @property
    def kind(self) -> str:
        return self.resource.name

    @property
    def schema(self) -> Schema:
        return self.resource.schema

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        return self.resource.schema.attributes


@dataclass(frozen=True, slots=True)
class Function:
    """A data source with its token; ``outputs`` are its attributes by property."""

    token: str
    source: DataSource
    outputs: Mapping[str, str]


class Server:
    """One provider process's state.

    Attributes:
        resources, functions: in the order of the registry.
        computed: the functions that look nothing up, by token.
        engine: takes notices for the person at the terminal.
        stopping: the engine asked to stop; nothing new is begun.
        refreshed: of each id that was read: the inputs that the engine sent, and those that it was given.
        checked: the plans of checks of what is new, by token and inputs; the preview that follows one takes it.
    """

    def __init__(
        self,
        provider_schema: Schema,
        managed: Sequence[ManagedResource],
        data_sources: Sequence[DataSource],
        connect: Callable[[Configuration], Backend],
        computed: Sequence[Computed] = (),
    ) -> None:
        self.provider_schema = provider_schema
        self.resources = tuple(map(_entry, managed))
        self.functions = tuple(map(_function, data_sources))
        self.computed = {call_token(function.name): function for function in computed}
        self.engine = Engine()
        self.stopping = False
        self.refreshed: dict[str, tuple[Any, Any]] = {}
        self.checked: dict[tuple[str, bytes], PlanResult] = {}
        self._connect = connect
        self._connected: dict[Configuration, Backend] = {}
        self._backend: Backend | None = None

    def entry(self, request: Any) -> Entry:
        """The resource of a request; raises UnknownTokenError."""
        token = request.type or _type_in(request.urn)
        for entry in self.resources:
            if entry.token == token:
                return entry
        raise UnknownTokenError(token)

    def function(self, token: str) -> Function:
        """The function of a token; raises UnknownTokenError."""
        for function in self.functions:
            if function.token == token:
                return function
        raise UnknownTokenError(token)

    def configure(self, configuration: Configuration) -> None:
        """Use the platform of this configuration. A process that is attached to may be configured again and again."""
        if configuration not in self._connected:
            self._connected[configuration] = self._connect(configuration)
        self._backend = self._connected[configuration]
        self.begin()

    def stop(self) -> None:
        """Begin nothing new, and wait for no order any more: it goes on without this process."""
        self._let_begin(allowed=False)

    def begin(self) -> None:
        """A new engine: what an earlier one cancelled is over."""
        self._let_begin(allowed=True)

    def _let_begin(self, *, allowed: bool) -> None:
        self.stopping = not allowed
        for backend in self._connected.values():
            backend.interrupt(not allowed)

    def backend(self) -> Backend:
        """The platform; raises UnavailableError when the provider is not configured."""
        if self._backend is None:
            raise UnavailableError(
                "The provider is not configured",
                "The engine called it before it configured it. Report this to the maker of the engine.",
            )
        return self._backend

    def close(self) -> None:
        """Release what is held open; no call follows."""
        self.engine.close()
        self._backend = None
        while self._connected:
            self._connected.popitem()[1].close()


def _entry(resource: ManagedResource) -> Entry:
    named = ((output_name(resource.name, name), name) for name in offered(resource.schema.attributes))
    return Entry(type_token(resource.name), resource, {given: name for given, name in named if given})


def _function(source: DataSource) -> Function:
    outputs = {camel(name): name for name in source.schema.attributes}
    return Function(function_token(source.name), source, outputs)


def _type_in(urn: str) -> str:
    """The type in a resource's name: the last step of ``urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME``."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""
