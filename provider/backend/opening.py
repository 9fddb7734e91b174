"""Opening a home: its records, catalogue, gateway and hosts become one platform. The embedded backend uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from provider.backend.port import RefusedError, UnavailableError
from provider.commerce.catalogue import Catalogue, CatalogueError, load_catalogue
from provider.configuration import Configuration
from provider.platform.clock import Clock
from provider.platform.context import Deadline, Platform
from provider.platform.database.engine import Database, make_home, open_database
from provider.platform.database.schema import bring_up_to_date
from provider.platform.home import Home, open_home
from provider.platform.hypervisor.hosts import Hosts
from provider.platform.hypervisor.port import DeliveryImpossibleError, Hypervisor, HypervisorUnavailableError
from provider.platform.payments.connect import connect_gateway
from provider.platform.payments.port import GatewayKeyError, GatewayRefusedError, GatewayUnavailableError
from provider.platform.purchase.runs import RunQueue
from provider.platform.workers import detached, engine


class Opening:
    """The platform of a configuration, opened when it is first used; several threads may use it."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._clock = Clock(configuration.test_clock)
        self._lock = threading.RLock()
        self._opened: Platform | None = None
        self._hosts = Hosts((configuration.libvirt_uri,), self._connect)
        self.interrupted = threading.Event()

    def close(self) -> None:
        """Close the records' connections, and leave what is open to a worker that outlives this process.

        They are opened again with the next use.
        """
        with self._lock:
            if self._opened is not None:
                self._leave(self._opened)
                self._opened.database.close()
            self._opened = None

    @contextmanager
    def platform(self) -> Iterator[Platform]:
        """The platform, opened; what its parts raise becomes an error of the backend."""
        try:
            yield self._open()
        except HypervisorUnavailableError as error:
            raise UnavailableError(
                "The hypervisor cannot be reached", f"{error}. {error.remedy}", attribute="libvirt_uri"
            ) from error
        except DeliveryImpossibleError as error:
            raise RefusedError(
                "The hypervisor cannot do this", f"{str(error).rstrip('.')}. Nothing was changed."
            ) from error
        except GatewayKeyError as error:
            raise UnavailableError(
                "The payment gateway cannot be used with this key",
                f"{_sentence(error)} Nothing was lost.",
                attribute="payment_gateway",
            ) from error
        except GatewayUnavailableError as error:
            raise UnavailableError("The payment gateway does not answer", f"{error}. Try again.") from error
        except GatewayRefusedError as error:
            raise RefusedError("The payment gateway refused", f"{error}.") from error

    def _open(self) -> Platform:
        with self._lock:
            if self._opened is None:
                self._opened = self._open_home()
            return self._opened

    def open_within(self, seconds: float, stop: threading.Event) -> None:
        """Open the home, waiting so long for a database that does not answer yet."""
        deadline = Deadline(seconds)
        while True:
            try:
                self._open()
            except UnavailableError:
                if not deadline.left or stop.wait(0.5):
                    raise
            else:
                return

    def _open_home(self) -> Platform:
        catalogue = self._load_catalogue()
        configuration = self._configuration
        make_home(configuration.home)
        database = open_database(configuration.home, configuration.database_url)
        try:
            bring_up_to_date(database)
            home = open_home(database, self._clock, configuration.payment_gateway)
        except BaseException:
            database.close()
            raise
        return self._assemble(database, home, catalogue)

    def _assemble(self, database: Database, home: Home, catalogue: Catalogue) -> Platform:
        configuration = self._configuration
        return Platform(
            folder=configuration.home,
            account_id=home.account_id,
            database=database,
            clock=self._clock,
            catalogue=catalogue,
            gateway=connect_gateway(configuration, home.account_id, database),
            libvirt_uri=configuration.libvirt_uri,
            hosts=self._hosts,
            runs=RunQueue(database.url),
            interrupted=self.interrupted,
            redefines_machines=configuration.libvirt_uri.startswith("test:"),
        )

    def _load_catalogue(self) -> Catalogue:
        try:
            return load_catalogue(self._configuration.catalogue)
        except CatalogueError as error:
            raise RefusedError("The catalogue cannot be used", str(error), attribute="catalogue") from error

    def _connect(self, uri: str) -> Hypervisor:
        from provider.platform.hypervisor.connect import connect_hypervisor

        return connect_hypervisor(uri, self._configuration.home)

    def _leave(self, platform: Platform) -> None:
        if engine.is_serving(platform):
            # The worker first: this process may be killed while the engine comes to its end.
            with suppress(UnavailableError):
                detached.leave_open_orders(platform, self._configuration)
            engine.stop(platform)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
