"""Submissions and their revisions as rows.

A submission is one person's collection; each filing or refiling of it is a revision, and only the newest counts. A
verdict is written once for a revision: the row itself refuses a second one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from intake.storage.database import now_ms
from intake.storage.errors import FenceLost
from intake.storage.materials import MaterialState
from intake.storage.places import place
from intake.storage.schema import material, revision, revision_material, submission
from intake.storage.sealed_json import open_json, seal_json
from intake.storage.sealing import Sealer
from intake.storage.work import Task, supersede


class Purpose(StrEnum):
    """What a filing is for (design.md section 3)."""

    REGISTRATION = "registration"
    COMPLETION = "completion"
    CHANGE = "change"
    ARCHIVE = "archive"


class SubmissionState(StrEnum):
    """Where a submission stands (design.md section 3)."""

    RECEIVED = "received"
    PROCESSING = "processing"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RETURNED = "returned"
    # It could not be scored in three attempts; an operator sees it and can have it tried again.
    DEAD = "dead"


# What an applicant sees (design.md section 3): nobody is told of queues, and a submission that could not be scored is
# still with the office.
STATUS = {
    SubmissionState.RECEIVED: "审核中",
    SubmissionState.PROCESSING: "审核中",
    SubmissionState.IN_REVIEW: "审核中",
    SubmissionState.DEAD: "审核中",
    SubmissionState.APPROVED: "审核成功",
    SubmissionState.RETURNED: "审核失败",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """What one revision is made of.

    Attributes:
        entered: What was typed, as in entered.json.
        materials: Material ids by slot.
        person_index: Keyed hash of the person's number; None without one.
    """

    entered: Mapping[str, Any]
    materials: Mapping[str, str]
    person_index: str | None


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """A submission about to be acknowledged.

    Attributes:
        id: Its id.
        client_id: Who filed it.
        purpose: What for.
        region: Six-digit code of the office.
        policy: Name of the rules.
        callback: Address for webhooks, None for none.
        request_id: Of the call.
    """

    id: str
    client_id: str
    purpose: Purpose
    region: str
    policy: str
    callback: str | None
    request_id: str


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """A submission with its newest revision; see `NewSubmission` and `Filing`.

    Attributes:
        revision: Number of the newest revision, from 1.
        score: 0..100, None before it was scored.
        band: Which pile, likewise.
        verdict: The record of design.md section 4, likewise.
        revision_created_ms: When the newest revision was acknowledged.
        finished_ms: When it was scored.
    """

    id: str
    client_id: str
    purpose: Purpose
    region: str
    policy: str
    callback: str | None
    state: SubmissionState
    revision: int
    entered: Mapping[str, Any]
    materials: Mapping[str, str]
    person_index: str | None
    score: int | None
    band: str | None
    verdict: Mapping[str, Any] | None
    request_id: str
    created_ms: int
    updated_ms: int
    revision_created_ms: int
    finished_ms: int | None


def add_submission(connection: Connection, sealer: Sealer, new: NewSubmission, filing: Filing) -> None:
    """Writes a submission and its first revision into the caller's transaction."""
    now = now_ms(connection)
    sealed = None
    if new.callback is not None:
        sealed = sealer.seal(new.callback.encode(), about=place(submission.c.sealed_callback, new.id))
    connection.execute(
        insert(submission).values(
            id=new.id,
            client_id=new.client_id,
            purpose=new.purpose,
            region=new.region,
            policy=new.policy,
            revision=1,
            state=SubmissionState.RECEIVED,
            sealed_callback=sealed,
            person_index=filing.person_index,
            request_id=new.request_id,
            created_ms=now,
            updated_ms=now,
        )
    )
    _add_revision_rows(connection, sealer, new.id, 1, filing)


