"""Objects in a bucket of an S3-compatible store.

The library is heavy (0.3 s, 30 MB), so it is imported by the first process that really uses such a store.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from intake.storage.blobs import check_name, is_name
from intake.storage.errors import BlobMissing, StoreAway, StoreFull

# A store in the same house answers within milliseconds; a caller who uploads waits a few seconds at most.
_CONNECT_S = 3
_READ_S = 10
# The first try and two more, with the library's short pauses.
_ATTEMPTS = 3
# As many threads as the interface uses for blocking calls at once.
_CONNECTIONS = 32
_HTTP_NOT_FOUND = 404
_HTTP_NO_ROOM = 507
# What stores say when there is no room: RFC 4918's status aside, MinIO, Ceph and the service itself.
_FULL = frozenset(("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientCapacity"))
_NO_OBJECT = frozenset(("NoSuchKey", "404", "NotFound"))
_NO_BUCKET = "NoSuchBucket"


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where the bucket is and who we are there.

    Attributes:
        bucket: Its name; it exists already.
        prefix: In front of every object's name, such as `intake/`; empty for none.
        endpoint: The store's URL; None for the service that gave the protocol its name.
        region: Its region; stores in the house take any.
        access_key: None: as the library finds it (instance role, its own files).
        secret_key: Goes with `access_key`.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)


class S3Store:
    """An `ObjectStore` in a bucket; safe for threads."""

    def __init__(self, place: S3Place) -> None:
        """Connects to nothing yet."""
        self._place = place
        self._lock = threading.Lock()
        self._made: Any = None

    def put(self, name: str, data: bytes) -> None:
        """See `ObjectStore.put`. The store compares the digest before it answers."""
        digest = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode("ascii")
        with _named():
            self._client().put_object(Bucket=self._place.bucket, Key=self._key(name), Body=data, ContentMD5=digest)

    def get(self, name: str) -> bytes:
        """See `ObjectStore.get`."""
        with _named():
            answer = self._client().get_object(Bucket=self._place.bucket, Key=self._key(name))
            with answer["Body"] as body:
                return bytes(body.read())

    def delete(self, name: str) -> None:
        """See `ObjectStore.delete`."""
        with _named():
            self._client().delete_object(Bucket=self._place.bucket, Key=self._key(name))

    def names(self, older_than_s: float) -> Iterator[str]:
        """See `ObjectStore.names`. Ages are by the store's clock, which it tells with every answer."""
        prefix = self._place.prefix
        with _named():
            pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self._place.bucket, Prefix=prefix)
            for page in pages:
                now = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])
                for found in page.get("Contents", ()):
                    name = found["Key"].removeprefix(prefix)
                    if is_name(name) and (now - found["LastModified"]).total_seconds() >= older_than_s:
                        yield name

    def _key(self, name: str) -> str:
        return self._place.prefix + check_name(name)

    def _client(self) -> Any:
        # Making a client is not safe for threads; using one is.
        with self._lock:
            if self._made is None:
                self._made = _client(self._place)
            return self._made


def _client(place: S3Place) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        max_pool_connections=_CONNECTIONS,
        signature_version="s3v4",
        # Stores in the house seldom have a name for every bucket.
        s3={"addressing_style": "path" if place.endpoint else "auto"},
        # Newer checksums are unknown to older stores; we send a digest that all know.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=place.endpoint,
        region_name=place.region,
        aws_access_key_id=place.access_key,
        aws_secret_access_key=place.secret_key,
        config=config,
    )


@contextmanager
def _named() -> Iterator[None]:
    """The library's errors as ours. Its texts name hosts and buckets, so they go no further."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as fault:
        raise _refusal(fault.response) from None
    except BotoCoreError:
        raise StoreAway from None


def _refusal(response: dict[str, Any]) -> Exception:
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if code in _FULL or status == _HTTP_NO_ROOM:
        return StoreFull()
    # A wrong name for the bucket must not look like an object that is gone.
    if code in _NO_OBJECT or (status == _HTTP_NOT_FOUND and code != _NO_BUCKET):
        return BlobMissing()
    return StoreAway()
