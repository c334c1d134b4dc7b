"""Files of applicants, each stored once, sealed, under a name that tells nothing.

An object is written first and its row afterwards: an object without a row is rubbish that `BlobStore.sweep` removes,
a row without an object cannot come about. Objects are never overwritten, so a backup of the folder taken after a
backup of the database holds every object that the database names.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from sqlalchemy import Connection, select, update

from intake.storage import schema
from intake.storage.database import Database, insert_if_new, now_ms
from intake.storage.errors import BlobDamaged, BlobMissing, KeyUnknown, SealBroken, StoreAway, SweepRefused
from intake.storage.rotation import blob_keys, renew
from intake.storage.sealing import Sealer, decrypt, encrypt

# An address, a point, 128 random bits; `.part` while it is being written.
_NAME = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{32}(\.part)?", re.ASCII)
PART = ".part"
_RANDOM_BYTES = 16
# The form of an object's bytes; another way of sealing gets another number.
_FORM = b"\x01"
# An object gets its row within seconds. An hour also covers a machine whose clock is off (reliability.md, section 3.2).
SWEEP_AGE_S = 3600
# How many objects are looked up in the database at once.
_SWEEP_CHUNK = 200
# Crashes leave one object in a few thousand without a row. Where most of a chunk has none, somebody started the sweep
# with another installation's database, or with an old backup of it.
_SWEEP_MAX_SHARE = 0.5
# Below this many nothing can be said about shares.
_SWEEP_MIN_STRANGERS = 20


class ObjectStore(Protocol):
    """Where objects lie. Names are given by `BlobStore`; each is used for one object only."""

    def put(self, name: str, data: bytes) -> None:
        """Writes an object; when this returns it survives a power cut.

        Raises:
            StoreFull: There is no room; nothing was written.
            StoreAway: The store cannot be used now.
        """

    def get(self, name: str) -> bytes:
        """Reads an object.

        Raises:
            BlobMissing: There is none of that name.
            StoreAway: The store cannot be used now.
        """

    def delete(self, name: str) -> None:
        """Deletes an object; nothing happens when there is none.

        Raises:
            StoreAway: The store cannot be used now.
        """

    def names(self, older_than_s: float) -> Iterator[str]:
        """Names of objects written at least so many seconds ago, by the store's own clock; unfinished ones too.

        Raises:
            StoreAway: The store cannot be used now.
        """


def check_name(name: str) -> str:
    """The name itself, when it is one that `BlobStore` gives.

    Raises:
        ValueError: It is not; it could lead out of the store.
    """
    if _NAME.fullmatch(name) is None:
        raise ValueError("not the name of an object")
    return name


def is_name(name: str) -> bool:
    """True for names that `BlobStore` gives."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class BlobRow:
    """A row of the table `blob`.

    Attributes:
        address: Keyed hash of the content.
        object_name: Where the object lies.
        wrapped_key: The object's data key under a master key.
        key_version: That master key's version.
        size_bytes: Of the content.
    """

    address: str
    object_name: str
    wrapped_key: bytes
    key_version: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """An object that is safe on the disk, for `BlobStore.record`.

    Attributes:
        row: What to record.
        replaces: Name of an object that the database names and that is no longer good; None when there is none.
        known: True when the database named a good object already and none was written.
    """

    row: BlobRow
    replaces: str | None = None
    known: bool = False


