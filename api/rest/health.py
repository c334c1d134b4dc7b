"""Whether the service lives, whether it can take uploads, and its figures."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.rest.calls import threads_of, told
from api.rest.openapi import documented
from api.rest.parts import RestParts, parts_of
from api.rest.problems import Problem
from api.rest.schemas import Health
from api.rest.security import authenticated, is_on_this_machine
from intake.observe.metrics import CONTENT_TYPE
from intake.storage.clients import Scope
from intake.storage.errors import StorageError
from intake.storage.work import Queue, QueueFigure, WorkState, queue_figures

router = APIRouter(tags=["operations"])

# Below this share of free space nothing more is taken in (reliability.md, section 3.2, disk full).
LEAST_FREE_SHARE = 0.05
# Live work that nobody has taken for so long: the workers are down or far too few. Orphaned work starts again within
# 40 s (issue 6), so this is no passing fault.
_LATE_MS = 120_000
_UNREADY = 503
# Asking the disk costs a system call; it does not fill up faster than this.
_LOOK_EVERY_S = 5.0
_FIGURES: dict[str, Any] = {"description": "Prometheus 文本", "content": {"text/plain": {"schema": {"type": "string"}}}}


class FolderWatch:
    """What is wrong with the folder of the blobs, asked at most every few seconds. Safe for threads."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        free_share: Callable[[Path], float] | None = None,
    ) -> None:
        """Asks nothing yet.

        Args:
            folder: Where blobs lie.
            clock: Seconds that never go back; for tests.
            free_share: Free part of the folder's disk, 0..1; for tests.
        """
        self._folder = folder
        self._clock = clock
        self._free_share = free_share or _free_share
        self._lock = Lock()
        self._asked_at: float | None = None
        self._fault: str | None = None

    def __call__(self) -> str | None:
        """`storage-full`, `store-away`, or None when all is well."""
        with self._lock:
            now = self._clock()
            if self._asked_at is None or now - self._asked_at >= _LOOK_EVERY_S:
                self._asked_at, self._fault = now, self._look()
            return self._fault

    def _look(self) -> str | None:
        try:
            if not os.access(self._folder, os.W_OK | os.X_OK):
                return "store-away"
            return "storage-full" if self._free_share(self._folder) < LEAST_FREE_SHARE else None
        except OSError:
            return "store-away"


def _free_share(folder: Path) -> float:
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total if usage.total else 0.0


@router.get("/livez", **documented("live", Health, summary="进程是否活着"))
async def live() -> Response:
    """只要进程还能答复就是 200；不看数据库等。"""
    return told({"status": "ok", "parts": []})


_UNREADY_ANSWER: dict[str, Any] = {
    "description": "不能接收上传",
    "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{Health.__name__}"}}},
}
_READY = documented("ready", Health, summary="能否接收上传")
_READY["responses"][_UNREADY]["content"] |= _UNREADY_ANSWER["content"]


@router.get("/readyz", **_READY)
async def ready(request: Request) -> Response:
    """数据库、文件存储、密钥有一项不可用即 503；Redis 不可用、识别积压或有进程停着时为 degraded，仍是 200。"""
    body, status = await threads_of(request).call(_readiness, parts_of(request))
    return told(body, status=status)


def _readiness(parts: RestParts) -> tuple[dict[str, Any], int]:
    figures = asked_figures(parts)
    needed = {
        "database": "database-away" if figures is None else None,
        "store": parts.health.store_fault(),
        "keys": parts.health.keys_fault(),
    }
    wanted = {
        "redis": None if parts.health.redis_up() else "redis-away",
        "workers": "work-waits" if figures is not None and is_late(figures) else None,
        "children": parts.health.children_fault(),
    }
    told_parts = [{"name": name, "ok": code is None, "code": code} for name, code in {**needed, **wanted}.items()]
    if any(needed.values()):
        return {"status": "unready", "parts": told_parts}, _UNREADY
    return {"status": "degraded" if any(wanted.values()) else "ok", "parts": told_parts}, 200


def is_late(figures: list[QueueFigure]) -> bool:
    """Whether work waits for so long that nobody seems to do it."""
    # Archives may wait for days.
    return any(
        one.state is WorkState.READY and one.queue is not Queue.BATCH and one.oldest_ms > _LATE_MS for one in figures
    )


def asked_figures(parts: RestParts) -> list[QueueFigure] | None:
    """How much work lies where; None when the database does not answer."""
    try:
        with parts.service.database.read() as connection:
            return queue_figures(connection)
    except StorageError:
        return None


@router.get("/metrics", **documented("metrics", None, summary="Prometheus 指标", answer=_FIGURES))
async def metrics(request: Request) -> Response:
    """本机可直接取；从别处取需要权限 operations。"""
    parts, threads = parts_of(request), threads_of(request)
    if not is_on_this_machine(request):
        client = await threads.call(authenticated, request, parts)
        if Scope.OPERATIONS not in client.scopes:
            raise Problem("scope-missing", detail="需要权限 operations；请联系管理员增加。")
    return Response(await threads.call(_rendered, parts), headers={"Content-Type": CONTENT_TYPE})


def _rendered(parts: RestParts) -> bytes:
    return parts.figures.render(asked_figures(parts), redis_up=parts.health.redis_up())
