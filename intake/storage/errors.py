"""What can be wrong with storage; each says which answer it deserves."""

from __future__ import annotations


class StorageError(Exception):
    """Root of the storage's errors.

    Attributes:
        code: Stable kebab-case code.
        retryable: True when the same call may succeed later.
    """

    code = "storage-failed"
    retryable = False


class DatabaseAway(StorageError):
    """The database is not reachable, locked for too long, or full: nothing was written, try again."""

    code = "database-away"
    retryable = True


class DatabaseFull(DatabaseAway):
    """The database's disk is full: nothing was written."""

    code = "storage-full"


class FenceLost(StorageError):
    """Somebody else holds this work now; whatever this process found out is not written."""

    code = "fence-lost"


class StoreFull(StorageError):
    """The store of blobs has no room: nothing was written."""

    code = "storage-full"
    retryable = True


class StoreAway(StorageError):
    """The store of blobs is not reachable or refuses us: nothing is known to be written, try again."""

    code = "store-away"
    retryable = True


class BlobMissing(StorageError):
    """No object lies where the database says; only a backup helps."""

    code = "blob-missing"


class BlobDamaged(StorageError):
    """An object is not what was written; only a backup helps."""

    code = "blob-damaged"


class SweepRefused(StorageError):
    """So many objects belong to no row that the database must be the wrong one; nothing more was deleted."""

    code = "sweep-refused"


class SealBroken(StorageError):
    """Sealed bytes were changed, cut, or belong to another row."""

    code = "seal-broken"


class KeyUnknown(StorageError):
    """Sealed under a master key that this process's key file does not hold; another copy of the file may."""

    code = "key-unknown"
    retryable = True


class KeyringUnusable(StorageError):
    """The file of master keys cannot be used as it is.

    Attributes:
        code: One of those that `intake.storage.keyring` lists.
        detail: One Chinese sentence: what is wrong and what to do. Holds the file's path, never key material.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
