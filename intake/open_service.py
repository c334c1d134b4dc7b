"""Puts the parts of an installation together as its settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from intake.storage.blobs import BlobStore, ObjectStore
from intake.storage.blobs_local import LocalStore
from intake.storage.database import Database
from intake.storage.keyring import KeyringFile
from intake.storage.sealing import Sealer
from intake.tasks.service import Service

if TYPE_CHECKING:
    from intake.service_settings import ServiceSettings
    from intake.storage.work import Due

# A worker uses two connections at once (its task and its signs of life); the interface as many as it has threads.
WORKER_CONNECTIONS = 4


def open_service(
    settings: ServiceSettings, ring: Callable[[Sequence[Due]], object], *, pool_size: int = WORKER_CONNECTIONS
) -> tuple[Service, KeyringFile]:
    """Opens database, blobs and keys. Contacts no server yet; the tables must be there (`Database.migrate`).

    Args:
        settings: Of the process.
        ring: Rings the bell; what it returns is not used.
        pool_size: Database connections kept open at most.

    Returns:
        The service, and its key file for the readiness check.

    Raises:
        KeyringUnusable: The key file cannot be used.
    """
    keys = KeyringFile(settings.keys_file)
    sealer = Sealer(keys)

    def quietly(due: Sequence[Due]) -> None:
        ring(due)

    service = Service(
        database=Database(settings.database, pool_size=pool_size),
        blobs=BlobStore(open_objects(settings), sealer),
        sealer=sealer,
        audit_key=keys().audit_key,
        ring=quietly,
    )
    return service, keys


def open_objects(settings: ServiceSettings) -> ObjectStore:
    """The store of blobs: a bucket when one is set, else a folder."""
    if not settings.blobs:
        return LocalStore(settings.blob_folder)
    from intake.storage.blobs_s3 import S3Place, S3Store

    bucket, _, prefix = settings.blobs.removeprefix("s3://").partition("/")
    return S3Store(
        S3Place(
            bucket=bucket,
            # Names of objects follow the prefix directly.
            prefix=f"{prefix.rstrip('/')}/" if prefix else "",
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
        )
    )
