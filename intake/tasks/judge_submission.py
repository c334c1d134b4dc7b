"""Judges one revision of a submission by its rules, once all its uploads were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from imaging.model import Defect
from intake.record import case_record
from intake.storage.deliveries import queue_delivery
from intake.storage.errors import FenceLost
from intake.storage.materials import MaterialState, StoredMaterial, materials_of
from intake.storage.submissions import (
    StoredSubmission,
    SubmissionState,
    filed_with_same_bytes,
    set_state,
    set_verdict,
    submission_of,
)
from intake.storage.work import Claim, Due, finish
from intake.stored_material import material_of
from intake.tasks.service import Service, WorkerParts
from intake.webhooks.body import Event
from verify.model import Material, Seen


def judge_submission(held: Claim, service: Service, parts: WorkerParts) -> list[Due]:
    """Does one unit of work; see `intake.tasks.read_material.read_material`."""
    with service.database.read() as connection:
        filed = submission_of(connection, service.sealer, held.subject)
        if filed is None or filed.revision != held.number:
            raise LookupError("work for a revision that is not the newest")
        uploads = materials_of(connection, service.sealer, list(filed.materials.values()))
        seen = _seen_elsewhere(connection, filed, uploads)
    materials = {slot: _material(slot, uploads[one]) for slot, one in filed.materials.items()}
    verdict = parts.tools(filed.policy).judge(filed.entered, materials, (), seen)
    record = case_record(filed.id, verdict)
    with service.database.write() as connection:
        set_verdict(connection, service.sealer, filed.id, filed.revision, record)
        finish(connection, held)
        ready = queue_delivery(connection, service.sealer, filed, event=Event.SCORED, record=record)
        data = {"revision": filed.revision, "score": record["score"], "band": record["band"]}
        service.note(connection, filed.id, "submission-scored", data)
    return ready


def bury_submission(connection: Connection, service: Service, held: Claim, *, error: str) -> list[Due]:
    """Notes that a revision cannot be scored; an operator can have it tried again."""
    try:
        set_state(connection, held.subject, held.number, SubmissionState.DEAD)
    except FenceLost:
        # Somebody had the work of an older revision tried again: nobody waits for it, and only the work is dead. Raised
        # further, it would undo the burial, and the sweep would come upon the same work again and again.
        return []
    data = {"revision": held.number, "error": error}
    service.note(connection, held.subject, "submission-dead", data)
    return []


def _material(slot: str, stored: StoredMaterial) -> Material:
    if stored.state is MaterialState.DEAD or stored.reading is None:
        return Material(
            slot=slot,
            file=stored.file,
            size_bytes=stored.size_bytes,
            source_format=stored.source_format,
            sha256=stored.sha256,
            defects=(Defect("engine-failed", severe=True),),
        )
    return replace(material_of(stored.reading), slot=slot, file=stored.file)


def _seen_elsewhere(
    connection: Connection, filed: StoredSubmission, uploads: Mapping[str, StoredMaterial]
) -> dict[str, tuple[Seen, ...]]:
    """By slot, other submissions that hold a file with the same bytes."""
    found: dict[str, tuple[Seen, ...]] = {}
    for slot, material_id in filed.materials.items():
        others = filed_with_same_bytes(connection, sha256=uploads[material_id].sha256, other_than=filed.id)
        found[slot] = tuple(
            Seen(
                same_person=person is not None and person == filed.person_index,
                exact=True,
                # That there is another one is for the reviewer to know; which one of another client's, for nobody.
                reference=submission_id if client_id == filed.client_id else "",
            )
            for submission_id, client_id, person in others
        )
    return {slot: seen for slot, seen in found.items() if seen}
