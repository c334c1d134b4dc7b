from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.entered_file import MAX_DEPTH, MAX_ENTERED_BYTES, decode_entered


def nested(depth: int) -> bytes:
    """An object whose innermost value lies `depth` levels below it."""
    return b'{"a":' * depth + b"1" + b"}" * depth


def test_an_ordinary_file_is_decoded_as_it_is() -> None:
    value, defect = decode_entered('{"person":{"name":"王五·买买提","x":null}}'.encode())
    assert value == {"person": {"name": "王五·买买提", "x": None}}
    assert defect is None


def test_a_byte_order_mark_is_no_fault() -> None:
    assert decode_entered(b"\xef\xbb\xbf{}") == ({}, None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "entered-not-json"),
        (b"{", "entered-not-json"),
        (b"{'a':1}", "entered-not-json"),
        (b'{"a":1} x', "entered-not-json"),
        (b'{"a":' + b"9" * 5000 + b"}", "entered-not-json"),
        ('{"a":"\u4e2d"}'.encode("gb18030"), "entered-not-utf8"),
        ('{"a":1}'.encode("utf-16"), "entered-not-utf8"),
        (b'{"a":"\\ud800"}', "entered-not-utf8"),
        (b'{"a":1,"a":1}', "entered-duplicate-key"),
        (b'{"p":{"a":1,"a":2}}', "entered-duplicate-key"),
        (b'{"a":NaN}', "entered-not-finite"),
        (b'{"a":-Infinity}', "entered-not-finite"),
        (b'{"a":1e999}', "entered-not-finite"),
        (b"[]", "entered-not-object"),
        (b'"x"', "entered-not-object"),
        (b"[" * 100_000, "entered-too-deep"),
        (nested(MAX_DEPTH), "entered-too-deep"),
    ],
)
def test_what_cannot_be_taken_literally_is_refused_with_its_code(data: bytes, code: str) -> None:
    value, defect = decode_entered(data)
    assert value is None
    assert defect is not None
    assert defect.code == code
    assert defect.severe


@pytest.mark.parametrize("depth", [1, MAX_DEPTH - 2, MAX_DEPTH - 1])
def test_depth_up_to_the_limit_is_taken(depth: int) -> None:
    assert decode_entered(nested(depth))[1] is None


@pytest.mark.parametrize(("size", "refused"), [(MAX_ENTERED_BYTES, False), (MAX_ENTERED_BYTES + 1, True)])
def test_size_is_judged_at_the_byte(size: int, refused: bool) -> None:
    data = b'{"a":"' + b"x" * (size - 8) + b'"}'
    assert len(data) == size
    _, defect = decode_entered(data)
    assert (defect is not None) is refused
    if defect is not None:
        assert (defect.code, defect.measured, defect.limit) == ("entered-too-big", size, MAX_ENTERED_BYTES)


def test_the_line_of_the_fault_is_told() -> None:
    _, defect = decode_entered(b'{\n"a": 1,\n}')
    assert defect is not None
    assert defect.measured == 3


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), values, max_size=5))
def test_every_plain_document_comes_back_unchanged(document: dict[str, object]) -> None:
    assert decode_entered(json.dumps(document).encode()) == (document, None)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    value, defect = decode_entered(data)
    assert (value is None) == (defect is not None)
