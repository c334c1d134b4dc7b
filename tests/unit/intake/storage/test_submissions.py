"""Submissions and revisions as rows: the newest counts, a verdict is written once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from intake.storage.errors import FenceLost, SealBroken
from intake.storage.ids import new_id
from intake.storage.materials import set_dead, set_processing, set_read
from intake.storage.schema import revision
from intake.storage.submissions import (
    STATUS,
    Filing,
    NewSubmission,
    Purpose,
    SubmissionState,
    add_revision,
    add_submission,
    filed_with_same_bytes,
    lock_submission,
    revisions_of,
    set_state,
    set_verdict,
    submission_of,
    unread_materials,
    waiting_revisions,
)
from intake.storage.work import Queue, Task, add_work, claim, finish
from tests.service_parts import POLICY, REGION, Installation, installation
from tests.unit.intake.storage.rows import upload_row

RECORD: dict[str, Any] = {"case": "c", "score": 87, "band": "needs_review", "findings": [], "materials": {}}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(f"sqlite:///{tmp_path / 'd.sqlite3'}", tmp_path) as made:
        yield made


@pytest.fixture
def connection(site: Installation) -> Iterator[Connection]:
    with site.service.database.write() as opened:
        yield opened


def filed(
    site: Installation,
    connection: Connection,
    materials: dict[str, str] | None = None,
    *,
    person: str | None = None,
    callback: str | None = "https://hooks.example/1",
) -> NewSubmission:
    new = NewSubmission(new_id(), site.client_id, Purpose.REGISTRATION, REGION, POLICY, callback, "r")
    add_submission(connection, site.service.sealer, new, Filing({"person": {"name": "王芳"}}, materials or {}, person))
    return new


def refiled(site: Installation, connection: Connection, submission_id: str, materials: dict[str, str]) -> int:
    filing = Filing({"person": {"name": "王方"}}, materials, "b" * 64)
    return add_revision(
        connection,
        site.service.sealer,
        submission_id,
        filing,
        policy="liaoning-2019",
        region="211300",
        request_id="second",
    )


def test_a_submission_comes_back_as_it_went(site: Installation, connection: Connection) -> None:
    upload = upload_row(site, connection)
    new = filed(site, connection, {"diploma": upload}, person="a" * 64)
    stored = submission_of(connection, site.service.sealer, new.id)
    assert stored is not None
    for name in ("id", "client_id", "purpose", "region", "policy", "callback", "request_id"):
        assert getattr(stored, name) == getattr(new, name)
    assert (stored.state, stored.revision, stored.person_index) == (SubmissionState.RECEIVED, 1, "a" * 64)
    assert (stored.entered, stored.materials) == ({"person": {"name": "王芳"}}, {"diploma": upload})
    assert (stored.score, stored.band, stored.verdict, stored.finished_ms) == (None, None, None, None)
    assert submission_of(connection, site.service.sealer, new_id()) is None


def test_the_newest_revision_is_shown_and_the_older_ones_stay(site: Installation, connection: Connection) -> None:
    first, second = upload_row(site, connection), upload_row(site, connection)
    new = filed(site, connection, {"diploma": first})
    set_verdict(connection, site.service.sealer, new.id, 1, RECORD)
    assert refiled(site, connection, new.id, {"diploma-2": second}) == 2
    stored = submission_of(connection, site.service.sealer, new.id)
    assert stored is not None
    assert (stored.state, stored.revision, stored.score) == (SubmissionState.RECEIVED, 2, None)
    assert (stored.entered, stored.materials) == ({"person": {"name": "王方"}}, {"diploma-2": second})
    assert (stored.policy, stored.region, stored.person_index) == ("liaoning-2019", "211300", "b" * 64)
    told = [(row.number, row.state, row.score) for row in revisions_of(connection, new.id)]
    assert told == [(1, SubmissionState.IN_REVIEW, 87), (2, SubmissionState.RECEIVED, None)]


def test_refiling_takes_the_fence_of_the_revision_before(site: Installation, connection: Connection) -> None:
    new = filed(site, connection)
    work_id = add_work(
        connection, task=Task.JUDGE_SUBMISSION, subject=new.id, number=1, queue=Queue.LIVE, request_id="r"
    )
    held = claim(connection, work_id, worker="w")
    assert held is not None
    refiled(site, connection, new.id, {})
    with pytest.raises(FenceLost):
        finish(connection, held)


def test_there_is_nothing_to_refile_or_lock(site: Installation, connection: Connection) -> None:
    with pytest.raises(LookupError):
        lock_submission(connection, new_id())
    with pytest.raises(LookupError):
        refiled(site, connection, new_id(), {})


def test_a_verdict_is_written_once(site: Installation, connection: Connection) -> None:
    new = filed(site, connection)
    set_verdict(connection, site.service.sealer, new.id, 1, RECORD)
    with pytest.raises(FenceLost):
        set_verdict(connection, site.service.sealer, new.id, 1, {**RECORD, "score": 3})
    stored = submission_of(connection, site.service.sealer, new.id)
    assert stored is not None
    assert (stored.state, stored.score, stored.band) == (SubmissionState.IN_REVIEW, 87, "needs_review")
    assert stored.verdict == RECORD


@pytest.mark.parametrize("number", [0, 1, 3])
def test_only_the_newest_revision_gets_a_verdict_or_a_state(
    site: Installation, connection: Connection, number: int
) -> None:
    new = filed(site, connection)
    refiled(site, connection, new.id, {})
    with pytest.raises(FenceLost):
        set_verdict(connection, site.service.sealer, new.id, number, RECORD)
    with pytest.raises(FenceLost):
        set_state(connection, new.id, number, SubmissionState.DEAD)
    assert [row.state for row in revisions_of(connection, new.id)] == [SubmissionState.RECEIVED] * 2


def test_an_upload_knows_who_waits_for_it(site: Installation, connection: Connection) -> None:
    upload = upload_row(site, connection)
    waiting, refiled_without, judged = (filed(site, connection, {"diploma": upload}) for _ in range(3))
    refiled(site, connection, refiled_without.id, {})
    set_state(connection, judged.id, 1, SubmissionState.PROCESSING)
    refiled_with = filed(site, connection)
    refiled(site, connection, refiled_with.id, {"diploma": upload})
    assert waiting_revisions(connection, upload) == sorted([(waiting.id, 1), (refiled_with.id, 2)])
    assert waiting_revisions(connection, new_id()) == []


def test_uploads_that_are_over_are_waited_for_no_more(site: Installation, connection: Connection) -> None:
    uploads = [upload_row(site, connection) for _ in range(4)]
    new = filed(site, connection, {f"diploma-{n}": one for n, one in enumerate(uploads, start=2)})
    sealer = site.service.sealer

    def left() -> int:
        return unread_materials(connection, new.id, 1)

    assert left() == 4
    set_processing(connection, uploads[0])
    assert left() == 4
    set_read(connection, sealer, uploads[0], reading={}, renditions=["a" * 64], fingerprint=None)
    assert left() == 3
    set_read(connection, sealer, uploads[1], reading={}, renditions=[], fingerprint=None)
    set_dead(connection, uploads[2], error="worker-killed")
    assert left() == 1


def test_others_who_filed_the_same_bytes_are_found(site: Installation, connection: Connection) -> None:
    mine, same, different = (upload_row(site, connection, sha256=digit * 64) for digit in "556")
    own = filed(site, connection, {"diploma": mine})
    other = filed(site, connection, {"diploma": same, "diploma-2": same}, person="a" * 64)
    filed(site, connection, {"diploma": different})
    assert filed_with_same_bytes(connection, sha256="5" * 64, other_than=own.id) == [
        (other.id, other.client_id, "a" * 64)
    ]
    assert filed_with_same_bytes(connection, sha256="7" * 64, other_than=own.id) == []


def test_sealed_values_cannot_change_places(site: Installation, connection: Connection) -> None:
    mine, other = filed(site, connection), filed(site, connection)
    taken = connection.execute(
        select(revision.c.sealed_entered).where(revision.c.submission_id == other.id)
    ).scalar_one()
    connection.execute(update(revision).where(revision.c.submission_id == mine.id).values(sealed_entered=taken))
    with pytest.raises(SealBroken):
        submission_of(connection, site.service.sealer, mine.id)


def test_nobody_is_told_of_queues() -> None:
    assert set(STATUS) == set(SubmissionState)
    assert set(STATUS.values()) == {"审核中", "审核成功", "审核失败"}


def test_what_was_typed_lies_open_nowhere(site: Installation, tmp_path: Path) -> None:
    with site.service.database.write() as connection:
        new = filed(site, connection)
        set_verdict(connection, site.service.sealer, new.id, 1, {**RECORD, "findings": [{"entered": "王芳"}]})
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("d.sqlite3*"))
    assert new.id.encode() in stored
    for word in ("王芳", "hooks.example/1"):
        assert word.encode() not in stored
