"""One unit of work from claim to result: what is written, what is told, and what is not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.answers import submission_answer
from intake.observe.log import configure_logging
from intake.storage.clients import Scope, add_client
from intake.storage.errors import (
    DatabaseAway,
)
from intake.storage.materials import MaterialState
from intake.storage.schema import delivery, work
from intake.storage.submissions import SubmissionState, revisions_of
from intake.storage.work import Claim, Queue, WorkState, claim, next_ready
from intake.tasks import run as module
from intake.tasks.run import Outcome, run_work, signs_of_life
from tests.service_parts import (
    REFUSED,
    Installation,
    id_of,
    quick_parts,
    refile,
    stored_submission,
)
from tests.unit.intake.tasks.looks import kinds_of, run_all, stored_material, work_of
from verify.model import Seen


def test_an_upload_is_read(site: Installation) -> None:
    one = id_of(site.upload().body)
    assert run_all(site) == [Outcome.DONE]
    stored = stored_material(site, one)
    assert (stored.state, len(stored.renditions)) == (MaterialState.READ, 1)
    assert work_of(site, one).state == WorkState.DONE
    assert kinds_of(site, one) == ["material-received", "material-read"]


def test_a_verdict_does_not_wait_for_what_was_uploaded_after_the_filing(site: Installation) -> None:
    one = id_of(site.upload().body)
    (reading,) = site.bells.take()
    filed = id_of(site.file({"diploma": one}).body)
    # Times are kept in milliseconds, and the uploads must be younger than the filing.
    time.sleep(0.005)
    later = [id_of(site.upload().body) for _ in range(3)]
    assert run_work(reading, site.service, quick_parts(), worker="w") is Outcome.DONE
    with site.service.database.read() as connection:
        assert next_ready(connection, Queue.LIVE) == work_of(site, filed, 1).id
    assert run_all(site) == [Outcome.DONE] * (len(later) + 1)


def test_an_upload_that_is_no_picture_is_refused_at_once_and_for_good(site: Installation) -> None:
    one = id_of(site.upload(REFUSED).body)
    assert run_all(site) == [Outcome.DONE]
    stored = stored_material(site, one)
    assert (stored.state, stored.renditions) == (MaterialState.REFUSED, ())
    assert stored.reading is not None
    assert [defect["code"] for defect in stored.reading["defects"]] == ["image-corrupt"]


@pytest.mark.parametrize("same_client", [True, False])
def test_which_other_submission_holds_the_same_bytes_is_told_to_its_own_client_only(
    same_client: bool, site: Installation
) -> None:
    other = site if same_client else replace(site, client_id=another_client(site))
    first = id_of(other.file({"diploma": id_of(other.upload(b"same").body)}).body)
    run_all(site)
    told: list[Mapping[str, tuple[Seen, ...]]] = []
    site.file({"diploma": id_of(site.upload(b"same").body)})
    run_all(site, quick_parts(sees=told.append))
    assert [one["diploma"] for one in told] == [(Seen(False, True, first if same_client else ""),)]


def another_client(site: Installation) -> str:
    """A second caller of the installation."""
    with site.service.database.write() as connection:
        scopes = list(Scope)
        return add_client(connection, site.service.sealer, name="另一个", scopes=scopes, region="530000").client.id


def test_what_a_worker_says_carries_the_calls_id(site: Installation, capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", process="test")
    filed = id_of(site.file({}, entered={"judge": "fails"}).body)
    refile(site, filed, {}, request_id="second-call")
    site.upload()
    run_all(site)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    ended = {(one["task"], one["outcome"], one["request_id"]) for one in lines if one["event"] == "work-ended"}
    assert ended >= {("read_material", "done", "test"), ("judge_submission", "done", "second-call")}


def test_a_fault_of_the_program_is_in_the_log_without_its_text(
    site: Installation, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info", process="test")
    site.file({}, entered={"judge": "fails"})
    run_all(site)
    (told,) = (json.loads(line) for line in capfd.readouterr().err.splitlines() if "task-failed" in line)
    assert (told["level"], told["exception"], told["request_id"]) == ("error", "RuntimeError", "test")
    assert "own words" not in json.dumps(told)


def test_a_submission_is_judged_when_its_last_upload_is_read(site: Installation) -> None:
    uploads = {f"diploma-{n}": id_of(site.upload().body) for n in (2, 3)}
    waiting = site.bells.take()
    filed = id_of(site.file(uploads, callback="https://hooks.example/1").body)
    assert site.bells.take() == []
    assert run_work(waiting[0], site.service, quick_parts(), worker="w") is Outcome.DONE
    assert site.bells.take() == []
    assert run_work(waiting[1], site.service, quick_parts(), worker="w") is Outcome.DONE
    (judging,) = site.bells.take()
    assert stored_submission(site, filed).state is SubmissionState.PROCESSING
    assert run_work(judging, site.service, quick_parts(), worker="w") is Outcome.DONE
    stored = stored_submission(site, filed)
    assert (stored.state, stored.score) == (SubmissionState.IN_REVIEW, 100)
    assert submission_answer(stored)["materials"]["diploma-2"]["id"] == uploads["diploma-2"]
    assert kinds_of(site, filed) == ["submission-received", "submission-scored"]
    # Its webhook is written with the verdict, and rung for.
    with site.service.database.read() as connection:
        (told,) = connection.execute(select(delivery)).all()
    assert (told.submission_id, told.number) == (filed, 1)
    assert site.bells.take() == [work_of(site, told.id).id]


@pytest.mark.parametrize("uploads", [0, 1, 3])
def test_a_submission_of_read_uploads_is_judged_at_once(site: Installation, uploads: int) -> None:
    ids = {f"diploma-{n + 2}": id_of(site.upload().body) for n in range(uploads)}
    run_all(site)
    filed = id_of(site.file(ids).body)
    assert run_all(site) == [Outcome.DONE]
    assert stored_submission(site, filed).state is SubmissionState.IN_REVIEW


def test_work_that_is_done_is_not_done_again(site: Installation) -> None:
    site.upload()
    (work_id,) = site.bells.take()
    outcomes = [run_work(work_id, site.service, quick_parts(), worker="w") for _ in range(3)]
    assert outcomes == [Outcome.DONE, Outcome.NOT_TAKEN, Outcome.NOT_TAKEN]


def test_who_was_thought_dead_writes_nothing(site: Installation) -> None:
    """A worker hangs for longer than its lease; another one does the work; then the first one wakes up."""
    filed = id_of(site.file({}).body)
    (work_id,) = site.bells.take()

    def meanwhile() -> None:
        with site.service.database.write() as connection:
            connection.execute(update(work).where(work.c.id == work_id).values(lease_until_ms=0))
        assert run_work(work_id, site.service, quick_parts(), worker="second") is Outcome.DONE

    slow = quick_parts(before_judging=meanwhile)
    assert run_work(work_id, site.service, slow, worker="first") is Outcome.SUPERSEDED
    assert work_of(site, filed, 1).worker == "second"
    assert kinds_of(site, filed) == ["submission-received", "submission-scored"]


def test_a_verdict_of_a_revision_that_was_filed_anew_is_thrown_away(site: Installation) -> None:
    filed = id_of(site.file({}).body)
    (work_id,) = site.bells.take()
    slow = quick_parts(before_judging=lambda: refile(site, filed, {}))
    assert run_work(work_id, site.service, slow, worker="w") is Outcome.SUPERSEDED
    assert run_all(site) == [Outcome.DONE]
    with site.service.database.read() as connection:
        told = [(row.number, row.score) for row in revisions_of(connection, filed)]
    assert told == [(1, None), (2, 100)]
    assert kinds_of(site, filed) == ["submission-received", "submission-received", "submission-scored"]


class TestSignsOfLife:
    def held(self, site: Installation) -> Claim:
        site.upload()
        (work_id,) = site.bells.take()
        with site.service.database.write() as connection:
            held = claim(connection, work_id, worker="w")
        assert held is not None
        return held

    def test_move_the_lease_while_the_block_runs(self, site: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "HEARTBEAT_MS", 5)
        held = self.held(site)
        before = work_of(site, held.subject).lease_until_ms
        moved = threading.Event()

        def watched(connection: Any, claimed: Claim) -> bool:
            from intake.storage.work import extend

            try:
                return extend(connection, claimed)
            finally:
                moved.set()

        monkeypatch.setattr(module, "extend", watched)
        with signs_of_life(site.service.database, held, deadline_s=60):
            assert moved.wait(30)
        assert work_of(site, held.subject).lease_until_ms > before

    def test_stop_when_somebody_else_has_it(self, site: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "HEARTBEAT_MS", 1)
        asked = threading.Semaphore(0)

        def lost(connection: object, claimed: Claim) -> bool:
            asked.release()
            return False

        monkeypatch.setattr(module, "extend", lost)
        with signs_of_life(site.service.database, self.held(site), deadline_s=60):
            assert asked.acquire(timeout=30)
            assert not asked.acquire(timeout=0.1)

    def test_go_on_when_the_database_was_away_for_a_moment(
        self, site: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "HEARTBEAT_MS", 1)
        asked = threading.Semaphore(0)

        def away(connection: object, claimed: Claim) -> bool:
            asked.release()
            raise DatabaseAway

        monkeypatch.setattr(module, "extend", away)
        with signs_of_life(site.service.database, self.held(site), deadline_s=60):
            assert all(asked.acquire(timeout=30) for _ in range(3))

    def test_end_a_block_that_hangs(self, site: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "HEARTBEAT_MS", 10)
        ended = threading.Event()
        with signs_of_life(site.service.database, self.held(site), deadline_s=0.05, on_deadline=ended.set):
            assert ended.wait(30)

    def test_end_nothing_that_is_over_in_time(self, site: Installation) -> None:
        ended = threading.Event()
        with signs_of_life(site.service.database, self.held(site), deadline_s=60, on_deadline=ended.set):
            pass
        assert not ended.is_set()
