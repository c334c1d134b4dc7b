"""Callers of the REST interface: keys that are shown once, scopes, and the hosts that may be called back."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from intake.storage.database import now_ms
from intake.storage.ids import new_id
from intake.storage.places import place
from intake.storage.schema import client
from intake.storage.sealing import Sealer

# What a key begins with, so that a secret scanner finds one that went astray.
KEY_PREFIX = "intake_"
_KEY = re.compile(r"intake_[0-9a-f]{48}", re.ASCII)
_KEY_BYTES = 24
_SECRET_BYTES = 32


class Scope(StrEnum):
    """What a caller may do."""

    # Upload materials and use the photo tool.
    MATERIALS = "materials"
    # File, refile and follow submissions.
    SUBMISSIONS = "submissions"
    # See pictures; each look is noted in the event log.
    PICTURES = "pictures"
    # See and resend webhook deliveries.
    DELIVERIES = "deliveries"
    # See queue figures and metrics.
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class Client:
    """A caller.

    Attributes:
        id: Its id.
        name: What the office calls it.
        scopes: What it may do.
        region: Six-digit code; it files for this region and those below.
        callback_hosts: `host` or `host:port` that webhooks of its submissions may go to.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    region: str
    callback_hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewClient:
    """A caller that was just added: the two secrets are shown now and never again."""

    client: Client
    key: str
    webhook_secret: str


def add_client(
    connection: Connection,
    sealer: Sealer,
    *,
    name: str,
    scopes: Sequence[Scope],
    region: str,
    callback_hosts: Sequence[str] = (),
) -> NewClient:
    """Adds a caller. Its key has 192 random bits, so a plain hash of it is kept and no slow one."""
    made = Client(new_id(), name, frozenset(scopes), region, tuple(callback_hosts))
    key, secret = _new_key(), _new_secret()
    connection.execute(
        insert(client).values(
            id=made.id,
            name=name,
            key_hash=_hash(key),
            region=region,
            **_rights(made),
            sealed_secret=sealer.seal(secret.encode(), about=_about(made.id)),
            created_ms=now_ms(connection),
        )
    )
    return NewClient(made, key, secret)


def change_client(
    connection: Connection,
    sealer: Sealer,
    client_id: str,
    *,
    scopes: Sequence[Scope] | None = None,
    callback_hosts: Sequence[str] | None = None,
    new_key: bool = False,
    new_secret: bool = False,
) -> NewClient | None:
    """Changes a caller, who keeps what it filed.

    Args:
        connection: Inside a writing transaction.
        sealer: Seals the secret.
        client_id: Which.
        scopes: All that it may do from now on; None leaves them.
        callback_hosts: All hosts from now on; None leaves them.
        new_key: The old one ends.
        new_secret: Messages are signed with another one, also those that wait.

    Returns:
        The caller, with the new secrets and empty texts for those that stay; None when there is none or it was revoked.
    """
    known = live_client(connection, client_id)
    if known is None:
        return None
    key = _new_key() if new_key else ""
    secret = _new_secret() if new_secret else ""
    changed = replace(
        known,
        scopes=known.scopes if scopes is None else frozenset(scopes),
        callback_hosts=known.callback_hosts if callback_hosts is None else tuple(callback_hosts),
    )
    values: dict[str, Any] = _rights(changed)
    if key:
        values["key_hash"] = _hash(key)
    if secret:
        values["sealed_secret"] = sealer.seal(secret.encode(), about=_about(client_id))
    connection.execute(update(client).where(client.c.id == client_id).values(**values))
    return NewClient(changed, key, secret)


def client_of_key(connection: Connection, key: str) -> Client | None:
    """The caller with this key; None for a wrong or revoked one."""
    if _KEY.fullmatch(key) is None:
        return None
    row = connection.execute(
        select(client).where(client.c.key_hash == _hash(key), client.c.revoked_ms.is_(None))
    ).first()
    return None if row is None else _client(row)


def live_client(connection: Connection, client_id: str) -> Client | None:
    """The caller with this id; None when there is none or its key was taken away."""
    live = (client.c.id == client_id) & client.c.revoked_ms.is_(None)
    row = connection.execute(select(client).where(live)).first()
    return None if row is None else _client(row)


def webhook_secret(connection: Connection, sealer: Sealer, client_id: str) -> bytes:
    """The secret with which messages to this caller are signed.

    Raises:
        LookupError: There is no such caller.
    """
    sealed = connection.execute(select(client.c.sealed_secret).where(client.c.id == client_id)).scalar()
    if sealed is None:
        raise LookupError("no such client")
    return sealer.open(sealed, about=_about(client_id))


def all_clients(connection: Connection) -> list[tuple[Client, bool]]:
    """Every caller in the order of adding, and whether it was revoked."""
    rows = connection.execute(select(client).order_by(client.c.created_ms, client.c.id))
    return [(_client(row), row.revoked_ms is not None) for row in rows]


def revoke_client(connection: Connection, client_id: str) -> bool:
    """Takes a caller's key away; False when there is none or it was taken before."""
    known = (client.c.id == client_id) & client.c.revoked_ms.is_(None)
    return connection.execute(update(client).where(known).values(revoked_ms=now_ms(connection))).rowcount == 1


def _new_key() -> str:
    return KEY_PREFIX + secrets.token_hex(_KEY_BYTES)


def _new_secret() -> str:
    return secrets.token_hex(_SECRET_BYTES)


def _rights(of: Client) -> dict[str, Any]:
    """Columns that an operator may change."""
    return {"scopes": json.dumps(sorted(of.scopes)), "callback_hosts": json.dumps(list(of.callback_hosts))}


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _about(client_id: str) -> bytes:
    return place(client.c.sealed_secret, client_id)


def _client(row: Row[Any]) -> Client:
    scopes = frozenset(Scope(word) for word in json.loads(row.scopes))
    return Client(row.id, row.name, scopes, row.region, tuple(json.loads(row.callback_hosts)))
