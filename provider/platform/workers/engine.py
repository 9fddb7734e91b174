"""The workflow engine of this process: DBOS, launched for one home and shared by everybody who serves it here.

A boot has an executor of its own, a pinned version of the flow, and a queue whose bounds are stored before it starts.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from provider.platform.context import Platform
from provider.platform.database.failure import describe_failure
from provider.platform.purchase.runs import APPLICATION, FLOW, QUEUE
from provider.platform.workers.executor import Executor

if TYPE_CHECKING:
    from dbos import DBOSConfig

AT_ONCE = 8
"""Purchases that one process runs at once. More of them on SQLite only wait for its one writer."""
POLL_SECONDS = 0.05
POOL_SIZE = 32
LAST_STEP_SECONDS = 0.5
LOG_FILE = "workers.log"

_changed = threading.Condition()


@dataclass(slots=True)
class _Engine:
    platform: Platform
    executor: Executor
    users: int = 0

    def serves(self, platform: Platform) -> bool:
        """Whether it runs this platform's purchases as that would: on the same records, host and clock."""
        ours = self.platform
        return (ours.folder, ours.database.url, ours.libvirt_uri, ours.clock) == (
            platform.folder,
            platform.database.url,
            platform.libvirt_uri,
            platform.clock,
        )


_engine: _Engine | None = None


@contextmanager
def serving(platform: Platform) -> Iterator[str]:
    """Run the purchases of a home in this process while inside; gives the executor's id.

    A process serves one home at a time: who wants another one waits until nobody uses the present one.

    Raises:
        UnavailableError: the home or its database cannot be used.
    """
    engine = _acquire(platform)
    try:
        yield engine.executor.id
    finally:
        with _changed:
            engine.users -= 1
            _changed.notify_all()


def is_serving(platform: Platform) -> bool:
    """Whether this process has run purchases of the home since it was last stopped."""
    with _changed:
        return _engine is not None and _engine.serves(platform)


def stop(platform: Platform) -> None:
    """Stop running purchases of a home. What is in the middle of a step is taken over by others."""
    global _engine
    with _changed:
        if _engine is None or not _engine.serves(platform) or _engine.users:
            return
        _shut_down(_engine)
        _engine = None


def _acquire(platform: Platform) -> _Engine:
    global _engine
    with _changed:
        while _engine is not None and not _engine.serves(platform) and _engine.users:
            _changed.wait()
        if _engine is not None and not _engine.serves(platform):
            _shut_down(_engine)
            _engine = None
        if _engine is None:
            _engine = _launch(platform)
        _engine.users += 1
        return _engine


def _launch(platform: Platform) -> _Engine:
    from dbos import DBOS

    from provider.platform.purchase import flow

    _keep_log(platform)
    executor = Executor(platform.folder)
    try:
        _store_queue(platform)
        flow.work_for(platform)
        DBOS(config=_configuration(platform, executor))
        DBOS.launch()
    except BaseException as error:
        DBOS.destroy()
        _close_log()
        executor.leave()
        if isinstance(error, SQLAlchemyError):
            raise describe_failure(error, platform.database.place) from error
        raise
    return _Engine(platform, executor)


def _shut_down(engine: _Engine) -> None:
    from dbos import DBOS

    _let_steps_end(engine)
    DBOS.destroy()
    _close_log()
    engine.executor.leave()
    engine.platform.runs.close()


def _let_steps_end(engine: _Engine) -> None:
    """Give what is running a moment; it may be cut off at any point, but then another executor must take it over."""
    from dbos import DBOS

    deadline = time.monotonic() + LAST_STEP_SECONDS
    while time.monotonic() < deadline and DBOS.list_workflows(
        status="PENDING", executor_id=engine.executor.id, load_input=False, load_output=False
    ):
        time.sleep(POLL_SECONDS)


def _store_queue(platform: Platform) -> None:
    """Store the queue with its bounds, before the engine starts.

    The engine's own tables are made first where they are missing, or where whoever made them was killed half-way.
    """
    from dbos import DBOS

    def store() -> None:
        platform.runs.client.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL_SECONDS)

    try:
        store()
    except SQLAlchemyError:
        DBOS.migrate(_url(platform))
        store()


def _url(platform: Platform) -> str:
    return platform.database.url.render_as_string(hide_password=False)


def _configuration(platform: Platform, executor: Executor) -> DBOSConfig:
    from dbos import DBOSPortableJSONSerializer

    return {
        "name": APPLICATION,
        "system_database_url": _url(platform),
        "sys_db_pool_size": POOL_SIZE,
        "application_version": FLOW,
        "executor_id": executor.id,
        "serializer": DBOSPortableJSONSerializer(),
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": 0.2,
        "log_level": "WARNING",
        "console_log_level": "CRITICAL",
        "enable_otlp": False,
    }


_LOGS = ("dbos", "psycopg", "qualit.purchase")


def _keep_log(platform: Platform) -> None:
    """Keep what the engine warns of in the home: a plugin's own output belongs to its host."""
    _close_log()
    path = platform.folder / LOG_FILE
    path.touch(mode=0o600)
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.WARNING)
    for name in _LOGS:
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(handler)


def _close_log() -> None:
    """End the log. What a run that is cut off says after that goes nowhere, and not to this process's own output."""
    for name in _LOGS:
        log = logging.getLogger(name)
        for handler in list(log.handlers):
            log.removeHandler(handler)
            handler.close()
        log.addHandler(logging.NullHandler())
