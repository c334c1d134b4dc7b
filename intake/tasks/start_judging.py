"""When a revision is judged: once every upload of it was read. Filing and reading both ask; neither needs the other."""

from __future__ import annotations

from sqlalchemy import Connection

from intake.storage.submissions import SubmissionState, lock_submission, set_state, unread_materials, waiting_revisions
from intake.storage.work import Due, Queue, Task, add_work


def start_judging(connection: Connection, material_id: str) -> list[Due]:
    """Work for each submission that was waiting for this upload and for no other any more."""
    ready: list[Due] = []
    for submission_id, number in waiting_revisions(connection, material_id):
        ready += judge_when_read(connection, submission_id, number)
    return ready


def judge_when_read(connection: Connection, submission_id: str, number: int) -> list[Due]:
    """Adds the work of judging once every upload of the revision was read.

    The submission's row is locked first: of two uploads that are finished at the same moment, the second one then
    sees the first (PostgreSQL shows each transaction only what was committed before).
    """
    known = lock_submission(connection, submission_id)
    is_newest = known.revision == number and known.state == SubmissionState.RECEIVED
    if not is_newest or unread_materials(connection, submission_id, number):
        return []
    set_state(connection, submission_id, number, SubmissionState.PROCESSING)
    work_id = add_work(
        connection,
        task=Task.JUDGE_SUBMISSION,
        subject=submission_id,
        number=number,
        queue=Queue.LIVE,
        request_id=known.request_id,
        # As old as its filing, because the oldest work is done first: as new work it would wait, for milliseconds of
        # rules, until everything was read that others uploaded meanwhile.
        due_ms=known.updated_ms,
    )
    return [Due(work_id, Queue.LIVE, 0)]