def add_revision(
    connection: Connection,
    sealer: Sealer,
    submission_id: str,
    filing: Filing,
    *,
    policy: str,
    region: str,
    request_id: str,
) -> int:
    """Writes a further revision; whatever still runs for the one before loses its fence.

    From here on the submission carries this call's request id, under which the revision is judged and told.

    Returns:
        Its number.
    """
    known = lock_submission(connection, submission_id)
    number = int(known.revision) + 1
    supersede(connection, task=Task.JUDGE_SUBMISSION, subject=submission_id, number=number - 1)
    values = {
        "revision": number,
        "state": SubmissionState.RECEIVED,
        "person_index": filing.person_index,
        "policy": policy,
        "region": region,
        "request_id": request_id,
        "updated_ms": now_ms(connection),
    }
    connection.execute(update(submission).where(submission.c.id == submission_id).values(**values))
    _add_revision_rows(connection, sealer, submission_id, number, filing)
    return number


def _add_revision_rows(connection: Connection, sealer: Sealer, submission_id: str, number: int, filing: Filing) -> None:
    about = place(revision.c.sealed_entered, submission_id, number)
    connection.execute(
        insert(revision).values(
            submission_id=submission_id,
            number=number,
            state=SubmissionState.RECEIVED,
            sealed_entered=seal_json(sealer, filing.entered, about=about),
            created_ms=now_ms(connection),
        )
    )
    rows = [
        {"submission_id": submission_id, "number": number, "slot": slot, "material_id": material_id}
        for slot, material_id in filing.materials.items()
    ]
    if rows:
        connection.execute(insert(revision_material), rows)


def lock_submission(connection: Connection, submission_id: str) -> Row[Any]:
    """The submission's own row, locked until the transaction ends.

    Raises:
        LookupError: There is none.
    """
    # SQLite ignores FOR UPDATE: there a writing transaction has the whole file for itself.
    found = connection.execute(select(submission).where(submission.c.id == submission_id).with_for_update()).first()
    if found is None:
        raise LookupError("no such submission")
    return found


def submission_of(connection: Connection, sealer: Sealer, submission_id: str) -> StoredSubmission | None:
    """A submission with its newest revision; None when there is none."""
    joined = submission.join(
        revision, and_(revision.c.submission_id == submission.c.id, revision.c.number == submission.c.revision)
    )
    columns = (
        *submission.c,
        revision.c.sealed_entered,
        revision.c.score,
        revision.c.band,
        revision.c.sealed_verdict,
        revision.c.created_ms.label("revision_created_ms"),
        revision.c.finished_ms,
    )
    row = connection.execute(select(*columns).select_from(joined).where(submission.c.id == submission_id)).first()
    return None if row is None else _stored(connection, sealer, row)


def waiting_revisions(connection: Connection, material_id: str) -> list[tuple[str, int]]:
    """Newest revisions that hold this upload and have not begun to be judged."""
    joined = revision_material.join(
        submission,
        and_(
            submission.c.id == revision_material.c.submission_id,
            submission.c.revision == revision_material.c.number,
        ),
    )
    statement = (
        select(submission.c.id, submission.c.revision)
        .select_from(joined)
        .where(revision_material.c.material_id == material_id, submission.c.state == SubmissionState.RECEIVED)
        .order_by(submission.c.id)
    )
    return [(row.id, row.revision) for row in connection.execute(statement)]


def unread_materials(connection: Connection, submission_id: str, number: int) -> int:
    """How many uploads of a revision still wait to be read."""
    open_states = [state for state in MaterialState if not state.is_final]
    joined = revision_material.join(material, material.c.id == revision_material.c.material_id)
    statement = (
        select(func.count())
        .select_from(joined)
        .where(
            revision_material.c.submission_id == submission_id,
            revision_material.c.number == number,
            material.c.state.in_(open_states),
        )
    )
    return int(connection.execute(statement).scalar_one())


