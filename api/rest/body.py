"""Reads a JSON body: capped in bytes and time, and strictly, so that no two programs understand it differently."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import ClientDisconnect, Request

from api.rest.problems import Fault, Problem
from intake.entered_file import MAX_DEPTH, MAX_ENTERED_BYTES, decode_entered

# What was typed is at most this large on disk too; ids and slots of 40 materials take 4 KB of it.
MAX_BODY_BYTES = MAX_ENTERED_BYTES
# 256 KB at the slowest rate that reliability.md allows (10 kB/s, section 2.2).
BODY_S = 30.0
_JSON = "application/json"
# Lengths with more digits are larger than any store.
_MOST_DIGITS = 18
_WRONG = {
    "entered-not-utf8": ("not-utf8", "不是 UTF-8 文本"),
    "entered-not-json": ("not-json", "不是合法的 JSON"),
    "entered-duplicate-key": ("duplicate-key", "同一个键出现两次"),
    "entered-not-finite": ("number-not-finite", "含有 NaN、Infinity 或超出范围的小数"),
    "entered-too-deep": ("too-deep", f"嵌套超过 {MAX_DEPTH} 层"),
    "entered-not-object": ("not-object", "最外层不是对象"),
}


async def read_json(request: Request) -> dict[str, Any]:
    """The body as an object.

    Raises:
        Problem: `media-type-unsupported`, `body-too-large`, `upload-too-slow` or `body-invalid`.
    """
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != _JSON or not _is_utf8(parameters):
        raise Problem("media-type-unsupported", detail=f"请把 Content-Type 设为 {_JSON}，内容用 UTF-8。")
    return _decoded(await read_capped(request, max_bytes=MAX_BODY_BYTES, seconds=BODY_S))


async def read_capped(request: Request, *, max_bytes: int, seconds: float) -> bytes:
    """The body as bytes.

    Args:
        request: The call.
        max_bytes: Largest body; a larger one is not read to its end, and not at all when its length says so.
        seconds: For the whole body.

    Raises:
        Problem: `body-too-large` or `upload-too-slow`.
    """
    refuse_announced(request, max_bytes=max_bytes, code="body-too-large")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > max_bytes:
                    raise _too_large("body-too-large", max_bytes)
                parts.append(part)
    except TimeoutError:
        raise Problem("upload-too-slow") from None
    except ClientDisconnect:
        raise Problem("upload-too-slow", detail="连接在内容传完之前中断；请重新提交。") from None
    return b"".join(parts)


def refuse_announced(request: Request, *, max_bytes: int, code: str) -> None:
    """Refuses a body whose length is announced and too large, before any of it is read.

    Raises:
        Problem: With this code.
    """
    announced = request.headers.get("content-length", "")
    digits = announced.isascii() and announced.isdigit()
    # Python refuses to convert numbers of thousands of digits.
    if digits and (len(announced) > _MOST_DIGITS or int(announced) > max_bytes):
        raise _too_large(code, max_bytes)


def _too_large(code: str, max_bytes: int) -> Problem:
    return Problem(code, detail=f"不能超过 {max_bytes:,} 字节；请减小后重新提交。")


def _is_utf8(parameters: str) -> bool:
    name, _, value = parameters.strip().partition("=")
    return not name or (name.strip().lower() == "charset" and value.strip(' "').lower() in ("utf-8", "utf8"))


def _decoded(data: bytes) -> dict[str, Any]:
    value, defect = decode_entered(data)
    if value is None:
        kind, words = _WRONG.get(defect.code if defect is not None else "", _WRONG["entered-not-json"])
        raise Problem("body-invalid", detail=f"请求内容{words}；请改正后重新提交。", faults=[Fault("", kind)])
    return value
