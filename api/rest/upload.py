"""Reads an uploaded form: piece by piece into memory, capped in bytes and time, with known fields only.

Nothing is written to a temporary file (design.md, section 6, rule 9). The file's name is a text that is shown and never
a path.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from api.rest.body import refuse_announced
from api.rest.problems import Fault, Problem
from intake.case_folder import shown_name

# 12 MB from a village office with 1 Mbit/s upwards take 96 s.
UPLOAD_S = 120.0
# Boundaries, headers of the parts and the short fields; a form of ours needs 1 KB.
_AROUND_BYTES = 16 * 1024
# Words of closed sets and names of policies; the longest of ours has 26 characters.
_MAX_VALUE_BYTES = 200
# No form of ours has more than four fields.
_MAX_PARTS = 8
# Disposition and type, and what browsers add.
_MAX_PART_HEADERS = 8
_NO_NAME = "未命名"
FILE_FIELD = "file"


@dataclass(frozen=True, slots=True)
class Form:
    """An uploaded form.

    Attributes:
        file: The file's bytes.
        name: Its name made safe to show, without folders.
        fields: The other fields.
    """

    file: bytes
    name: str
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class UploadRoom:
    """Bytes of uploads that may be in this process's memory at once. Safe for threads."""

    def __init__(self, max_bytes: int) -> None:
        """Sets how many."""
        self._left = max_bytes
        self._lock = threading.Lock()

    @contextmanager
    def guest(self) -> Iterator[Guest]:
        """A place for one upload; what it took is given back at the end of the block."""
        one = Guest(self)
        try:
            yield one
        finally:
            self.move(-one.taken)

    def move(self, count: int) -> bool:
        """Takes bytes, or gives them back; False when there are not so many."""
        with self._lock:
            if count > self._left:
                return False
            self._left -= count
            return True


class Guest:
    """One upload's part of the room."""

    def __init__(self, room: UploadRoom) -> None:
        self._room = room
        self.taken = 0

    def take(self, count: int) -> None:
        """Takes so many bytes more.

        Raises:
            Problem: `server-busy`: others have them.
        """
        if not self._room.move(count):
            raise Problem("server-busy")
        self.taken += count


async def read_form(
    request: Request, guest: Guest, *, max_bytes: int, others: Collection[str], seconds: float = UPLOAD_S
) -> Form:
    """Reads the form.

    Args:
        request: The call.
        guest: Holds the bytes until the caller is done with them.
        max_bytes: Largest file.
        others: Names of the fields that may stand beside `file`.
        seconds: For the whole body.

    Raises:
        Problem: `media-type-unsupported`, `upload-too-large`, `upload-too-slow`, `server-busy` or `form-invalid`.
    """
    boundary = _boundary(request)
    refuse_announced(request, max_bytes=max_bytes + _AROUND_BYTES, code="upload-too-large")
    reader = _Reader(boundary, max_bytes=max_bytes, known={FILE_FIELD, *others})
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > max_bytes + _AROUND_BYTES:
                    raise _too_large(max_bytes)
                guest.take(len(piece))
                reader.feed(piece)
        return reader.form()
    except TimeoutError:
        raise Problem("upload-too-slow") from None
    except ClientDisconnect:
        raise Problem("upload-too-slow", detail="连接在文件传完之前中断；请重新上传。") from None
    finally:
        reader.close()


def _boundary(request: Request) -> bytes:
    media_type, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if media_type != b"multipart/form-data" or not boundary:
        raise Problem("media-type-unsupported", detail="请用 multipart/form-data 上传，并带 boundary。")
    return boundary


class _Reader:
    """Collects the parts of one form; raises as soon as something does not fit."""

    def __init__(self, boundary: bytes, *, max_bytes: int, known: Collection[str]) -> None:
        self._known = known
        self._max_bytes = max_bytes
        self._parts: dict[str, bytearray] = {}
        self._file_name = ""
        self._count = 0
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._data = bytearray()
        self._limit = 0
        self._over = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._open_part,
                    "on_part_data": self._add,
                    "on_end": self._end,
                },
                max_header_count=_MAX_PART_HEADERS,
            )
        except FormParserError:
            raise _invalid("boundary", "too-long") from None

    def feed(self, piece: bytes) -> None:
        """Takes a piece of the body."""
        try:
            self._parser.write(piece)
        except FormParserError:
            raise _invalid("", "not-multipart") from None

    def form(self) -> Form:
        """The form, after the last piece."""
        if not self._over:
            raise _invalid("", "incomplete")
        if FILE_FIELD not in self._parts:
            raise _invalid(FILE_FIELD, "missing")
        file = bytes(self._parts.pop(FILE_FIELD))
        try:
            fields = {name: bytes(data).decode("utf-8") for name, data in self._parts.items()}
        except UnicodeDecodeError:
            raise _invalid("", "not-utf8") from None
        return Form(file, self._file_name, MappingProxyType(fields))

    def close(self) -> None:
        """Lets the bytes go now: the parser and this hold each other, so that nobody else would soon."""
        self._parts, self._data = {}, bytearray()
        self._parser.callbacks = {}

    def _begin_part(self) -> None:
        self._count += 1
        if self._count > _MAX_PARTS:
            raise _invalid("", "too-many-fields")
        self._disposition = b""

    def _end_header(self) -> None:
        name, value = (bytes(part) for part in self._header)
        self._header = (bytearray(), bytearray())
        if name.lower() == b"content-disposition":
            self._disposition = value
        elif name.lower() == b"content-transfer-encoding" and value.strip().lower() not in (
            b"binary",
            b"8bit",
            b"7bit",
        ):
            # RFC 7578, section 4.7: not used in forms; decoding it would be a second reading of the same bytes.
            raise _invalid("", "transfer-encoding-unsupported")

    def _open_part(self) -> None:
        kind, options = parse_options_header(self._disposition.decode("latin-1"))
        name = options.get(b"name", b"").decode("latin-1")
        if kind != b"form-data" or name not in self._known:
            raise _invalid("*", "unknown-field")
        if name in self._parts:
            raise _invalid(name, "given-twice")
        is_file = name == FILE_FIELD
        if is_file:
            self._file_name = plain_name(options.get(b"filename", b""))
        elif b"filename" in options:
            raise _invalid(name, "is-file")
        self._limit = self._max_bytes if is_file else _MAX_VALUE_BYTES
        self._data = self._parts[name] = bytearray()

    def _add(self, data: bytes, start: int, end: int) -> None:
        if len(self._data) + end - start > self._limit:
            raise _too_large(self._max_bytes) if self._limit == self._max_bytes else _invalid("*", "too-long")
        self._data += memoryview(data)[start:end]

    def _end(self) -> None:
        self._over = True


def plain_name(sent: bytes) -> str:
    """A file's name as it may be shown: without folders, control and direction characters."""
    shown = shown_name(sent.decode("utf-8", "surrogateescape"))
    return shown.replace("\\", "/").rpartition("/")[2].strip() or _NO_NAME


def _invalid(at: str, kind: str) -> Problem:
    return Problem("form-invalid", faults=[Fault(at, kind)])


def _too_large(max_bytes: int) -> Problem:
    return Problem("upload-too-large", detail=f"文件不能超过 {max_bytes:,} 字节；请压缩或重新拍摄后上传。")