def set_state(connection: Connection, submission_id: str, number: int, state: SubmissionState) -> None:
    """Moves a revision and, while it is the newest, its submission.

    Raises:
        FenceLost: A newer revision came meanwhile.
    """
    now = now_ms(connection)
    newest = and_(submission.c.id == submission_id, submission.c.revision == number)
    moved = connection.execute(update(submission).where(newest).values(state=state, updated_ms=now)).rowcount
    if moved != 1:
        raise FenceLost
    own = and_(revision.c.submission_id == submission_id, revision.c.number == number)
    connection.execute(update(revision).where(own).values(state=state))


def set_verdict(
    connection: Connection, sealer: Sealer, submission_id: str, number: int, record: Mapping[str, Any]
) -> None:
    """Writes a revision's verdict, once, and hands it to the reviewers.

    Raises:
        FenceLost: A newer revision came meanwhile, or this one has its verdict already.
    """
    set_state(connection, submission_id, number, SubmissionState.IN_REVIEW)
    about = place(revision.c.sealed_verdict, submission_id, number)
    own = and_(
        revision.c.submission_id == submission_id, revision.c.number == number, revision.c.sealed_verdict.is_(None)
    )
    values = {
        "score": record["score"],
        "band": record["band"],
        "sealed_verdict": seal_json(sealer, record, about=about),
        "finished_ms": now_ms(connection),
    }
    if connection.execute(update(revision).where(own).values(**values)).rowcount != 1:
        raise FenceLost


def revisions_of(connection: Connection, submission_id: str) -> list[Row[Any]]:
    """Number, state, score, band and times of every revision, the first one first."""
    columns = [revision.c[name] for name in ("number", "state", "score", "band", "created_ms", "finished_ms")]
    statement = select(*columns).where(revision.c.submission_id == submission_id).order_by(revision.c.number)
    return list(connection.execute(statement))


def _stored(connection: Connection, sealer: Sealer, row: Row[Any]) -> StoredSubmission:
    key = (row.id, row.revision)
    slots = connection.execute(
        select(revision_material.c.slot, revision_material.c.material_id)
        .where(revision_material.c.submission_id == row.id, revision_material.c.number == row.revision)
        .order_by(revision_material.c.slot)
    )
    verdict = None
    if row.sealed_verdict is not None:
        verdict = open_json(sealer, row.sealed_verdict, about=place(revision.c.sealed_verdict, *key))
    callback = None
    if row.sealed_callback is not None:
        callback = sealer.open(row.sealed_callback, about=place(submission.c.sealed_callback, row.id)).decode()
    return StoredSubmission(
        id=row.id,
        client_id=row.client_id,
        purpose=Purpose(row.purpose),
        region=row.region,
        policy=row.policy,
        callback=callback,
        state=SubmissionState(row.state),
        revision=row.revision,
        entered=open_json(sealer, row.sealed_entered, about=place(revision.c.sealed_entered, *key)),
        materials={one.slot: one.material_id for one in slots},
        person_index=row.person_index,
        score=row.score,
        band=row.band,
        verdict=verdict,
        request_id=row.request_id,
        created_ms=row.created_ms,
        updated_ms=row.updated_ms,
        revision_created_ms=row.revision_created_ms,
        finished_ms=row.finished_ms,
    )


def filed_with_same_bytes(
    connection: Connection, *, sha256: str, other_than: str, limit: int = 20
) -> Sequence[tuple[str, str, str | None]]:
    """Other submissions (id, client, person index) that hold an upload with these bytes, the newest first."""
    joined = (
        revision_material.join(material, material.c.id == revision_material.c.material_id)
        .join(submission, submission.c.id == revision_material.c.submission_id)
    )  # fmt: skip
    statement = (
        select(
            submission.c.id,
            submission.c.client_id,
            submission.c.person_index,
            func.max(submission.c.created_ms).label("created"),
        )
        .select_from(joined)
        .where(material.c.sha256 == sha256, submission.c.id != other_than)
        .group_by(submission.c.id, submission.c.client_id, submission.c.person_index)
        .order_by(func.max(submission.c.created_ms).desc())
        .limit(limit)
    )
    return [(row.id, row.client_id, row.person_index) for row in connection.execute(statement)]
