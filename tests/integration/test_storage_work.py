"""Several at once, on real databases of both kinds: one claim, one chain of events, one migration."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from intake.storage import event_log
from intake.storage.database import Database
from intake.storage.errors import DatabaseAway, FenceLost
from intake.storage.ids import new_id
from intake.storage.schema import material, metadata, work
from intake.storage.submissions import SubmissionState, submission_of
from intake.storage.work import (
    MAX_ATTEMPTS,
    Claim,
    Queue,
    Task,
    WorkState,
    add_work,
    claim,
    due,
    finish,
    lost_for_good,
    mark_rung,
    next_ready,
)
from intake.tasks.run import bury_lost
from tests.at_once import HANG_S, at_once, run_all, verdicts
from tests.chaos.postgresql import PostgresqlServer
from tests.service_parts import Installation, id_of, installation

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    with installation(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def postgresql_site(postgresql_url: str, tmp_path: Path) -> Iterator[Installation]:
    with installation(postgresql_url, tmp_path) as made:
        yield made


def new_work(site: Installation) -> str:
    with site.service.database.write() as connection:
        return add_work(connection, task=Task.READ_MATERIAL, subject=new_id(), queue=Queue.LIVE, request_id="r")


def end_lease(site: Installation) -> None:
    with site.service.database.write() as connection:
        connection.execute(update(work).where(work.c.state == WorkState.RUNNING).values(lease_until_ms=0))


class TestClaims:
    def test_of_many_claimants_one_has_it(self, site: Installation) -> None:
        work_id = new_work(site)

        def take(number: int) -> Claim | None:
            with site.service.database.write() as connection:
                return claim(connection, work_id, worker=f"w{number}")

        assert [held.attempt for held in at_once(8, take) if held is not None] == [1]

    def test_of_many_claimants_of_orphaned_work_one_has_it(self, site: Installation) -> None:
        work_id = new_work(site)
        with site.service.database.write() as connection:
            first = claim(connection, work_id, worker="dies")
        end_lease(site)

        def take(number: int) -> Claim | None:
            with site.service.database.write() as connection:
                return claim(connection, work_id, worker=f"w{number}")

        (held,) = (held for held in at_once(8, take) if held is not None)
        assert first is not None
        assert (held.attempt, held.fence) == (2, first.fence + 1)
        with pytest.raises(FenceLost), site.service.database.write() as connection:
            finish(connection, first)

    def test_many_workers_do_each_piece_once(self, site: Installation) -> None:
        made = {new_work(site) for _ in range(24)}

        def take_all(number: int) -> list[str]:
            mine = []
            while True:
                with site.service.database.write() as connection:
                    found = next_ready(connection, Queue.LIVE)
                    held = None if found is None else claim(connection, found, worker=f"w{number}")
                if found is None:
                    return mine
                if held is not None:
                    mine.append(held.work_id)

        done = [work_id for mine in at_once(4, take_all) for work_id in mine]
        assert sorted(done) == sorted(made)

    def test_several_sweepers_bury_once(self, site: Installation) -> None:
        work_id = new_work(site)
        for _ in range(MAX_ATTEMPTS):
            with site.service.database.write() as connection:
                assert claim(connection, work_id, worker="dies") is not None
            end_lease(site)

        def lost(_number: int) -> list[Claim]:
            with site.service.database.write() as connection:
                return lost_for_good(connection)

        assert sum(len(found) for found in at_once(4, lost)) == 1

    def test_what_waits_is_told_until_it_is_rung(self, site: Installation) -> None:
        work_id = new_work(site)
        with site.service.database.write() as connection:
            connection.execute(update(work).values(rung_ms=None))
            assert [one.work_id for one in due(connection)] == [work_id]
            mark_rung(connection, [work_id])
            assert due(connection) == []


class TestEventLog:
    def test_appended_by_many_at_once_it_is_one_chain(self, site: Installation) -> None:
        def append(number: int) -> None:
            for _ in range(5):
                with site.service.database.write() as connection:
                    event_log.append(connection, key=site.service.audit_key, subject=str(number), kind="k")

        assert at_once(6, append) == [None] * 6
        with site.service.database.read() as connection:
            told = event_log.verify_chain(connection, key=site.service.audit_key)
        assert (told.rows, told.broken_at) == (30, None)

    @pytest.mark.parametrize("statement", ["UPDATE event SET kind = 'x'", "DELETE FROM event", "TRUNCATE event"])
    def test_the_database_refuses_changes(self, site: Installation, statement: str) -> None:
        if statement.startswith("TRUNCATE") and not site.service.database.is_postgresql:
            pytest.skip("SQLite has no such statement")
        site.upload()
        with pytest.raises(DBAPIError, match="append-only"), site.service.database.write() as connection:
            connection.execute(text(statement))

    @pytest.mark.parametrize(
        "attack",
        ["UPDATE event SET data = '{}' WHERE seq = 2", "DELETE FROM event WHERE seq = 2"],
    )
    def test_what_an_owner_of_the_database_changes_is_found(self, postgresql_site: Installation, attack: str) -> None:
        site = postgresql_site
        for _ in range(4):
            site.upload()
        with site.service.database.write() as connection:
            connection.execute(text("ALTER TABLE event DISABLE TRIGGER ALL"))
            connection.execute(text(attack))
            told = event_log.verify_chain(connection, key=site.service.audit_key)
        assert told.broken_at in (2, 3)


MIGRATE = """
import sys
from intake.storage.database import Database
database = Database(sys.argv[1])
for _ in range(3):
    database.migrate()
