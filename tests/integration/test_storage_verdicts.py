"""One key, one verdict, whoever comes at the same moment, on real databases of both kinds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from intake.receive import Refiling, receive_revision
from intake.storage import event_log
from intake.storage.errors import FenceLost
from intake.storage.idempotency import KeyReused
from intake.storage.materials import MaterialState, set_read
from intake.storage.schema import idempotency, material, submission, work
from intake.storage.submissions import Filing, SubmissionState, lock_submission, set_verdict
from intake.storage.work import MAX_ATTEMPTS, Claim, Task, WorkState
from intake.tasks.read_material import bury_material
from intake.tasks.run import Outcome, run_work
from intake.tasks.start_judging import start_judging
from tests.at_once import HANG_S, at_once, count_of, run_all, verdicts
from tests.service_parts import POLICY, REGION, Installation, id_of, installation, quick_parts, stored_submission


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    with installation(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def postgresql_site(postgresql_url: str, tmp_path: Path) -> Iterator[Installation]:
    with installation(postgresql_url, tmp_path) as made:
        yield made


class TestIdempotency:
    def test_a_hundred_equal_calls_make_one_submission_and_get_one_answer(self, site: Installation) -> None:
        call = site.call("k")
        answers = at_once(100, lambda _: site.file({}, call=call))
        assert {(answer.status, answer.body) for answer in answers} == {(201, answers[0].body)}
        assert count_of(site, submission) == count_of(site, idempotency) == 1
        assert count_of(site, work) == 1

    def test_of_different_calls_with_one_key_one_is_done(self, site: Installation) -> None:
        answers = at_once(20, lambda number: site.file({}, call=site.call("k", str(number))))
        assert sum(isinstance(answer, KeyReused) for answer in answers) == 19
        assert count_of(site, submission) == 1

    def test_equal_uploads_are_one_blob_and_as_many_materials(self, site: Installation) -> None:
        answers = at_once(8, lambda _: site.upload(b"the same bytes"))
        assert len({id_of(answer.body) for answer in answers}) == 8
        run_all(site)
        with site.service.database.read() as connection:
            rows = connection.execute(select(material.c.state, material.c.blob_address)).all()
        assert {row.state for row in rows} == {MaterialState.READ}
        assert len({row.blob_address for row in rows}) == 1


class TestOneVerdict:
    def test_uploads_that_are_read_at_the_same_moment_are_judged_once(self, site: Installation) -> None:
        uploads = {f"diploma-{n}": id_of(site.upload().body) for n in range(2, 6)}
        ids = site.bells.take()
        filed = id_of(site.file(uploads).body)
        outcomes = at_once(4, lambda n: run_work(ids[n], site.service, quick_parts(), worker=f"w{n}"))
        assert outcomes == [Outcome.DONE] * 4
        run_all(site)
        assert verdicts(site, filed) == [1]
        assert count_of(site, work) == 5

    def test_of_two_uploads_in_open_transactions_the_second_sees_the_first(self, postgresql_site: Installation) -> None:
        """PostgreSQL shows a transaction only what was committed before; the lock on the submission orders the two."""

        site = postgresql_site
        uploads = [id_of(site.upload().body) for _ in range(2)]
        filed = id_of(site.file({"diploma": uploads[0], "diploma-2": uploads[1]}).body)
        database = site.service.database

        def read_second() -> int:
            with database.write() as connection:
                read_upload(site, connection, uploads[1])
                return len(start_judging(connection, uploads[1]))

        with ThreadPoolExecutor(1) as other:
            with database.write() as connection:
                read_upload(site, connection, uploads[0])
                assert start_judging(connection, uploads[0]) == []
                second = other.submit(read_second)
                wait_until_blocked(site)
            assert second.result(HANG_S) == 1
        run_all(site)
        assert verdicts(site, filed) == [1]

    @pytest.mark.parametrize("first", ["reading", "filing"])
    def test_a_filing_and_the_reading_of_its_upload_in_open_transactions(
        self, postgresql_site: Installation, first: str
    ) -> None:
        """Neither may miss the other: a submission that nobody judges waits for ever."""

        site = postgresql_site
        upload = id_of(site.upload().body)
        work_id = site.bells.take()[0]

        def reading() -> None:
            with site.service.database.write() as connection:
                read_upload(site, connection, upload)
                start_judging(connection, upload)

        with ThreadPoolExecutor(1) as other:
            if first == "reading":
                with site.service.database.write() as connection:
                    read_upload(site, connection, upload)
                    start_judging(connection, upload)
                    filing = other.submit(site.file, {"diploma": upload})
                    wait_until_blocked(site, or_done=filing.done)
            else:
                filing = hold_filing_open(site, upload, other, reading)
            filed = id_of(filing.result(HANG_S).body)
        with site.service.database.write() as connection:
            connection.execute(update(work).where(work.c.id == work_id).values(state=WorkState.DONE))
        run_all(site)
        assert verdicts(site, filed) == [1]

    def test_burying_an_upload_does_not_hold_the_log_while_it_waits(self, postgresql_site: Installation) -> None:
        """Whoever refiles has the submission and wants the log; the other way round both would wait for ever."""

        site = postgresql_site
        upload = id_of(site.upload().body)
        filed = id_of(site.file({"diploma": upload}).body)
        held = Claim("w", Task.READ_MATERIAL, upload, 0, MAX_ATTEMPTS, 1, "r")
        database = site.service.database

        def bury() -> None:
            with database.write() as connection:
                bury_material(connection, site.service, held, error="worker-killed")

        with ThreadPoolExecutor(1) as other:
            with database.write() as connection:
                lock_submission(connection, filed)
                burial = other.submit(bury)
                wait_until_blocked(site)
                site.service.note(connection, filed, "submission-received", {"revision": 2})
            burial.result(HANG_S)
        with database.read() as connection:
            assert connection.execute(select(material.c.state)).scalar_one() == MaterialState.DEAD

    def test_refiling_and_reading_at_the_same_time_always_ends_in_a_verdict(self, site: Installation) -> None:
        filed = id_of(site.file({}).body)
        uploads = [id_of(site.upload().body) for _ in range(6)]
        ids = [one for one in site.bells.take() if one]

        def act(number: int) -> object:
            if number % 2:
                return run_work(ids[number], site.service, quick_parts(), worker=f"w{number}")
            new = Refiling(filed, site.client_id, REGION, POLICY, "r")
            return receive_revision(site.service, new, Filing({}, {"diploma": uploads[number]}, None), call=None)

        assert [one for one in at_once(6, act) if isinstance(one, Exception)] == []
        run_all(site)
        stored = stored_submission(site, filed)
        assert (stored.revision, stored.state) == (4, SubmissionState.IN_REVIEW)
        assert verdicts(site, filed)[-1] == 4

    def test_of_two_verdicts_for_one_revision_one_stays(self, site: Installation) -> None:
        filed = id_of(site.file({}).body)
        record = {"score": 1, "band": "needs_review"}

        def write(number: int) -> int:
            with site.service.database.write() as connection:
                set_verdict(connection, site.service.sealer, filed, 1, {**record, "score": number})
            return number

        written = [one for one in at_once(4, write) if not isinstance(one, FenceLost)]
        assert len(written) == 1
        stored = stored_submission(site, filed)
        assert stored.score == written[0]


def read_upload(site: Installation, connection: Any, material_id: str) -> None:
    set_read(connection, site.service.sealer, material_id, reading=_READING, renditions=["a" * 64], fingerprint=None)


_READING = {
    "slot": "diploma", "file": "a.jpg", "size_bytes": 1, "source_format": "JPEG", "sha256": "5" * 64,
    "fingerprint": None, "readings": [], "defects": [],
}  # fmt: skip


def wait_until_blocked(site: Installation, *, or_done: Callable[[], bool] = lambda: False) -> None:
    """Until some transaction of this database waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(HANG_S * 100):
        with site.service.database.read() as connection:
            if connection.execute(waiting).scalar_one() or or_done():
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits")


def hold_filing_open(site: Installation, upload: str, other: ThreadPoolExecutor, reading: Callable[[], None]) -> Any:
    """Files a submission, and has its upload read while the filing's transaction is about to be committed."""
    from concurrent.futures import Future

    read: list[Future[None]] = []
    real = event_log.append

    def append_late(*arguments: Any, **named: Any) -> Any:
        made = real(*arguments, **named)
        read.append(other.submit(reading))
        wait_until_blocked(site, or_done=read[0].done)
        return made

    filed: Future[Any] = Future()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(event_log, "append", append_late)
        filed.set_result(site.file({"diploma": upload}))
    read[0].result(HANG_S)
    return filed
