"""Connections and transactions.

``transaction()`` is a unit of work that may write: on SQLite it takes the write lock at once (BEGIN
IMMEDIATE), so two writers queue instead of failing half way. ``reading()`` never blocks a writer.
Functions given to ``after_commit`` run once the rows are safe, and never when they are rolled back.

Hundreds of threads share one pool. ``Turnstile`` lets so few of them hold connections at once that whoever is
inside finds a second one for a unit of work within the first; without it they would wait for each other.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import structlog
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.settings import get_settings

log = structlog.get_logger(__name__)
_BEGIN = "sqlite_begin"
_HOOKS = "after_commit"
WRITE = "IMMEDIATE"
KEPT, MOST = 10, 50
AT_ONCE = 16
PATIENCE_S = 10.0
SHORTEST_S, LONGEST_S = 0.0005, 0.005


class Turnstile:
    """Who may hold connections: ``AT_ONCE`` threads, and on SQLite one writer at a time.

    A unit of work within another of the same thread passes freely. SQLite lets waiting writers try again at
    growing intervals, whoever is lucky first; here they queue, threads first, then processes. Waiting ends
    after ``PATIENCE_S``: what then happens is the database's to say.

    Args:
        beside: the SQLite file, whose writers queue; None for a server, which sees to that itself.
    """

    def __init__(self, beside: str | None) -> None:
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._writer = threading.Lock() if beside else None
        self._processes = ProcessQueue(beside) if beside else None
        self._inside = threading.local()

    def close(self) -> None:
        """Let go of files."""
        if self._processes is not None:
            self._processes.close()

    @contextmanager
    def passed(self, *, is_writing: bool) -> Iterator[None]:
        """Wait for a place and keep it. A writer that queued already needs no place besides."""
        depth = getattr(self._inside, "depth", 0)
        is_queued = is_writing and self._writer is not None
        gate = self._writer if is_queued else None if depth else self._places
        has_place = gate is not None and gate.acquire(timeout=PATIENCE_S)
        self._inside.depth = depth + 1
        try:
            with self._processes.turn() if is_queued and has_place and self._processes else nullcontext():
                yield
        finally:
            self._inside.depth = depth
            if gate is not None and has_place:
                gate.release()


class ProcessQueue:
    """Lets the processes that write to one SQLite file take turns.

    Whoever waits for the second lock holds the first: a process with many writers cannot overtake it.
    """

    def __init__(self, beside: str) -> None:
        self._paths = [f"{beside}-{name}" for name in ("waiting", "writing")]
        self._files: list[int] = []
        self._pid = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and keep it."""
        deadline = time.monotonic() + PATIENCE_S
        waiting, writing = self._opened()
        _lock(waiting, deadline)
        try:
            _lock(writing, deadline)
        finally:
            fcntl.flock(waiting, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(writing, fcntl.LOCK_UN)

    def _opened(self) -> list[int]:
        """Return both files, opened by this very process: a fork would share its parent's locks."""
        if self._pid != os.getpid():
            self._files = [
                os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths
            ]
            self._pid = os.getpid()
        return self._files

    def close(self) -> None:
        """Close the files."""
        if self._pid == os.getpid():
            for file in self._files:
                os.close(file)
            self._files, self._pid = [], 0


def _lock(file: int, deadline: float) -> None:
    pause_s = SHORTEST_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_S)
        else:
            return


class Database:
    """One engine. Cheap to build; connects on first use."""

    def __init__(self, url: str) -> None:
        self.url = _driver_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        options: dict[str, Any] = {"pool_size": KEPT, "max_overflow": MOST - KEPT}
        self.engine: Engine = create_engine(self.url, pool_pre_ping=not self.is_sqlite, **options)
        self._turnstile = Turnstile(self.engine.url.database if self.is_sqlite else None)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def session(self, begin: str) -> Iterator[Session]:
        """Open a session whose SQLite transaction starts as ``begin`` (IMMEDIATE or DEFERRED)."""
        inside = self._turnstile.passed(is_writing=begin == WRITE)
        with inside, Session(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                session.connection(execution_options={_BEGIN: begin})
            yield session
            session.commit()
            hooks: list[Callable[[], None]] = session.info.pop(_HOOKS, [])
        for hook in hooks:
            hook()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._turnstile.close()


def _driver_url(url: str) -> str:
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    begin = connection.get_execution_options().get(_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {begin}")


_current: Database | None = None


def current() -> Database:
    """Return this process's database, opened from the settings on first use."""
    if _current is None:
        settings = get_settings()
        settings.home.mkdir(parents=True, exist_ok=True)
        return use(Database(settings.database_url))
    return _current


def use(database: Database) -> Database:
    """Make ``database`` this process's database (tests, forked workers)."""
    global _current
    _current = database
    return database


def reset() -> None:
    """Forget this process's database; the next use opens it anew."""
    global _current
    if _current is not None:
        _current.dispose()
    _current = None


@contextmanager
def transaction() -> Iterator[Session]:
    """A unit of work: commits at the end, rolls back on an exception."""
    with current().session(WRITE) as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A consistent view for reading."""
    with current().session("DEFERRED") as session:
        yield session


def after_commit(session: Session, hook: Callable[[], None]) -> None:
    """Run ``hook`` once the transaction has been committed."""
    session.info.setdefault(_HOOKS, []).append(hook)


def is_duplicate(error: IntegrityError) -> bool:
    """Tell whether a unique constraint was hit (SQLite 2067/1555, PostgreSQL 23505)."""
    return "UNIQUE constraint" in str(error.orig) or getattr(error.orig, "sqlstate", "") == "23505"
