"""Disks that are really full: a small file system in memory, uploads until there is no room, and room again.

Mounting needs root; elsewhere `small_disk` raises `NotAllowedError`, and the same rules are tested with SQLite's own
page limit and with file layers that raise ENOSPC (tests/unit/intake/storage).
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql
from sqlalchemy import select, text

from intake.receive import known_answer
from intake.storage import event_log
from intake.storage.errors import DatabaseAway, StorageError, StoreFull
from intake.storage.materials import material_of
from intake.storage.schema import material, work
from tests.chaos.postgresql import PostgresqlServer
from tests.service_parts import Installation, installation

# Room for the tables and some dozens of uploads; PostgreSQL's copy of its template alone takes 8 MB.
_SQLITE_MB, _BLOBS_MB, _POSTGRESQL_MB = 2, 2, 14
_UPLOAD_BYTES = 20_000
# The name goes into the database, sealed: rows of this size fill a small disk in a hundred uploads.
_NAME = "n" * 20_000
# Refused so often in a row, it is full and no accident.
_FULL_AFTER = 5
_MOST_UPLOADS = 5_000


class NotAllowedError(Exception):
    """This user may not mount anything."""


@dataclass(frozen=True, slots=True)
class FullDisk:
    """What one full disk did.

    Attributes:
        acknowledged: Uploads accepted before and after.
        refused: Codes of those that were not.
        faults: What is wrong, in words; empty when all is well.
    """

    acknowledged: int
    refused: frozenset[str]
    faults: tuple[str, ...]


class SmallDisk:
    """A file system of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def grow(self, size_mb: int) -> None:
        """More room."""
        _mount("-o", f"remount,size={size_mb}m", self.folder)


@contextmanager
def small_disk(size_mb: int) -> Iterator[SmallDisk]:
    """Mounts one, and unmounts it at the end.

    Raises:
        NotAllowedError: See there.
    """
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    folder.chmod(0o755)
    try:
        _mount("-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", folder)
        try:
            yield SmallDisk(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True, capture_output=True)
    finally:
        folder.rmdir()


def _mount(*words: str | Path) -> None:
    if os.getuid() != 0:
        raise NotAllowedError
    try:
        subprocess.run(["mount", *words], check=True, capture_output=True)
    except (subprocess.CalledProcessError, FileNotFoundError) as fault:
        raise NotAllowedError from fault


def sqlite_full(folder: Path) -> FullDisk:
    """The database's disk is full; the blobs lie elsewhere."""
    with small_disk(_SQLITE_MB) as disk:
        with installation(f"sqlite:///{disk.folder / 'd.sqlite3'}", folder) as site:
            found = _fill(site, lambda: disk.grow(8 * _SQLITE_MB))
            with site.service.database.read() as connection:
                verdict = connection.execute(text("PRAGMA integrity_check")).scalar()
        return found if verdict == "ok" else FullDisk(found.acknowledged, found.refused, ("the file is damaged",))


def blobs_full(folder: Path) -> FullDisk:
    """The blobs' disk is full; the database lies elsewhere."""
    with small_disk(_BLOBS_MB) as disk, installation(f"sqlite:///{folder / 'd.sqlite3'}", disk.folder) as site:
        return _fill(site, lambda: disk.grow(8 * _BLOBS_MB))


def postgresql_full(server: PostgresqlServer, folder: Path) -> FullDisk:
    """PostgreSQL's disk is full."""
    with small_disk(_POSTGRESQL_MB) as disk:
        space = disk.folder / "space"
        space.mkdir(mode=0o700)
        os.chown(space, server.user_id, -1)
        name = sql.Identifier(f"small_{secrets.token_hex(4)}")
        server.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(name, sql.Literal(str(space))))
        try:
            with (
                server.fresh_database(tablespace=name.as_string().strip('"')) as url,
                installation(url, folder) as site,
            ):
                return _fill(site, lambda: disk.grow(4 * _POSTGRESQL_MB))
        finally:
            server.execute(sql.SQL("DROP TABLESPACE {}").format(name))


def _fill(site: Installation, grow: object) -> FullDisk:
    """Uploads until there is no room, makes room, uploads again, and looks at everything."""
    assert callable(grow)
    acknowledged: dict[str, str] = {}
    refused: set[str] = set()
    faults: list[str] = []
    in_a_row = 0
    for number in range(_MOST_UPLOADS):
        if in_a_row == _FULL_AFTER:
            break
        key = f"k{number}"
        try:
            answer = site.upload(secrets.token_bytes(_UPLOAD_BYTES), call=site.call(key), file=_NAME)
        except (DatabaseAway, StoreFull) as fault:
            refused.add(fault.code)
            in_a_row += 1
            continue
        in_a_row = 0
        acknowledged[key] = str(json.loads(answer.body)["id"])
    else:
        faults.append("the disk never became full")
    grow()
    for number in range(_MOST_UPLOADS, _MOST_UPLOADS + 3):
        acknowledged[f"k{number}"] = str(json.loads(site.upload(call=site.call(f"k{number}")).body)["id"])
    return FullDisk(len(acknowledged), frozenset(refused), (*faults, *_missing(site, acknowledged)))


def _missing(site: Installation, acknowledged: dict[str, str]) -> Iterator[str]:
    """Everything that was acknowledged and is not whole."""
    service = site.service
    with service.database.read() as connection:
        there = set(connection.execute(select(material.c.id)).scalars())
        asked = set(connection.execute(select(work.c.subject)).scalars())
        chain = event_log.verify_chain(connection, key=service.audit_key)
    if chain.broken_at is not None:
        yield "the event log is broken"
    if there != asked or there != set(acknowledged.values()):
        yield f"{len(there)} uploads, {len(asked)} units of work and {len(acknowledged)} acknowledgements do not agree"
    for key, material_id in acknowledged.items():
        answer = known_answer(service, site.call(key))
        if answer is None or json.loads(answer.body)["id"] != material_id:
            yield f"the answer to {key} is gone"
        try:
            with service.database.read() as connection:
                stored = material_of(connection, service.sealer, material_id)
                if stored is not None:
                    service.blobs.read(connection, stored.blob_address)
        except StorageError as fault:
            yield f"material {material_id}: {fault.code}"
