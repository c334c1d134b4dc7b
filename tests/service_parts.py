"""An installation for tests: real database, real seals, blobs in a folder, and readers that read nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from imaging.errors import DecoderKilled, ImageRefused
from imaging.model import Rendition
from intake.receive import Refiling, receive_material, receive_revision, receive_submission
from intake.rules import open_policy
from intake.storage.blobs import BlobStore
from intake.storage.blobs_local import LocalStore
from intake.storage.clients import Scope, add_client
from intake.storage.database import Database
from intake.storage.idempotency import Answered, KeyedCall, digest_of
from intake.storage.ids import new_id
from intake.storage.keyring_format import Keyring, MasterKey
from intake.storage.materials import NewMaterial
from intake.storage.sealing import Sealer
from intake.storage.submissions import Filing, NewSubmission, Purpose, StoredSubmission, submission_of
from intake.storage.work import Due
from intake.tasks.service import Service, WorkerParts
from intake.toolbox import Toolbox
from ocr.model import Kind, Reading
from ocr.read import PageReading
from verify.model import Band, Material, Seen, Verdict

POLICY = "yunnan-2023"
REGION = "533103"
# What a refused upload begins with, and one whose decoder somebody kills.
REFUSED, KILLED = b"refuse", b"killed"


@dataclass
class Bells:
    """Hears who was rung for."""

    heard: list[Due] = field(default_factory=list)

    def __call__(self, due: Sequence[Due]) -> None:
        self.heard += due

    def take(self) -> list[str]:
        """Ids rung since the last look."""
        ids = [due.work_id for due in self.heard]
        self.heard.clear()
        return ids


@dataclass(frozen=True)
class Installation:
    """A service with one caller.

    Attributes:
        service: Its parts.
        client_id: The caller.
        key: The caller's key.
        bells: Who was rung for.
    """

    service: Service
    client_id: str
    key: str
    bells: Bells

    def call(self, key: str, body: str = "") -> KeyedCall:
        """A call of the caller that carries an idempotency key."""
        return KeyedCall(self.client_id, key, digest_of([self.client_id, body]))

    def upload(
        self,
        data: bytes | None = None,
        *,
        kind: Kind = Kind.DIPLOMA,
        call: KeyedCall | None = None,
        file: str = "a.jpg",
    ) -> Answered:
        """Sends bytes, random ones by default."""
        data = secrets.token_bytes(64) if data is None else data
        new = NewMaterial(
            id=new_id(), client_id=self.client_id, kind=kind, policy=POLICY, file=file, sha256=digest_of([data]),
            size_bytes=len(data), source_format="JPEG", checks={"findings": [], "rendition": None}, request_id="test",
        )  # fmt: skip
        return receive_material(self.service, new, data, policy=open_policy(POLICY).policy, call=call)

    def file(
        self,
        materials: Mapping[str, str],
        *,
        entered: Mapping[str, Any] | None = None,
        callback: str | None = None,
        call: KeyedCall | None = None,
        person: str | None = None,
    ) -> Answered:
        """Files a submission."""
        new = NewSubmission(
            id=new_id(), client_id=self.client_id, purpose=Purpose.COMPLETION, region=REGION, policy=POLICY,
            callback=callback, request_id="test",
        )  # fmt: skip
        return receive_submission(self.service, new, Filing(entered or {}, materials, person), call=call)


def a_keyring() -> Keyring:
    """Fresh keys that no file holds."""
    master = MasterKey(1, secrets.token_bytes(32), datetime(2026, 11, 27, tzinfo=UTC))
    return Keyring((master,), secrets.token_bytes(32), secrets.token_bytes(32))


@contextmanager
def installation(url: str, folder: Path, *, keyring: Keyring | None = None) -> Iterator[Installation]:
    """Migrates the database and adds a caller."""
    keys = keyring or a_keyring()
    sealer = Sealer(lambda: keys)
    database = Database(url)
    try:
        database.migrate()
        with database.write() as connection:
            added = add_client(
                connection, sealer, name="采集系统", scopes=list(Scope), region="530000",
                callback_hosts=["hooks.example"],
            )  # fmt: skip
        bells = Bells()
        blobs = BlobStore(LocalStore(folder / "blobs"), sealer)
        service = Service(database, blobs, sealer, keys.audit_key, bells)
        yield Installation(service, added.client.id, added.key, bells)
    finally:
        database.close()


def quick_parts(
    *,
    before_judging: Callable[[], None] = lambda: None,
    sees: Callable[[Mapping[str, tuple[Seen, ...]]], None] = lambda seen: None,
    fails: bool = False,
) -> WorkerParts:
    """A worker whose readers read nothing.

    Args:
        before_judging: Called by the judge, such as to let somebody refile meanwhile.
        sees: Gets what the judge is told of other submissions, by slot.
        fails: The reader raises, whatever it is shown.
    """

    def read(rendition: Rendition, kind: Kind | None) -> PageReading:
        if fails:
            raise RuntimeError("a library's own words")
        return PageReading(rendition, (Reading(kind or Kind.UNKNOWN, 1.0),))

    def judge(
        entered: Mapping[str, Any] | None,
        materials: Mapping[str, Material],
        notes: object,
        seen: Mapping[str, tuple[Seen, ...]] = MappingProxyType({}),
        /,
    ) -> Verdict:
        before_judging()
        sees(seen)
        if (entered or {}).get("judge") == "fails":
            raise RuntimeError("a library's own words")
        return Verdict(100, Band.LIKELY_PASS, (), materials)

    tools = Toolbox(decode, read, lambda rendition, data: (), judge)
    return WorkerParts(tools=lambda policy: tools)


def decode(data: bytes) -> Rendition:
    """A grey picture whose brightness is the first byte."""
    if data.startswith(REFUSED):
        raise ImageRefused("image-corrupt")
    if data.startswith(KILLED):
        raise DecoderKilled
    return Rendition(np.full((60, 90, 3), data[0] if data else 0, np.uint8), "JPEG", 90, 60)


def id_of(body: bytes) -> str:
    """The id in an answer."""
    return str(json.loads(body)["id"])


def refile(site: Installation, submission_id: str, materials: dict[str, str], *, request_id: str = "refiling") -> None:
    """Files a further revision."""
    receive_revision(
        site.service,
        Refiling(submission_id, site.client_id, REGION, POLICY, request_id),
        Filing({}, materials, None),
        call=None,
    )


def stored_submission(site: Installation, submission_id: str) -> StoredSubmission:
    """A submission as it is now."""
    with site.service.database.read() as connection:
        found = submission_of(connection, site.service.sealer, submission_id)
    assert found is not None
    return found
