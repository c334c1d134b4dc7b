"""Who calls: keys in the Authorization header, scopes, and how often a caller may call.

A key is looked up by its digest, so how long that takes tells nothing of other keys. Addresses that try wrong keys are
slowed down.

What this does not stop: a key that its owner lost; it works until it is revoked, and five seconds longer.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPBearer
from starlette.requests import Request

from api.rest.envelope import address_of
from api.rest.parts import RestParts, parts_of
from api.rest.problems import Problem
from api.rest.rate_limit import RateLimit
from intake.observe.log import get_log
from intake.storage.clients import Client, Scope, client_of_key
from intake.storage.database import Database

# A revoked key works for so long at most.
CACHE_S = 5.0
_MOST_CACHED = 1_000
# Wrong keys of one address in a minute: somebody who mistypes needs a few, a guesser gets nowhere anyway.
WRONG_KEYS_PER_MINUTE = 60
# Longer than any key of ours.
_MAX_KEY_CHARACTERS = 200

# Only for the OpenAPI document; `authenticated` reads the header itself, to answer with a problem object.
_BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="管理员发放的密钥：`intake client add`")


class KeyDesk:
    """Finds out whose key a call carries. Safe for threads."""

    def __init__(
        self, database: Database, *, wrong_keys: RateLimit | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        """Takes where callers are kept; nothing is remembered yet."""
        self._database = database
        self._wrong = wrong_keys or RateLimit(WRONG_KEYS_PER_MINUTE)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[float, Client]] = OrderedDict()

    def caller(self, header: str, *, address: str) -> Client:
        """The caller with the key of an Authorization header.

        Raises:
            Problem: `not-authenticated`, or `rate-limited` after many wrong keys.
            DatabaseAway: Nobody can be looked up.
        """
        key = _key_of(header)
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
        found = self._remembered(digest)
        if found is not None:
            return found
        with self._database.read() as connection:
            found = client_of_key(connection, key)
        if found is None:
            # Only now: many callers may share an address, and one who has a wrong key must not lock the others out.
            wait_s = self._wrong.take(address)
            if wait_s:
                raise Problem("rate-limited", headers={"Retry-After": str(wait_s)})
            raise Problem("not-authenticated")
        self._remember(digest, found)
        return found

    def _remembered(self, digest: bytes) -> Client | None:
        with self._lock:
            until, found = self._known.get(digest, (0.0, None))
            return found if self._clock() < until else None

    def _remember(self, digest: bytes, found: Client) -> None:
        with self._lock:
            self._known[digest] = (self._clock() + CACHE_S, found)
            self._known.move_to_end(digest)
            if len(self._known) > _MOST_CACHED:
                self._known.popitem(last=False)


def _key_of(header: str) -> str:
    scheme, _, key = header.partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key or len(key) > _MAX_KEY_CHARACTERS:
        raise Problem("not-authenticated")
    return key


def caller_with(*scopes: Scope) -> Callable[..., Client]:
    """A dependency: the caller, who must have one of these scopes."""

    def allowed(request: Request, _shown: Annotated[object, Security(_BEARER)] = None) -> Client:
        parts = parts_of(request)
        found = authenticated(request, parts)
        if not found.scopes.intersection(scopes):
            raise Problem("scope-missing", detail=f"需要权限 {'、'.join(scopes)}；请联系管理员增加。")
        return found

    return allowed


def authenticated(request: Request, parts: RestParts) -> Client:
    """The caller, whose rate is counted.

    Raises:
        Problem: `not-authenticated` or `rate-limited`.
    """
    found = parts.keys.caller(request.headers.get("authorization", ""), address=address_of(request.scope))
    wait_s = parts.limits.requests.take(found.id)
    if wait_s:
        get_log().info("rate-limited", client_id=found.id)
        raise Problem("rate-limited", headers={"Retry-After": str(wait_s)})
    return found


def is_on_this_machine(request: Request) -> bool:
    """Whether the call comes from this machine itself, and through no proxy that names somebody else."""
    try:
        return ipaddress.ip_address(address_of(request.scope)).is_loopback
    except ValueError:
        return False


Uploader = Annotated[Client, Depends(caller_with(Scope.MATERIALS))]
Filer = Annotated[Client, Depends(caller_with(Scope.SUBMISSIONS))]
Viewer = Annotated[Client, Depends(caller_with(Scope.PICTURES))]
Recipient = Annotated[Client, Depends(caller_with(Scope.DELIVERIES))]
Anybody = Annotated[Client, Depends(caller_with(*Scope))]
