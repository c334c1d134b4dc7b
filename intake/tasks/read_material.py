"""Reads one upload: bytes from the blob store, reading and renditions back."""

from __future__ import annotations

from sqlalchemy import Connection

from intake.model import Upload
from intake.pipeline import read_upload
from intake.rendition_file import encode_rendition
from intake.storage.materials import StoredMaterial, material_of, set_dead, set_processing, set_read
from intake.storage.work import Claim, Due, finish
from intake.stored_material import material_json
from intake.tasks.service import Service, WorkerParts
from intake.tasks.start_judging import start_judging


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
        service.note(connection, held.subject, "material-read", {"kinds": kinds})
    return ready


def bury_material(connection: Connection, service: Service, held: Claim, *, error: str) -> list[Due]:
    """Notes that an upload cannot be read, so that its submission is judged without it and a person looks."""
    set_dead(connection, held.subject, error=error)
    # The log last, as everywhere: whoever holds it waits for no submission that somebody else has.
    ready = start_judging(connection, held.subject)
    service.note(connection, held.subject, "material-dead", {"error": error})
    return ready


def _existing(stored: StoredMaterial | None) -> StoredMaterial:
    if stored is None:
        raise LookupError("work for a material that is not there")
    return stored
