"""Uploads as rows: where they stand, what the fast checks said, what was read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from intake.storage.database import now_ms
from intake.storage.places import place
from intake.storage.schema import material
from intake.storage.sealed_json import open_json, seal_json
from intake.storage.sealing import Sealer
from ocr.model import Kind

# Duplicates named in an answer; a person who uploads one file more often than this learns nothing from a longer list.
_MAX_DUPLICATES = 20


class MaterialState(StrEnum):
    """Where an upload stands."""

    RECEIVED = "received"
    PROCESSING = "processing"
    READ = "read"
    # The bytes are no picture that can be used: a finding says why. Nothing more will happen to it.
    REFUSED = "refused"
    # It took every process down that opened it, or failed three times: a person has to look.
    DEAD = "dead"

    @property
    def is_final(self) -> bool:
        """True when nothing more happens to it by itself."""
        return self in (MaterialState.READ, MaterialState.REFUSED, MaterialState.DEAD)


@dataclass(frozen=True, slots=True)
class NewMaterial:
    """An upload about to be acknowledged.

    Attributes:
        id: Its id.
        client_id: Who sent it.
        kind: The slot's kind as the caller said.
        policy: By which rules it was checked.
        file: The file's name made safe to show.
        sha256: Digest of the bytes, hex.
        size_bytes: Their number.
        source_format: `JPEG`, …; None when the bytes are no picture.
        checks: What the fast checks said, for JSON.
        request_id: Of the call.
    """

    id: str
    client_id: str
    kind: Kind
    policy: str
    file: str
    sha256: str
    size_bytes: int
    source_format: str | None
    checks: Mapping[str, Any]
    request_id: str


@dataclass(frozen=True, slots=True)
class StoredMaterial:
    """An upload as stored; see `NewMaterial`.

    Attributes:
        blob_address: Where its bytes are.
        renditions: Addresses of the pictures made of it.
        reading: What `intake.stored_material` holds; None before it was read.
        error: Why it is dead.
        created_ms: When it was acknowledged.
        updated_ms: When its state last changed.
    """

    id: str
    client_id: str
    kind: Kind
    policy: str
    file: str
    sha256: str
    size_bytes: int
    source_format: str | None
    state: MaterialState
    blob_address: str
    renditions: tuple[str, ...]
    checks: Mapping[str, Any]
    reading: Mapping[str, Any] | None
    error: str | None
    created_ms: int
    updated_ms: int


def add_material(connection: Connection, sealer: Sealer, new: NewMaterial, *, blob_address: str) -> None:
    """Writes an upload's row into the caller's transaction."""
    now = now_ms(connection)
    sealed_checks = seal_json(sealer, new.checks, about=place(material.c.sealed_checks, new.id))
    connection.execute(
        insert(material).values(
            id=new.id,
            client_id=new.client_id,
            kind=new.kind.value,
            policy=new.policy,
            sealed_name=sealer.seal(new.file.encode(), about=place(material.c.sealed_name, new.id)),
            sha256=new.sha256,
            size_bytes=new.size_bytes,
            source_format=new.source_format,
            state=MaterialState.RECEIVED,
            blob_address=blob_address,
            renditions="[]",
            sealed_checks=sealed_checks,
            request_id=new.request_id,
            created_ms=now,
            updated_ms=now,
        )
    )


def material_of(connection: Connection, sealer: Sealer, material_id: str) -> StoredMaterial | None:
    """One upload; None when there is none with this id."""
    row = connection.execute(select(material).where(material.c.id == material_id)).first()
    return None if row is None else _stored(row, sealer)


def materials_of(connection: Connection, sealer: Sealer, ids: Sequence[str]) -> dict[str, StoredMaterial]:
    """Several uploads by id; unknown ones are left out."""
    rows = connection.execute(select(material).where(material.c.id.in_(list(ids))))
    return {row.id: _stored(row, sealer) for row in rows}


def hold_materials(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Keeps uploads as they are until the transaction ends; client's id by upload, unknown ones are left out.

    A filing holds its uploads before it looks whether they were read. Without that, PostgreSQL lets the end of a
    reading and a filing pass by each other: neither sees the other's row, and nobody judges the filing, ever.
    """
    # SQLite ignores FOR SHARE: there a writing transaction has the whole file for itself. In the order of ids, so that
    # two filings never wait for each other.
    held = select(material.c.id, material.c.client_id).where(material.c.id.in_(list(ids)))
    rows = connection.execute(held.order_by(material.c.id).with_for_update(read=True))
    return {row.id: row.client_id for row in rows}


def same_bytes(connection: Connection, *, sha256: str, client_id: str, other_than: str) -> list[str]:
    """Ids of this caller's earlier uploads with the same bytes, the newest first."""
    statement = (
        select(material.c.id)
        .where(material.c.sha256 == sha256, material.c.client_id == client_id, material.c.id != other_than)
        .order_by(material.c.created_ms.desc())
        .limit(_MAX_DUPLICATES)
    )
    return list(connection.execute(statement).scalars())


def set_processing(connection: Connection, material_id: str) -> None:
    """A worker has begun with it."""
    values = {"state": MaterialState.PROCESSING, "updated_ms": now_ms(connection)}
    waiting = material.c.state == MaterialState.RECEIVED
    connection.execute(update(material).where(material.c.id == material_id, waiting).values(**values))


def set_read(
    connection: Connection,
    sealer: Sealer,
    material_id: str,
    *,
    reading: Mapping[str, Any],
    renditions: Sequence[str],
    fingerprint: str | None,
) -> None:
    """Writes what was read; the caller finishes its claim in the same transaction. No rendition: it was refused."""
    connection.execute(
        update(material)
        .where(material.c.id == material_id)
        .values(
            state=MaterialState.READ if renditions else MaterialState.REFUSED,
            sealed_reading=seal_json(sealer, reading, about=place(material.c.sealed_reading, material_id)),
            renditions=json.dumps(list(renditions)),
            fingerprint=fingerprint,
            error=None,
            updated_ms=now_ms(connection),
        )
    )


def set_dead(connection: Connection, material_id: str, *, error: str) -> None:
    """Three attempts failed."""
    values = {"state": MaterialState.DEAD, "error": error, "updated_ms": now_ms(connection)}
    connection.execute(update(material).where(material.c.id == material_id).values(**values))


def set_waiting_again(connection: Connection, material_id: str) -> None:
    """A person asked for more attempts."""
    values = {"state": MaterialState.RECEIVED, "error": None, "updated_ms": now_ms(connection)}
    dead = material.c.state == MaterialState.DEAD
    connection.execute(update(material).where(material.c.id == material_id, dead).values(**values))


def _stored(row: Row[Any], sealer: Sealer) -> StoredMaterial:
    checks = open_json(sealer, row.sealed_checks, about=place(material.c.sealed_checks, row.id))
    reading = None
    if row.sealed_reading is not None:
        reading = open_json(sealer, row.sealed_reading, about=place(material.c.sealed_reading, row.id))
    return StoredMaterial(
        id=row.id,
        client_id=row.client_id,
        kind=Kind(row.kind),
        policy=row.policy,
        file=sealer.open(row.sealed_name, about=place(material.c.sealed_name, row.id)).decode(),
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        source_format=row.source_format,
        state=MaterialState(row.state),
        blob_address=row.blob_address,
        renditions=tuple(json.loads(row.renditions)),
        checks=checks,
        reading=reading,
        error=row.error,
        created_ms=row.created_ms,
        updated_ms=row.updated_ms,
    )
