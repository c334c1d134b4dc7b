"""Messages between a process and its child over one socket: a JSON object and some bytes, both with their lengths.

A frame is a header (`HEADER`: mark, length of the JSON, length of the bytes), the JSON, the bytes. Whatever comes from
the other side is either a frame, the end, or `FrameBroken`; nothing is read beyond the caps.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

# Tells our frames from anything else that might be written into the socket; the digit is the protocol's version.
MARK = b"ICF1"
HEADER = struct.Struct(">4sII")
# An answer holds a few dozen findings of about 1 KB.
MAX_MESSAGE_BYTES = 1024 * 1024
# The largest upload has 12 MiB (`imaging.scanned.ScanLimits`); photos on the way back have 20 KB.
MAX_DATA_BYTES = 12 * 1024 * 1024
# Asked of the socket at a time; its buffer holds about 200 KiB.
_READ_BYTES = 256 * 1024


class FrameBroken(Exception):
    """What arrived is no frame, or the frame ends too early; the connection cannot be used any more."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message.

    Attributes:
        message: A decoded JSON object.
        data: Bytes that go with it.
    """

    message: Mapping[str, Any]
    data: bytes = b""


def packed(message: Mapping[str, Any], data: bytes = b"") -> bytes:
    """The frame as bytes.

    Raises:
        ValueError: The message or the data is larger than its cap, or a number in it is none.
    """
    text = json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii")
    if len(text) > MAX_MESSAGE_BYTES or len(data) > MAX_DATA_BYTES:
        raise ValueError("larger than a frame may be")
    return HEADER.pack(MARK, len(text), len(data)) + text + data


def read_frame(receive: Callable[[int], bytes]) -> Frame | None:
    """Reads one frame.

    Args:
        receive: Gives at least one byte and at most as many as it is asked for; nothing at the end.

    Returns:
        The frame; None when the other side ended between two frames.

    Raises:
        FrameBroken: No frame, a cap is passed, or the end comes inside the frame.
    """
    first = receive(HEADER.size)
    if not first:
        return None
    mark, message_bytes, data_bytes = HEADER.unpack(first + _exactly(receive, HEADER.size - len(first)))
    if mark != MARK or message_bytes > MAX_MESSAGE_BYTES or data_bytes > MAX_DATA_BYTES:
        raise FrameBroken
    return Frame(_decoded(_exactly(receive, message_bytes)), _exactly(receive, data_bytes))


def _exactly(receive: Callable[[int], bytes], count: int) -> bytes:
    parts = []
    while count > 0:
        part = receive(min(count, _READ_BYTES))
        if not part:
            raise FrameBroken
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _decoded(text: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as fault:
        raise FrameBroken from fault
    if not isinstance(value, dict):
        raise FrameBroken
    return value


def _refuse(name: str) -> NoReturn:
    """JSON knows no infinities; Python's reader would let them in."""
    raise ValueError(name)
