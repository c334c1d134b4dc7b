"""The chain of events: what it refuses, and what an attacker with the file itself cannot hide."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from intake.storage.database import Database
from intake.storage.event_log import BEGINNING, ChainState, Event, append, events_of, verify_chain
from intake.storage.ids import new_id

KEY = bytes(range(32))
ROWS = 12


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "d.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{path}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def written(database: Database) -> list[Event]:
    """A chain of rows in two subjects."""
    subjects = (new_id(), new_id())
    with database.write() as connection:
        return [
            append(connection, key=KEY, subject=subjects[n % 2], kind="material-read", data={"n": n})
            for n in range(ROWS)
        ]


def checked(database: Database, known_head: tuple[int, str] | None = None, key: bytes = KEY) -> ChainState:
    with database.read() as connection:
        return verify_chain(connection, key=key, known_head=known_head)


def attack(path: Path, *statements: str) -> None:
    """What somebody does who has the file and no respect: the triggers are dropped first."""
    with closing(sqlite3.connect(path)) as raw:
        for name in ("event_no_UPDATE", "event_no_DELETE"):
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
        raw.commit()


def test_an_empty_log_is_whole(database: Database) -> None:
    assert checked(database) == ChainState(0, BEGINNING, None)


def test_rows_are_numbered_without_gaps_and_linked(written: list[Event]) -> None:
    assert [event.seq for event in written] == list(range(1, ROWS + 1))
    assert [event.previous for event in written] == [BEGINNING, *(event.digest for event in written[:-1])]


def test_an_untouched_log_is_whole(database: Database, written: list[Event]) -> None:
    assert checked(database) == ChainState(ROWS, written[-1].digest, None)
    assert checked(database, (5, written[4].digest)) == ChainState(ROWS, written[-1].digest, None)


def test_what_is_undone_leaves_no_gap(database: Database, written: list[Event]) -> None:
    with pytest.raises(KeyError), database.write() as connection:
        append(connection, key=KEY, subject=new_id(), kind="material-read")
        raise KeyError
    with database.write() as connection:
        assert append(connection, key=KEY, subject=new_id(), kind="material-read").seq == ROWS + 1
    assert checked(database).broken_at is None


@pytest.mark.parametrize(
    "statement", ["UPDATE event SET kind = 'x'", "DELETE FROM event", "DELETE FROM event WHERE seq = 3"]
)
def test_the_database_itself_refuses_changes(database: Database, written: list[Event], statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
        connection.execute(text(statement))
    assert checked(database).rows == ROWS


@pytest.mark.parametrize("seq", [1, 2, ROWS - 1, ROWS])
@pytest.mark.parametrize(
    "change",
    ["at_ms = at_ms + 1", "subject = 'other'", "kind = 'other'", "data = '{}'", "previous = 'other'", "digest = 'x'"],
)
def test_a_changed_row_is_found(database: Database, written: list[Event], path: Path, seq: int, change: str) -> None:
    attack(path, f"UPDATE event SET {change} WHERE seq = {seq}")
    assert checked(database).broken_at == seq


@pytest.mark.parametrize("seq", [1, 2, ROWS - 1])
def test_a_removed_row_is_found(database: Database, written: list[Event], path: Path, seq: int) -> None:
    attack(path, f"DELETE FROM event WHERE seq = {seq}")
    assert checked(database).broken_at == seq + 1


def test_two_rows_that_changed_places_are_found(database: Database, written: list[Event], path: Path) -> None:
    attack(
        path,
        "UPDATE event SET seq = -1 WHERE seq = 4",
        "UPDATE event SET seq = 4 WHERE seq = 5",
        "UPDATE event SET seq = 5 WHERE seq = -1",
    )
    assert checked(database).broken_at == 4


def test_a_removed_row_whose_followers_move_up_is_found(database: Database, written: list[Event], path: Path) -> None:
    attack(path, "DELETE FROM event WHERE seq = 4", "UPDATE event SET seq = seq - 1 WHERE seq > 4")
    assert checked(database).broken_at == 4


def test_an_inserted_row_is_found(database: Database, written: list[Event], path: Path) -> None:
    attack(
        path,
        f"INSERT INTO event SELECT {ROWS + 1}, at_ms, subject, kind, data, digest, digest FROM event "
        f"WHERE seq = {ROWS}",
    )
    assert checked(database).broken_at == ROWS + 1


def test_rows_cut_off_the_end_are_found_by_who_noted_the_head(
    database: Database, written: list[Event], path: Path
) -> None:
    attack(path, f"DELETE FROM event WHERE seq > {ROWS - 2}")
    assert checked(database).broken_at is None
    assert checked(database, (ROWS, written[-1].digest)).broken_at == ROWS - 1


def test_a_log_that_was_emptied_is_found_by_who_noted_the_head(
    database: Database, written: list[Event], path: Path
) -> None:
    attack(path, "DELETE FROM event")
    assert checked(database, (ROWS, written[-1].digest)).broken_at == 1


def test_a_whole_chain_written_anew_with_another_key_is_found(database: Database, written: list[Event]) -> None:
    assert checked(database, key=bytes(32)).broken_at == 1


def test_a_chain_written_anew_with_the_key_is_found_by_who_noted_the_head(
    database: Database, written: list[Event]
) -> None:
    assert checked(database, (3, written[3].digest)).broken_at == 3


def test_events_of_one_subject_in_order(database: Database, written: list[Event]) -> None:
    subject = written[0].subject
    with database.read() as connection:
        assert events_of(connection, subject) == [event for event in written if event.subject == subject]
        assert events_of(connection, subject, after=written[2].seq, limit=2) == [written[4], written[6]]
        assert events_of(connection, new_id()) == []


def test_more_rows_than_are_read_at_once(database: Database, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    from intake.storage import event_log

    monkeypatch.setattr(event_log, "_CHUNK", 5)
    with database.write() as connection:
        for n in range(11):
            append(connection, key=KEY, subject="s", kind="k", data={"n": n})
    assert checked(database).rows == 11
    attack(path, "DELETE FROM event WHERE seq = 10")
    assert checked(database).broken_at == 11


_FIELDS = st.fixed_dictionaries(
    {"at_ms": st.integers(0, 10), "subject": st.text(max_size=4), "kind": st.text(max_size=4), "n": st.text(max_size=4)}
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(one=_FIELDS, other=_FIELDS)
def test_two_different_rows_have_different_digests(one: dict[str, object], other: dict[str, object]) -> None:
    from intake.storage.event_log import _digest

    def told(row: dict[str, object]) -> str:
        return _digest(KEY, 1, int(str(row["at_ms"])), str(row["subject"]), str(row["kind"]), str(row["n"]), BEGINNING)

    assert (told(one) == told(other)) == (one == other)


@pytest.mark.parametrize("data", [None, {}, {"号": "汉字", "n": 1}, {"list": ["a", None]}])
def test_data_comes_back_as_it_went(database: Database, data: dict[str, object] | None) -> None:
    with database.write() as connection:
        made = append(connection, key=KEY, subject="s", kind="k", data=data)
        (found,) = events_of(connection, "s")
    assert found == replace(made, data=data or {})
