"""Reads one upload: bytes from the blob store, reading and renditions back."""

from __future__ import annotations

from sqlalchemy import Connection

from intake.model import Upload
from intake.pipeline import read_upload
from intake.rendition_file import encode_rendition
from intake.storage import event_log
from intake.storage.materials import StoredMaterial, material_of, set_dead, set_processing, set_read
from intake.storage.submissions import SubmissionState, lock_submission, set_state, unread_materials, waiting_revisions
from intake.storage.work import Claim, Due, Queue, Task, add_work, finish
from intake.stored_material import material_json
from intake.tasks.service import Service, WorkerParts


def read_material(held: Claim, service: Service, parts: WorkerParts) -> list[Due]:
    """Does one unit of work.

    Returns:
        Work that has become due by it.

    Raises:
        FenceLost: Somebody else does it now; nothing was written.
        StorageError: A store was not there; nothing was written.
    """
    with service.database.write() as connection:
        set_processing(connection, held.subject)
        stored = _existing(material_of(connection, service.sealer, held.subject))
    # Not in the transaction above: a store in the network may take its time, and SQLite lets one write at once.
    with service.database.read() as connection:
        data = service.blobs.read(connection, stored.blob_address)
    upload = Upload(stored.kind.value, stored.kind, stored.file, data)
    material, renditions = read_upload(upload, parts.tools(stored.policy))
    files = [service.blobs.write(encode_rendition(one.pixels)) for one in renditions]
    with service.database.write() as connection:
        set_read(
            connection,
            service.sealer,
            held.subject,
            reading=material_json(material),
            renditions=[service.blobs.record(connection, file) for file in files],
            fingerprint=material.fingerprint,
        )
        finish(connection, held)
        ready = start_judging(connection, held.subject)
        kinds = [reading.kind.value for reading in material.readings]
        event_log.append(
            connection, key=service.audit_key, subject=held.subject, kind="material-read", data={"kinds": kinds}
        )
    return ready


def bury_material(connection: Connection, service: Service, held: Claim, *, error: str) -> list[Due]:
    """Notes that an upload cannot be read, so that its submission is judged without it and a person looks."""
    set_dead(connection, held.subject, error=error)
    event_log.append(
        connection, key=service.audit_key, subject=held.subject, kind="material-dead", data={"error": error}
    )
    return start_judging(connection, held.subject)


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
    )
    return [Due(work_id, Queue.LIVE, 0)]


def _existing(stored: StoredMaterial | None) -> StoredMaterial:
    if stored is None:
        raise LookupError("work for a material that is not there")
    return stored
