"""Brings everything that is sealed under the active master key, while the service runs.

A row changes only when its bytes are still those that were read, so a process that writes meanwhile wins. Nothing is
opened but the wrapped data keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Row, Table, and_, func, literal_column, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from intake.storage import schema
from intake.storage.database import Database
from intake.storage.errors import KeyUnknown, SealBroken, StorageError
from intake.storage.keyring import Keyring, load_keyring, remove_master_key
from intake.storage.sealing import HEADER_BYTES, WRAPPED_BYTES, Sealer, header_of, version_of

# Rows of one transaction: 55 ms on SQLite and 86 on PostgreSQL, measured with both processors busy, so nobody who
# uploads meanwhile waits for it.
_CHUNK = 100
_SEALED = "sealed_"
# A process that sealed under the old key just before the rotation has written its row long before this is over: a
# request takes seconds, and a stage is stopped after `stage_deadline_s`, one hour at most.
RETIRE_AFTER = timedelta(hours=2)


@dataclass(frozen=True, slots=True, eq=False)
class SealedColumn:
    """A column whose bytes start with a wrapped data key.

    Attributes:
        table: Where it is.
        column: The bytes.
        object_name: What the data key is bound to, for the keys of blobs; None where sealed bytes lie in the column.
        version: A column that repeats the master key's version, or None.
    """

    table: Table
    column: Column[Any]
    object_name: Column[Any] | None = None
    version: Column[Any] | None = None


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a rotation did.

    Attributes:
        renewed: Values that are under the active key now.
        broken: Values left as they were, because they do not open or their master key is unknown.
    """

    renewed: int = 0
    broken: int = 0


class RetireRefused(StorageError):
    """The old master key stays.

    Attributes:
        code: `key-active`, `key-unknown`, `key-in-use` or `key-too-fresh`.
        detail: One Chinese sentence.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def blob_keys() -> SealedColumn:
    """The data keys of blobs."""
    table = schema.blob
    return SealedColumn(table, table.c.wrapped_key, table.c.object_name, table.c.key_version)


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Everything that a master key opens: the data keys of blobs and all columns named `sealed_*`."""
    found = (
        SealedColumn(table, column)
        for table in schema.metadata.sorted_tables
        for column in table.columns
        if column.name.startswith(_SEALED)
    )
    return (blob_keys(), *found)


def renew_all(database: Database, sealer: Sealer) -> Renewed:
    """Brings everything under the active master key. May be stopped and started again at any time.

    Raises:
        DatabaseAway: Not finished.
    """
    renewed = broken = 0
    for place in sealed_columns():
        done = renew(database, sealer, place)
        renewed, broken = renewed + done.renewed, broken + done.broken
    return Renewed(renewed, broken)


def renew(database: Database, sealer: Sealer, place: SealedColumn) -> Renewed:
    """`renew_all` for one column."""
    renewed = broken = 0
    for rows in _old_rows(database, place, header_of(sealer.active_version)):
        changes = [(row, value) for row in rows if (value := _renewed(row, sealer, place)) is not None]
        broken += len(rows) - len(changes)
        if not changes:
            continue
        with database.write() as connection:
            for row, value in changes:
                renewed += connection.execute(_change(row, value, place)).rowcount
    return Renewed(renewed, broken)


def key_use(database: Database) -> Mapping[int, int]:
    """How many values each master key's version seals.

    Raises:
        SealBroken: Something in the database was not made by us.
        DatabaseAway: The database cannot be asked now.
    """
    use: Counter[int] = Counter()
    with database.read() as connection:
        for place in sealed_columns():
            header = _header(place)
            counted = select(header, func.count()).where(place.column.is_not(None)).group_by(header)
            for value, count in connection.execute(counted):
                use[version_of(bytes(value))] += count
    return dict(use)


def broken_places(database: Database, sealer: Sealer) -> tuple[str, ...]:
    """Columns that hold something which these keys do not open, judged by one value of each version.

    That tells the wrong key file from the right one; it does not look for single damaged rows.
    """
    broken = []
    with database.read() as connection:
        for place in sealed_columns():
            headers = connection.scalars(select(_header(place)).where(place.column.is_not(None)).distinct()).all()
            if not all(_opens(_one_of(connection, place, bytes(header)), sealer) for header in headers):
                broken.append(f"{place.table.name}.{place.column.name}")
    return tuple(broken)


