"""Takes uploads and filings in. What returns here is acknowledged: the bytes are on the disk and the rows committed.

Each function does one transaction. With an idempotency key the answer is written in the same transaction, so the same
call gets the same answer, whatever died in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from intake.answers import material_answer, submission_answer
from intake.storage.errors import StorageError
from intake.storage.idempotency import Answered, KeyedCall, earlier_answer, keep_answer, take_key
from intake.storage.materials import NewMaterial, add_material, hold_materials, material_of, same_bytes
from intake.storage.sealed_json import json_bytes
from intake.storage.submissions import (
    Filing,
    NewSubmission,
    SubmissionState,
    add_revision,
    add_submission,
    lock_submission,
    submission_of,
)
from intake.storage.work import Due, Queue, Task, add_work
from intake.tasks.service import Service
from intake.tasks.start_judging import judge_when_read
from verify.identifiers.resident import fold_resident
from verify.policy_model import Policy

# Answers of calls that made something, as HTTP has it (RFC 9110).
_CREATED = 201
_OK = 200


class MaterialUnknown(StorageError):
    """A filing names an upload that is not there or belongs to another caller."""

    code = "material-unknown"


class SubmissionUnknown(StorageError):
    """There is no such submission for this caller."""

    code = "submission-unknown"


class SubmissionClosed(StorageError):
    """The submission was approved: nothing about it changes any more."""

    code = "submission-closed"


@dataclass(frozen=True, slots=True)
class Refiling:
    """A further revision of a submission; see `NewSubmission`."""

    submission_id: str
    client_id: str
    region: str
    policy: str
    request_id: str


def known_answer(service: Service, call: KeyedCall | None) -> Answered | None:
    """The answer kept for a key, before anything costly is done; None when there is none.

    Raises:
        KeyReused: It was kept for another call.
    """
    if call is None:
        return None
    with service.database.read() as connection:
        return earlier_answer(connection, service.sealer, call)


def receive_material(
    service: Service, new: NewMaterial, data: bytes, *, policy: Policy, call: KeyedCall | None
) -> Answered:
    """Stores an upload and its row, and has it read.

    Args:
        service: Shared parts.
        new: The row.
        data: The bytes.
        policy: Words of the answer.
        call: The idempotency key, None for none.

    Raises:
        KeyReused: The key came before with another call.
        StorageError: Nothing was acknowledged.
    """
    with service.database.read() as connection:
        known = service.blobs.known(connection, data)
    stored = service.blobs.write(data, known)

    def change(connection: Connection) -> tuple[int, Mapping[str, Any], list[Due]]:
        address = service.blobs.record(connection, stored)
        add_material(connection, service.sealer, new, blob_address=address)
        work_id = add_work(
            connection, task=Task.READ_MATERIAL, subject=new.id, queue=Queue.LIVE, request_id=new.request_id
        )
        duplicates = same_bytes(connection, sha256=new.sha256, client_id=new.client_id, other_than=new.id)
        row = material_of(connection, service.sealer, new.id)
        if row is None:
            raise LookupError("a row that was just written")
        data = {"kind": new.kind.value, "client": new.client_id, "duplicates": len(duplicates)}
        service.note(connection, new.id, "material-received", data)
        return _CREATED, material_answer(row, policy=policy, duplicates=duplicates), [Due(work_id, Queue.LIVE, 0)]

    return _once(service, call, change)


def receive_submission(service: Service, new: NewSubmission, filing: Filing, *, call: KeyedCall | None) -> Answered:
    """Stores a submission and has it judged when its uploads are read; see `receive_material`.

    Raises:
        MaterialUnknown: It names an upload that this caller does not have.
    """

    def change(connection: Connection) -> tuple[int, Mapping[str, Any], list[Due]]:
        _check_owners(hold_materials(connection, list(filing.materials.values())), filing, client_id=new.client_id)
        add_submission(connection, service.sealer, new, filing)
        ready = judge_when_read(connection, new.id, 1)
        data = {"revision": 1, "client": new.client_id, "purpose": new.purpose.value}
        service.note(connection, new.id, "submission-received", data)
        return _CREATED, _answer(service, connection, new.id), ready

    return _once(service, call, change)


def receive_revision(service: Service, new: Refiling, filing: Filing, *, call: KeyedCall | None) -> Answered:
    """Stores a further revision, which fences off whatever still runs for the one before.

    Raises:
        SubmissionUnknown, SubmissionClosed, MaterialUnknown: See there.
    """

    def change(connection: Connection) -> tuple[int, Mapping[str, Any], list[Due]]:
        # Uploads are held first of all: whoever has read one holds it when he locks the submissions that wait for it.
        owners = hold_materials(connection, list(filing.materials.values()))
        try:
            known = lock_submission(connection, new.submission_id)
        except LookupError as fault:
            raise SubmissionUnknown from fault
        if known.client_id != new.client_id:
            raise SubmissionUnknown
        if known.state == SubmissionState.APPROVED:
            raise SubmissionClosed
        _check_owners(owners, filing, client_id=new.client_id)
        number = add_revision(
            connection,
            service.sealer,
            new.submission_id,
            filing,
            policy=new.policy,
            region=new.region,
            request_id=new.request_id,
        )
        ready = judge_when_read(connection, new.submission_id, number)
        data = {"revision": number, "client": new.client_id}
        service.note(connection, new.submission_id, "submission-received", data)
        return _OK, _answer(service, connection, new.submission_id), ready

    return _once(service, call, change)


def person_index(service: Service, entered: Mapping[str, Any]) -> str | None:
    """Keyed hash of the person's number as typed; None when there is none."""
    person = entered.get("person")
    number = person.get("id_number") if isinstance(person, Mapping) else None
    if not isinstance(number, str) or not number.strip():
        return None
    return service.sealer.index_of(fold_resident(number))


def _once(
    service: Service,
    call: KeyedCall | None,
    change: Callable[[Connection], tuple[int, Mapping[str, Any], list[Due]]],
) -> Answered:
    """Makes a change in one transaction, or returns the answer that its key got before."""
    with service.database.write() as connection:
        if call is not None:
            earlier = take_key(connection, service.sealer, call)
            if earlier is not None:
                return earlier
        status, body, ready = change(connection)
        answer = Answered(status, json_bytes(body))
        if call is not None:
            keep_answer(connection, service.sealer, call, answer)
    service.ring(ready)
    return answer


def _check_owners(owners: Mapping[str, str], filing: Filing, *, client_id: str) -> None:
    if any(owners.get(material_id) != client_id for material_id in filing.materials.values()):
        raise MaterialUnknown


def _answer(service: Service, connection: Connection, submission_id: str) -> dict[str, Any]:
    stored = submission_of(connection, service.sealer, submission_id)
    if stored is None:
        raise LookupError("a row that was just written")
    return submission_answer(stored)