class BlobStore:
    """Seals files, stores them, and finds them by content. Safe for threads as far as the object store is."""

    def __init__(self, objects: ObjectStore, sealer: Sealer) -> None:
        """Takes where objects lie and what seals them."""
        self._objects = objects
        self._sealer = sealer

    def known(self, connection: Connection, data: bytes) -> BlobRow | None:
        """The row of a file with the same content, for `write`."""
        return find_blob(connection, self._sealer.address_of(data))

    def write(self, data: bytes, known: BlobRow | None = None) -> StoredBlob:
        """Puts a file into the store, outside any transaction.

        Args:
            data: The file.
            known: What `known` found. When that object is still good it serves; otherwise a new one takes its place,
                so that nothing is acknowledged on the strength of an object that is gone.

        Raises:
            StoreFull, StoreAway: Nothing is stored.
        """
        if known is not None and self._is_good(known, data):
            return StoredBlob(known, known=True)
        address = self._sealer.address_of(data)
        name = f"{address}.{secrets.token_hex(_RANDOM_BYTES)}"
        about = name.encode("ascii")
        key = self._sealer.new_data_key(about=about)
        self._objects.put(name, _FORM + encrypt(data, key.plain, about=about))
        row = BlobRow(address, name, key.wrapped, key.version, len(data))
        return StoredBlob(row, replaces=None if known is None else known.object_name)

    def record(self, connection: Connection, stored: StoredBlob) -> str:
        """Records an object in the caller's transaction.

        Returns:
            The content's address. Of two writers of the same content the first one's object stays.

        Raises:
            StoreAway: The known object's row was deleted meanwhile; write the file again.
        """
        row = stored.row
        if stored.known:
            if find_blob(connection, row.address) is None:
                raise StoreAway
            return row.address
        if stored.replaces is not None:
            table = schema.blob
            chosen = (table.c.address == row.address) & (table.c.object_name == stored.replaces)
            connection.execute(update(table).where(chosen).values(_values(row)))
        insert_if_new(
            connection, schema.blob, {"address": row.address, **_values(row), "created_ms": now_ms(connection)}
        )
        return row.address

    def read(self, connection: Connection, address: str) -> bytes:
        """The content of an address, compared with the address.

        Raises:
            BlobMissing: There is no such row, or no object.
            BlobDamaged: The object is not what was written.
            KeyUnknown: Its master key is not in the key file.
            StoreAway: The store cannot be used now.
        """
        row = find_blob(connection, address)
        if row is None:
            raise BlobMissing
        return self._content(row)

    def rotate(self, database: Database) -> int:
        """Wraps all data keys anew under the active master key, in small transactions; returns how many."""
        return renew(database, self._sealer, blob_keys()).renewed

    def sweep(self, database: Database, *, older_than_s: float = SWEEP_AGE_S) -> int:
        """Deletes objects that no row names and that are too old to get one; returns how many.

        Raises:
            SweepRefused: Most objects belong to no row; the rest was left alone.
            StoreAway, DatabaseAway: Not finished; the next sweep goes on.
        """
        deleted = 0
        found = self._objects.names(older_than_s)
        while chunk := list(islice(found, _SWEEP_CHUNK)):
            strangers = _strangers(database, chunk)
            for name in strangers:
                self._objects.delete(name)
            deleted += len(strangers)
        return deleted

    def _content(self, row: BlobRow) -> bytes:
        about = row.object_name.encode("ascii")
        data = self._objects.get(row.object_name)
        try:
            key = self._sealer.unwrap(row.wrapped_key, about=about)
            content = decrypt(data[len(_FORM) :], key, about=about)
        except SealBroken as fault:
            raise BlobDamaged from fault
        if data[: len(_FORM)] != _FORM or self._sealer.address_of(content) != row.address:
            raise BlobDamaged
        return content

    def _is_good(self, known: BlobRow, data: bytes) -> bool:
        try:
            return self._content(known) == data
        except (BlobMissing, BlobDamaged, KeyUnknown):
            return False


def find_blob(connection: Connection, address: str) -> BlobRow | None:
    """The row of an address, or None."""
    table = schema.blob
    chosen = select(
        table.c.address, table.c.object_name, table.c.wrapped_key, table.c.key_version, table.c.size_bytes
    ).where(table.c.address == address)
    row = connection.execute(chosen).one_or_none()
    return None if row is None else BlobRow(*row)


def _values(row: BlobRow) -> dict[str, object]:
    return {
        "object_name": row.object_name,
        "wrapped_key": row.wrapped_key,
        "key_version": row.key_version,
        "size_bytes": row.size_bytes,
    }


def _strangers(database: Database, names: list[str]) -> list[str]:
    """Those that no row names.

    Raises:
        SweepRefused: Too many to be believed.
    """
    table = schema.blob
    with database.read() as connection:
        named = set(connection.scalars(select(table.c.object_name).where(table.c.object_name.in_(names))))
    strangers = [name for name in names if name not in named]
    whole = [name for name in strangers if not name.endswith(PART)]
    if len(whole) >= _SWEEP_MIN_STRANGERS and len(whole) > _SWEEP_MAX_SHARE * len(names):
        raise SweepRefused
    return strangers
