"""The database: short transactions on SQLite or PostgreSQL, with one clock, and migrations at the start.

SQLite is the default of a single machine (write-ahead log, every commit synced); PostgreSQL serves many machines. The
code above this module is the same for both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, TimeoutError

from intake.storage.errors import DatabaseAway, DatabaseFull

# How long a transaction waits for another one before it gives up; longer than any of ours takes, shorter than a caller
# waits (reliability.md, section 3.2: lock held for 5 s).
LOCK_WAIT_S = 8
# A statement that takes longer is stopped; ours are look-ups by key.
_STATEMENT_S = 20
_CONNECT_S = 3
# Any number that only this product takes for the lock under which migrations run.
_MIGRATION_LOCK = 721_944_011
# Marks a transaction that will write; SQLite has to know at its beginning (reliability.md, rule 3 of section 3.1).
_WRITES = "intake_writes"
# PostgreSQL's classes of errors: 53 insufficient resources, among them a full disk (53100).
_FULL = "53100"


class Database:
    """One process's way to the database; safe for its threads."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        """Connects to nothing yet.

        Args:
            url: `sqlite:///path` or `postgresql+psycopg://…`.
            pool_size: Connections kept open at most, and as many more for a moment.

        Raises:
            ValueError: The URL names neither.
        """
        try:
            kind = make_url(url).get_backend_name()
        except ArgumentError as fault:
            raise ValueError("not a database URL") from fault
        if kind not in ("sqlite", "postgresql"):
            raise ValueError("neither sqlite nor postgresql")
        self.is_postgresql = kind == "postgresql"
        self._engine = _postgresql(url, pool_size) if self.is_postgresql else _sqlite(url, pool_size)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; it is committed at the end of the block and undone when the block raises.

        Raises:
            DatabaseAway: Nothing was written, or it is not known whether it was because the server went away at the
                very commit; a call with an Idempotency-Key may be sent again.
            DatabaseFull: Nothing was written: the disk is full.
        """
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state of the database."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                connection.execution_options(**{_WRITES: writes})
                with connection.begin():
                    yield connection
        except (OperationalError, InterfaceError, TimeoutError) as fault:
            raise _named(fault) from None
        except DBAPIError as fault:
            if fault.connection_invalidated or _is_full(fault):
                raise _named(fault) from None
            raise

    def migrate(self) -> None:
        """Brings the tables to the newest form. Several processes may start at once: one does it, the others wait."""
        # Half a second that processes which find the tables made need not spend.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", "intake.storage:migrations")
        with self.write() as connection:
            if self.is_postgresql:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()


def now_ms(connection: Connection) -> int:
    """The database's clock: whole milliseconds UTC. Machines of one installation need not agree about the time."""
    if on_postgresql(connection):
        statement = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"
    else:
        # Julian day 2440587.5 is 1970-01-01T00:00Z.
        statement = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    return int(connection.execute(text(statement)).scalar_one())


def on_postgresql(connection: Connection) -> bool:
    """True where rows are locked one by one; SQLite locks the whole file when a writing transaction begins."""
    return connection.dialect.name == "postgresql"


def insert_if_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Inserts a row unless there is one with the same key.

    On PostgreSQL this waits for another transaction that inserts the same key; SQLite lets one write at a time anyway.

    Returns:
        True when this call inserted it.
    """
    dialect = postgresql if on_postgresql(connection) else sqlite
    statement = dialect.insert(table).values(dict(values))
    # Only this: a clash in any other column is a fault.
    statement = statement.on_conflict_do_nothing(index_elements=list(table.primary_key.columns))
    return connection.execute(statement).rowcount == 1


def _sqlite(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"timeout": LOCK_WAIT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Transactions begin where this module says so and not where the driver guesses.
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: str, pool_size: int) -> Engine:
    options = f"-c lock_timeout={LOCK_WAIT_S}s -c statement_timeout={_STATEMENT_S}s -c timezone=UTC"
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=LOCK_WAIT_S,
        connect_args={"connect_timeout": _CONNECT_S, "options": options, "application_name": "intake"},
    )


def _named(fault: Exception) -> DatabaseAway:
    # The library's text quotes the statement and its values, so it goes no further.
    return DatabaseFull() if _is_full(fault) else DatabaseAway()


def _is_full(fault: Exception) -> bool:
    origin: Any = getattr(fault, "orig", None)
    if isinstance(origin, sqlite3.OperationalError):
        return getattr(origin, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(origin, "sqlstate", None) == _FULL
