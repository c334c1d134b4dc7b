"""What happens to work that fails, or whose worker dies: tried again, put off, buried, revived."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from intake.queue.retry import retry_work
from intake.storage.errors import (
    BlobDamaged,
    BlobMissing,
    DatabaseAway,
    KeyUnknown,
    StorageError,
    StoreAway,
    StoreFull,
)
from intake.storage.materials import MaterialState
from intake.storage.schema import work
from intake.storage.submissions import SubmissionState
from intake.storage.work import MAX_ATTEMPTS, WorkState, retry_dead
from intake.tasks import run as module
from intake.tasks.run import Outcome, bury_lost, run_work
from intake.tasks.service import WorkerParts
from tests.service_parts import (
    KILLED,
    Installation,
    id_of,
    quick_parts,
    refile,
    stored_submission,
)
from tests.unit.intake.tasks.looks import die_over, kinds_of, make_due, run_all, stored_material, work_of


def test_a_picture_whose_decoder_is_killed_is_tried_again_and_not_refused(site: Installation) -> None:
    one = id_of(site.upload(KILLED).body)
    (reading,) = site.bells.take()
    assert run_work(reading, site.service, quick_parts(), worker="w") is Outcome.FAILED
    assert stored_material(site, one).state is MaterialState.PROCESSING
    assert work_of(site, one).state == WorkState.READY
    for left in reversed(range(MAX_ATTEMPTS - 1)):
        make_due(site)
        outcome = run_work(reading, site.service, quick_parts(), worker="w")
        assert outcome is (Outcome.FAILED if left else Outcome.DEAD)
    assert stored_material(site, one).state is MaterialState.DEAD


def test_an_upload_that_is_tried_again_is_waited_for(site: Installation) -> None:
    one = id_of(site.upload().body)
    (reading,) = site.bells.take()
    for _ in range(MAX_ATTEMPTS):
        die_over(site, reading)
    assert bury_lost(site.service) == 1
    assert stored_material(site, one).state is MaterialState.DEAD
    with site.service.database.write() as connection:
        assert not retry_work(connection, "0" * 40)
        assert retry_work(connection, reading)
        assert not retry_work(connection, reading)
    assert stored_material(site, one).state is MaterialState.RECEIVED
    filed = id_of(site.file({"diploma": one}).body)
    assert site.bells.take() == []
    assert run_work(reading, site.service, quick_parts(), worker="w") is Outcome.DONE
    assert run_all(site) == [Outcome.DONE]
    assert stored_submission(site, filed).state is SubmissionState.IN_REVIEW
    assert stored_material(site, one).state is MaterialState.READ


def test_a_reader_that_fails_three_times_buries_the_upload_and_the_submission_is_judged_without_it(
    site: Installation,
) -> None:
    one = id_of(site.upload().body)
    (work_id,) = site.bells.take()
    filed = id_of(site.file({"diploma": one}).body)
    # The pipeline turns what an engine raises into a defect; a broken rule table or disk fails the task itself.
    broken = WorkerParts(tools=lambda policy: (_ for _ in ()).throw(RuntimeError("text of a library")))
    outcomes = []
    for _ in range(MAX_ATTEMPTS):
        outcomes.append(run_work(work_id, site.service, broken, worker="w"))
        assert run_work(work_id, site.service, broken, worker="w") is Outcome.NOT_TAKEN
        make_due(site)
    assert outcomes == [Outcome.FAILED, Outcome.FAILED, Outcome.DEAD]
    stored = stored_material(site, one)
    assert (stored.state, stored.error) == (MaterialState.DEAD, "task-failed")
    assert kinds_of(site, one) == ["material-received", "material-dead"]
    assert run_all(site) == [Outcome.DONE]
    verdict = stored_submission(site, filed)
    assert verdict.state is SubmissionState.IN_REVIEW


def test_a_judge_that_fails_three_times_buries_the_submission_and_a_person_can_revive_it(site: Installation) -> None:
    filed = id_of(site.file({}, entered={"judge": "fails"}).body)
    (work_id,) = site.bells.take()
    for _ in range(MAX_ATTEMPTS):
        outcome = run_work(work_id, site.service, quick_parts(), worker="w")
        make_due(site)
    assert outcome is Outcome.DEAD
    assert stored_submission(site, filed).state is SubmissionState.DEAD
    assert kinds_of(site, filed) == ["submission-received", "submission-dead"]
    with site.service.database.write() as connection:
        assert retry_dead(connection, work_id)
    assert run_work(work_id, site.service, quick_parts(), worker="w") is Outcome.FAILED


def test_a_worker_that_dies_three_times_over_an_upload_is_buried_by_the_sweep(site: Installation) -> None:
    one = id_of(site.upload().body)
    (work_id,) = site.bells.take()
    filed = id_of(site.file({"diploma": one}).body)
    for _ in range(MAX_ATTEMPTS):
        assert bury_lost(site.service) == 0
        die_over(site, work_id)
    assert bury_lost(site.service) == 1
    assert bury_lost(site.service) == 0
    assert stored_material(site, one).error == "worker-killed"
    assert work_of(site, one).state == WorkState.DEAD
    assert run_all(site) == [Outcome.DONE]
    assert stored_submission(site, filed).state is SubmissionState.IN_REVIEW


def test_retrying_the_judging_of_an_old_revision_disturbs_nobody(site: Installation) -> None:
    """An operator revives dead work whose submission was filed anew meanwhile."""
    filed = id_of(site.file({}, entered={"judge": "fails"}).body)
    (old,) = site.bells.take()
    for _ in range(MAX_ATTEMPTS):
        run_work(old, site.service, quick_parts(), worker="w")
        make_due(site)
    refile(site, filed, {})
    (new,) = site.bells.take()
    with site.service.database.write() as connection:
        assert retry_dead(connection, old)
    other = id_of(site.upload().body)
    (poison,) = site.bells.take()
    for _ in range(MAX_ATTEMPTS):
        die_over(site, old)
        die_over(site, poison)
    # Both are buried; the old revision's own end must not undo the other's.
    assert bury_lost(site.service) == 2
    assert stored_material(site, other).state is MaterialState.DEAD
    assert run_work(new, site.service, quick_parts(), worker="w") is Outcome.DONE
    assert stored_submission(site, filed).state is SubmissionState.IN_REVIEW


def test_a_database_that_goes_away_in_the_middle_leaves_the_work_to_its_lease(
    site: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = id_of(site.upload().body)
    (work_id,) = site.bells.take()

    def away(*_: object, **__: object) -> None:
        raise DatabaseAway

    with monkeypatch.context() as patched:
        patched.setattr("intake.tasks.read_material.finish", away)
        patched.setattr(module, "fail", away)
        with pytest.raises(DatabaseAway):
            run_work(work_id, site.service, quick_parts(), worker="w")
    assert stored_material(site, one).state is MaterialState.PROCESSING
    with site.service.database.write() as connection:
        connection.execute(update(work).values(lease_until_ms=0))
    assert run_work(work_id, site.service, quick_parts(), worker="w") is Outcome.DONE
    assert stored_material(site, one).state is MaterialState.READ


@pytest.mark.parametrize("fault", [StoreAway, StoreFull, KeyUnknown])
def test_a_store_that_is_away_for_long_buries_nothing(
    site: Installation, monkeypatch: pytest.MonkeyPatch, fault: type[StorageError]
) -> None:
    one = id_of(site.upload().body)
    (work_id,) = site.bells.take()

    def away(*_: object) -> bytes:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(type(site.service.blobs), "read", away)
        for _ in range(MAX_ATTEMPTS + 2):
            assert run_work(work_id, site.service, quick_parts(), worker="w") is Outcome.PUT_OFF
            assert run_work(work_id, site.service, quick_parts(), worker="w") is Outcome.NOT_TAKEN
            make_due(site)
    assert work_of(site, one).error == fault.code
    assert run_work(work_id, site.service, quick_parts(), worker="w") is Outcome.DONE
    assert work_of(site, one).error is None


@pytest.mark.parametrize("fault", [BlobMissing, BlobDamaged])
def test_an_upload_that_is_gone_from_the_store_is_buried(
    site: Installation, monkeypatch: pytest.MonkeyPatch, fault: type[StorageError]
) -> None:
    one = id_of(site.upload().body)
    (work_id,) = site.bells.take()

    def gone(*_: object) -> bytes:
        raise fault

    monkeypatch.setattr(type(site.service.blobs), "read", gone)
    for _ in range(MAX_ATTEMPTS):
        outcome = run_work(work_id, site.service, quick_parts(), worker="w")
        make_due(site)
    assert outcome is Outcome.DEAD
    assert stored_material(site, one).error == fault.code


def test_no_text_of_a_library_is_stored(site: Installation, tmp_path: Path) -> None:
    one = id_of(site.file({}, entered={"judge": "fails"}).body)
    run_all(site)
    assert work_of(site, one, 1).error == "task-failed"
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("d.sqlite3*"))
    assert b"a library's own words" not in stored
