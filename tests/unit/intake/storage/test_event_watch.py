from __future__ import annotations

from pathlib import Path

from intake.storage.event_log import append
from intake.storage.event_watch import newest_seq, news_after
from tests.service_parts import installation


def test_news_are_the_subjects_behind_a_row(tmp_path: Path) -> None:
    with installation(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path) as place:
        key = place.service.audit_key
        with place.service.database.write() as connection:
            assert (newest_seq(connection), news_after(connection, 0)) == (0, (0, frozenset()))
            for subject in ("a", "b", "a"):
                append(connection, key=key, subject=subject, kind="test")
        with place.service.database.read() as connection:
            assert newest_seq(connection) == 3
            assert news_after(connection, 0) == (3, frozenset({"a", "b"}))
            assert news_after(connection, 2) == (3, frozenset({"a"}))
            assert news_after(connection, 3) == (3, frozenset())


def test_a_flood_comes_in_several_looks(tmp_path: Path) -> None:
    with installation(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path) as place:
        key = place.service.audit_key
        with place.service.database.write() as connection:
            for number in range(1_002):
                append(connection, key=key, subject=str(number), kind="test")
            seq, first = news_after(connection, 0)
            last, second = news_after(connection, seq)
    assert (seq, len(first), last, second) == (1_000, 1_000, 1_002, frozenset({"1000", "1001"}))