def retire_key(path: Path, version: int, database: Database, *, now: datetime) -> Keyring:
    """Takes an old master key out of the key file, once nothing is sealed under it.

    Args:
        path: The key file.
        version: Which key.
        database: What it might still open.
        now: The time, for how long the active key has been in use.

    Raises:
        RetireRefused: It is still needed, or may be.
        KeyringUnusable, DatabaseAway: Nothing changed.
    """
    ring = load_keyring(path)
    if ring.of_version(version) is None:
        raise RetireRefused("key-unknown", f"密钥文件中没有第 {version} 版主密钥；用 intake keys list 查看。")
    if version == ring.active.version:
        raise RetireRefused("key-active", f"第 {version} 版主密钥正在使用；请先运行 intake keys rotate。")
    waits_until = ring.active.created + RETIRE_AFTER
    if now < waits_until:
        raise RetireRefused(
            "key-too-fresh",
            f"第 {ring.active.version} 版主密钥启用不足 {RETIRE_AFTER.seconds // 3600} 小时，"
            f"运行中的任务可能还要用旧的；请在 {waits_until:%Y-%m-%d %H:%M} UTC 之后再删除。",
        )
    count = key_use(database).get(version, 0)
    if count:
        raise RetireRefused(
            "key-in-use", f"还有 {count} 项用第 {version} 版主密钥加密；请先运行 intake keys rotate --renew。"
        )
    return remove_master_key(path, version)


def _header(place: SealedColumn) -> ColumnElement[bytes]:
    # Written out instead of bound: PostgreSQL takes two expressions with parameters for different ones, and refuses to
    # group by them.
    return func.substr(place.column, literal_column("1"), literal_column(str(HEADER_BYTES)), type_=LargeBinary())


def _old_rows(database: Database, place: SealedColumn, active: bytes) -> Iterator[list[Row[Any]]]:
    """Rows that are not under the active key, a chunk at a time in the order of the primary key."""
    keys = list(place.table.primary_key.columns)
    columns = [*keys, place.column, *([] if place.object_name is None else [place.object_name])]
    old = select(*columns).where(place.column.is_not(None), _header(place) != active).order_by(*keys).limit(_CHUNK)
    last: tuple[Any, ...] | None = None
    while True:
        wanted = old if last is None else old.where(tuple_(*keys) > last)
        with database.read() as connection:
            rows = list(connection.execute(wanted))
        if not rows:
            return
        yield rows
        last = tuple(rows[-1])[: len(keys)]


def _renewed(row: Row[Any], sealer: Sealer, place: SealedColumn) -> bytes | None:
    mapping = row._mapping
    value = bytes(mapping[place.column])
    try:
        if place.object_name is None:
            return sealer.reseal(value)
        return sealer.rewrap(value, about=mapping[place.object_name].encode("ascii")).wrapped
    except (SealBroken, KeyUnknown):
        return None


def _change(row: Row[Any], value: bytes, place: SealedColumn) -> Any:
    mapping = row._mapping
    same = [column == mapping[column] for column in (*place.table.primary_key.columns, place.column)]
    values: dict[str, Any] = {place.column.name: value}
    if place.version is not None:
        values[place.version.name] = version_of(value)
    return update(place.table).where(and_(*same)).values(values)


def _one_of(connection: Connection, place: SealedColumn, header: bytes) -> tuple[Any, ...]:
    bound_to = [] if place.object_name is None else [place.object_name]
    chosen = select(place.column, *bound_to).where(_header(place) == header).limit(1)
    return tuple(connection.execute(chosen).one())


def _opens(row: tuple[Any, ...], sealer: Sealer) -> bool:
    value = bytes(row[0])
    try:
        if len(row) == 1:
            sealer.reseal(value)
        else:
            sealer.unwrap(value[:WRAPPED_BYTES], about=row[1].encode("ascii"))
    except (SealBroken, KeyUnknown):
        return False
    return True
