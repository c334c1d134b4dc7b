from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from api.rest.body import MAX_BODY_BYTES, read_json
from api.rest.problems import Problem


def read(body: bytes, *, content_type: str = "application/json", length: str | None = None) -> dict[str, object]:
    """Reads a body that comes in one piece."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", content_type.encode())]
    if length is not None:
        headers.append((b"content-length", length.encode()))
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}
    return asyncio.run(read_json(Request(scope, receive)))


def code(body: bytes, **others: str) -> str:
    """The code of a refused body."""
    with pytest.raises(Problem) as refused:
        read(body, **others)
    return refused.value.code


@given(
    st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(max_size=20), max_size=8)
)
def test_an_object_comes_through_as_it_is(value: dict[str, object]) -> None:
    assert read(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": ' + b"[" * 17 + b"]" * 17 + b"}",
        b"[" * 100_000,
        b'{"a": "\xff"}',
        b'{"a": 1} {}',
    ],
)
def test_json_with_two_readings_is_refused(body: bytes) -> None:
    assert code(body) == "body-invalid"


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/json; charset=gbk", "application/jsonx", "multipart/form-data"]
)
def test_another_type_is_refused(content_type: str) -> None:
    assert code(b"{}", content_type=content_type) == "media-type-unsupported"


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_ways_to_write_the_right_type(content_type: str) -> None:
    assert read(b"{}", content_type=content_type) == {}


def _of_size(size: int) -> bytes:
    return b'{"a": "' + b"x" * (size - 9) + b'"}'


@pytest.mark.parametrize("size", [MAX_BODY_BYTES - 1, MAX_BODY_BYTES])
def test_the_largest_body_fits(size: int) -> None:
    assert len(_of_size(size)) == size
    assert list(read(_of_size(size))) == ["a"]


def test_one_byte_more_does_not() -> None:
    assert code(_of_size(MAX_BODY_BYTES + 1)) == "body-too-large"
    assert code(b"{}", length=str(MAX_BODY_BYTES + 1)) == "body-too-large"
