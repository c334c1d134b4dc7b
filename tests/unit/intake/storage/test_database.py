"""Transactions, the clock, and what callers are told when the database cannot be used."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from intake.storage import database as module
from intake.storage.database import Database, now_ms, on_postgresql
from intake.storage.errors import DatabaseAway, DatabaseFull

CANARY = "110101199003070011"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    with made.write() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT)"))
    yield made
    made.close()


def rows(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM t")).scalar_one())


@pytest.mark.parametrize("url", ["", "nothing", "mysql://h/d", "oracle://h", "sqlite", "postgres://h/d", "://"])
def test_refuses_other_databases(url: str) -> None:
    with pytest.raises(ValueError, match=r"database URL|neither"):
        Database(url)


def test_sqlite_is_no_postgresql(database: Database) -> None:
    assert not database.is_postgresql
    with database.read() as connection:
        assert not on_postgresql(connection)


def test_write_commits_at_the_end(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO t (x) VALUES ('a')"))
    assert rows(database) == 1


def test_write_undoes_everything_when_the_block_raises(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as connection:
        connection.execute(text("INSERT INTO t (x) VALUES ('a')"))
        raise KeyError
    assert rows(database) == 0


def test_every_commit_is_synced_and_foreign_keys_hold(database: Database) -> None:
    with database.read() as connection:
        told = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")}
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    # 2 is FULL (sqlite.org/pragma.html#pragma_synchronous).
    assert told == {"journal_mode": "wal", "synchronous": 2}


def test_a_transaction_that_reads_and_then_writes_is_not_refused(database: Database) -> None:
    """Without BEGIN IMMEDIATE the second one fails at once with SQLITE_BUSY_SNAPSHOT (reliability.md, 3.1)."""
    both_have_read = threading.Barrier(2, timeout=30)

    def add() -> None:
        with database.write() as connection:
            seen = int(connection.execute(text("SELECT count(*) FROM t")).scalar_one())
            if seen == 0:
                # The other one cannot come this far before this transaction is over.
                assert both_have_read.n_waiting == 0
            connection.execute(text("INSERT INTO t (x) VALUES (:n)"), {"n": seen})

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert sorted(connection.execute(text("SELECT x FROM t")).scalars()) == [str(n) for n in range(8)]


def test_a_reader_sees_one_state(database: Database) -> None:
    with database.read() as reading:
        before = reading.execute(text("SELECT count(*) FROM t")).scalar()
        with database.write() as writing:
            writing.execute(text("INSERT INTO t (x) VALUES ('a')"))
        assert reading.execute(text("SELECT count(*) FROM t")).scalar() == before == 0
    assert rows(database) == 1


def test_the_clock_is_utc_in_milliseconds_and_moves_within_a_transaction(database: Database) -> None:
    with database.read() as connection:
        earliest = time.time_ns() // 1_000_000
        told = now_ms(connection)
        time.sleep(0.01)
        later = now_ms(connection)
        latest = time.time_ns() // 1_000_000
    # The clock's own resolution is one millisecond.
    assert earliest - 1 <= told < later <= latest + 1


def test_a_lock_that_stays_is_away(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCK_WAIT_S", 0.05)
    impatient = Database(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    with database.write() as connection:
        connection.execute(text("INSERT INTO t (x) VALUES ('a')"))
        with pytest.raises(DatabaseAway) as caught, impatient.write():
            pytest.fail("two transactions write at once")
    assert not isinstance(caught.value, DatabaseFull)
    assert rows(impatient) == 1
    impatient.close()


def test_a_folder_that_is_gone_is_away(tmp_path: Path) -> None:
    gone = Database(f"sqlite:///{tmp_path / 'no' / 'd.sqlite3'}")
    with pytest.raises(DatabaseAway), gone.read():
        pytest.fail("a database without a file")


def test_a_full_disk_is_full_and_leaves_everything_as_it_was(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO t (x) VALUES ('before')"))
    with pytest.raises(DatabaseFull) as caught, database.write() as connection:
        pages = int(connection.execute(text("PRAGMA page_count")).scalar_one())
        # SQLite itself says SQLITE_FULL when a file may not grow (sqlite.org/rescode.html#full).
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        connection.execute(text("INSERT INTO t (x) VALUES (:x)"), {"x": CANARY * 5_000})
    assert caught.value.code == "storage-full"
    assert caught.value.retryable
    assert rows(database) == 1


def test_what_is_said_of_a_fault_quotes_no_statement_and_no_value(database: Database) -> None:
    with pytest.raises(DatabaseAway) as caught, database.write() as connection:
        connection.execute(text("SELECT nothing(:x)"), {"x": CANARY})
    fault = caught.value
    assert CANARY not in repr(fault)
    assert "nothing" not in repr(fault)
    assert fault.__suppress_context__


def test_a_broken_rule_of_the_tables_is_no_outage(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(text("INSERT INTO t (n) VALUES (1), (1)"))
    assert rows(database) == 0


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    for _ in range(2):
        database.migrate()
    database.close()
    with sqlite3.connect(tmp_path / "m.sqlite3") as raw:
        assert raw.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    raw.close()


def test_the_migrations_make_what_the_code_expects(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from intake.storage.schema import metadata

    database = Database(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    database.migrate()
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()