with database.read() as connection:
    print(len(connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()))
"""


def test_four_processes_that_start_at_once_on_nothing_migrate_once(database_url: str) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, database_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
        )
        for _ in range(4)
    ]
    ended = [process.communicate(timeout=HANG_S) for process in started]
    assert [(out, error[-500:]) for out, error in ended] == [(b"1\n", b"")] * 4
    database = Database(database_url)
    with database.read() as connection:
        for table in metadata.sorted_tables:
            connection.execute(select(func.count()).select_from(table))
    database.close()


class TestFlow:
    def test_from_upload_to_verdict(self, site: Installation) -> None:
        uploads = {"diploma": id_of(site.upload().body), "id_card_front": id_of(site.upload().body)}
        filed = id_of(site.file(uploads, entered={"person": {"name": "王芳"}}).body)
        run_all(site)
        with site.service.database.read() as connection:
            stored = submission_of(connection, site.service.sealer, filed)
            told = event_log.verify_chain(connection, key=site.service.audit_key)
        assert stored is not None
        assert (stored.state, stored.score, set(stored.materials)) == (SubmissionState.IN_REVIEW, 100, set(uploads))
        # Two uploads received and read, one filing received and scored.
        assert (told.rows, told.broken_at) == (6, None)

    def test_everybody_dies_and_the_sweep_buries(self, site: Installation) -> None:
        upload = id_of(site.upload().body)
        (work_id,) = site.bells.take()
        filed = id_of(site.file({"diploma": upload}).body)
        for _ in range(MAX_ATTEMPTS):
            with site.service.database.write() as connection:
                assert claim(connection, work_id, worker="dies") is not None
            end_lease(site)
        assert bury_lost(site.service) == 1
        run_all(site)
        assert verdicts(site, filed) == [1]


class TestAway:
    def test_a_server_that_crashes_loses_nothing_that_was_acknowledged(
        self, tmp_path: Path, postgresql_server: PostgresqlServer
    ) -> None:
        # A server of its own: the crash of the shared one would end the connections of other tests.
        with (
            PostgresqlServer() as server,
            server.fresh_database() as url,
            installation(url, tmp_path) as site,
        ):
            acknowledged = upload_while_it_crashes(site, server, times=2)
            with site.service.database.read() as connection:
                there = set(connection.execute(select(material.c.id)).scalars())
                works = set(connection.execute(select(work.c.subject)).scalars())
                told = event_log.verify_chain(connection, key=site.service.audit_key)
        assert acknowledged <= there
        assert works == there
        assert told.broken_at is None

    def test_a_server_that_is_not_there_is_away(self, tmp_path: Path) -> None:
        database = Database(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
        with pytest.raises(DatabaseAway) as caught, database.read():
            pytest.fail("there is no server")
        assert str(tmp_path) not in repr(caught.value)
        database.close()


def upload_while_it_crashes(site: Installation, server: PostgresqlServer, *, times: int) -> set[str]:
    """Three threads upload while the server crashes and comes back; ids of what was acknowledged."""
    acknowledged: list[str] = []
    over = threading.Event()

    def send() -> None:
        while not over.is_set():
            try:
                acknowledged.append(id_of(site.upload().body))
            except DatabaseAway:
                over.wait(0.02)

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(times):
        seen = len(acknowledged)
        while len(acknowledged) < seen + 10:
            over.wait(0.01)
        server.stop(signal.SIGQUIT)
        with pytest.raises(DatabaseAway), site.service.database.write():
            pytest.fail("the server is gone")
        server.start()
    over.set()
    for thread in threads:
        thread.join(HANG_S)
    return set(acknowledged)
