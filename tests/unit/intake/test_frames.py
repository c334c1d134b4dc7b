"""Frames between the checker and its child: whatever is sent arrives; whatever else arrives is told."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.frames import HEADER, MARK, MAX_DATA_BYTES, MAX_MESSAGE_BYTES, Frame, FrameBroken, packed, read_frame

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
MESSAGES = st.dictionaries(st.text(), VALUES, max_size=5)


class Trickle:
    """A socket that gives at most so many bytes at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        self._stream, self._most = io.BytesIO(data), most

    def __call__(self, count: int) -> bytes:
        return self._stream.read(min(count, self._most))


def read_all(data: bytes) -> Frame | None:
    return read_frame(io.BytesIO(data).read)


# Drawing nested messages is slow, and a frame does not care what is in its JSON.
@settings(max_examples=40)
@given(st.lists(st.tuples(MESSAGES, st.binary(max_size=200)), max_size=4), st.integers(1, 50))
def test_what_is_sent_arrives_in_any_pieces(sent: list[tuple[dict[str, Any], bytes]], most: int) -> None:
    receive = Trickle(b"".join(packed(message, data) for message, data in sent), most)
    for message, data in sent:
        assert read_frame(receive) == Frame(message, data)
    assert read_frame(receive) is None


@given(st.binary(max_size=300))
def test_anything_is_a_frame_or_the_end_or_broken(data: bytes) -> None:
    try:
        found = read_all(data)
    except FrameBroken:
        return
    assert found is None if not data else isinstance(found, Frame)


@given(st.binary(max_size=100), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_any_header_with_anything_behind_it(tail: bytes, message_bytes: int, data_bytes: int) -> None:
    try:
        found = read_all(HEADER.pack(MARK, message_bytes, data_bytes) + tail)
    except FrameBroken:
        return
    assert isinstance(found, Frame)


@settings(max_examples=40)
@given(MESSAGES, st.binary(max_size=50), st.data())
def test_a_frame_cut_anywhere_is_broken(message: dict[str, Any], data: bytes, draw: st.DataObject) -> None:
    whole = packed(message, data)
    cut = draw.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(FrameBroken):
        read_all(whole[:cut])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_object_is_broken(text: bytes) -> None:
    with pytest.raises(FrameBroken):
        read_all(HEADER.pack(MARK, len(text), 0) + text)


@pytest.mark.parametrize(("off", "fits"), [(-1, True), (0, True), (1, False)])
def test_the_cap_of_the_data(off: int, fits: bool) -> None:
    data = bytes(MAX_DATA_BYTES + off)
    if fits:
        assert read_all(packed({}, data)) == Frame({}, data)
        return
    with pytest.raises(ValueError, match="larger"):
        packed({}, data)
    with pytest.raises(FrameBroken):
        read_all(HEADER.pack(MARK, 2, len(data)) + b"{}" + data)


@pytest.mark.parametrize(("off", "fits"), [(-1, True), (0, True), (1, False)])
def test_the_cap_of_the_message(off: int, fits: bool) -> None:
    text = json.dumps({"a": ""}, separators=(",", ":"))
    message = {"a": "x" * (MAX_MESSAGE_BYTES + off - len(text))}
    if fits:
        assert read_all(packed(message)) == Frame(message)
        return
    with pytest.raises(ValueError, match="larger"):
        packed(message)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_not_sent(number: float) -> None:
    with pytest.raises(ValueError, match=r"(?i)json"):
        packed({"a": number})
