"""What operations share: threads for blocking work, idempotency keys, and answers as bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.rest.problems import Problem
from intake.storage.clients import Client
from intake.storage.idempotency import Answered, KeyedCall, digest_of, is_key

_Arguments = ParamSpec("_Arguments")
_Value = TypeVar("_Value")
_JSON = "application/json"
_IDEMPOTENCY_KEY = "idempotency-key"
# Separates the parts of a digest that may be absent.
_ABSENT = "\0"
# Threads that wait for the checker or write uploads. Fewer than the pool for everything else, so that look-ups go on
# while every checker is busy.
UPLOAD_THREADS = 16
# Threads for look-ups and filings, each with a database connection for a moment (`api.serve_http` opens as many).
CALL_THREADS = 16


class Threads:
    """Where blocking work is done; made inside the running loop."""

    def __init__(self) -> None:
        self._uploads: CapacityLimiter | None = None
        self._calls: CapacityLimiter | None = None

    async def upload(
        self, work: Callable[_Arguments, _Value], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Value:
        """Does what belongs to an upload."""
        self._uploads = self._uploads or CapacityLimiter(UPLOAD_THREADS)
        return await to_thread.run_sync(partial(work, *arguments, **named), limiter=self._uploads)

    async def call(
        self, work: Callable[_Arguments, _Value], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Value:
        """Does anything else."""
        self._calls = self._calls or CapacityLimiter(CALL_THREADS)
        return await to_thread.run_sync(partial(work, *arguments, **named), limiter=self._calls)


def threads_of(request: Request) -> Threads:
    """The threads of the application that got this call."""
    found: Threads = request.app.state.threads
    return found


def keyed(request: Request, client: Client, parts: Sequence[str | bytes | None]) -> KeyedCall | None:
    """The call's idempotency key with the digest of what decides about its answer; None without a key.

    Args:
        request: The call.
        client: Whose key it is.
        parts: What was asked, beside method and path.

    Raises:
        Problem: `idempotency-key-invalid`.
    """
    key = key_of(request)
    if key is None:
        return None
    told = [_ABSENT if part is None else part for part in parts]
    return KeyedCall(client.id, key, digest_of([client.id, request.method, request.url.path, *told]))


def key_of(request: Request) -> str | None:
    """The call's idempotency key; None without one. Asked before the body is read, to refuse what cannot be a key.

    Raises:
        Problem: `idempotency-key-invalid`.
    """
    keys = request.headers.getlist(_IDEMPOTENCY_KEY)
    if len(keys) > 1 or any(not is_key(key) for key in keys):
        raise Problem("idempotency-key-invalid")
    return keys[0] if keys else None


def answered(answer: Answered) -> Response:
    """The answer that was written with the change."""
    return Response(answer.body, answer.status, media_type=_JSON)


def told(body: Mapping[str, Any], *, status: int = 200) -> Response:
    """An answer."""
    content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(content.encode("utf-8"), status, media_type=_JSON)


def canonical(body: Mapping[str, Any]) -> bytes:
    """The same bytes for the same JSON, however it was written."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
