from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from api.rest.problems import Problem
from api.rest.upload import Form, UploadRoom, plain_name, read_form

_BOUNDARY = "frontier"
_MAX = 1_000


def part(name: str, content: bytes, *, file: str | None = None, head: str = "") -> bytes:
    """One part of a form."""
    disposition = f'Content-Disposition: form-data; name="{name}"' + ("" if file is None else f'; filename="{file}"')
    return f"--{_BOUNDARY}\r\n{disposition}\r\n{head}\r\n".encode("utf-8", "surrogateescape") + content + b"\r\n"


def form(*parts: bytes, end: bool = True) -> bytes:
    """A whole form."""
    return b"".join(parts) + (f"--{_BOUNDARY}--\r\n".encode() if end else b"")


def read(
    pieces: Iterable[bytes], *, others: tuple[str, ...] = ("kind", "policy"), room: int = 10**6, **headers: str
) -> Form:
    """Reads a form that comes in pieces."""
    left = list(pieces)

    async def receive() -> Message:
        if not left:
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    told = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    raw = [(name.encode(), value.encode()) for name, value in told.items()]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": raw, "query_string": b""}, receive)
    with UploadRoom(room).guest() as guest:
        return asyncio.run(read_form(request, guest, max_bytes=_MAX, others=others))


def refusal(pieces: Iterable[bytes], **others: object) -> tuple[str, list[tuple[str, str]]]:
    """The code and places of a refused form."""
    with pytest.raises(Problem) as refused:
        read(pieces, **others)  # type: ignore[arg-type]
    return refused.value.code, [(fault.at, fault.kind) for fault in refused.value.faults]


def test_file_name_and_fields_are_what_was_sent() -> None:
    got = read([form(part("kind", b"diploma"), part("file", b"\xff\xd8bytes\r\n--x", file="毕业证.jpg"))])
    assert (got.file, got.name, dict(got.fields)) == (b"\xff\xd8bytes\r\n--x", "毕业证.jpg", {"kind": "diploma"})


@given(content=st.binary(max_size=400), cuts=st.lists(st.integers(1, 700), max_size=12))
def test_it_does_not_matter_in_which_pieces_a_form_comes(content: bytes, cuts: list[int]) -> None:
    body = form(part("file", content, file="a.jpg"), part("kind", b"photo"))
    edges = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    got = read(body[start:end] for start, end in pairwise(edges))
    # The parser would take a line of the content that looks like the boundary for one; it needs ten exact bytes.
    assert (got.file, dict(got.fields)) == (content, {"kind": "photo"})


@given(body=st.binary(max_size=300), front=st.booleans())
def test_whatever_comes_is_a_form_or_a_problem(body: bytes, front: bool) -> None:
    try:
        got = read([part("file", b"x", file="a") + body if front else body])
    except Problem as problem:
        assert problem.code in ("form-invalid", "upload-too-large")
    else:
        assert isinstance(got, Form)


@pytest.mark.parametrize(("size", "fits"), [(_MAX - 1, True), (_MAX, True), (_MAX + 1, False)])
def test_the_largest_file_fits_and_one_byte_more_does_not(size: int, fits: bool) -> None:
    body = [form(part("file", b"x" * size, file="a"))]
    if fits:
        assert len(read(body).file) == size
    else:
        assert refusal(body)[0] == "upload-too-large"


@pytest.mark.parametrize(("size", "fits"), [(199, True), (200, True), (201, False)])
def test_a_field_has_a_longest_value(size: int, fits: bool) -> None:
    body = [form(part("file", b"x", file="a"), part("kind", b"k" * size))]
    assert fits == (not _raises(body))


def _raises(body: list[bytes]) -> bool:
    try:
        read(body)
    except Problem as problem:
        assert problem.code == "form-invalid"
        return True
    return False


def test_an_announced_length_is_refused_before_anything_is_read() -> None:
    async def receive() -> Message:
        raise AssertionError("nothing may be read")

    headers = [
        (b"content-type", f"multipart/form-data; boundary={_BOUNDARY}".encode()),
        (b"content-length", str(_MAX + 16 * 1024 + 1).encode()),
    ]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive)
    with UploadRoom(10**6).guest() as guest, pytest.raises(Problem) as refused:
        asyncio.run(read_form(request, guest, max_bytes=_MAX, others=()))
    assert refused.value.code == "upload-too-large"


def test_a_body_that_does_not_come_has_an_end() -> None:
    async def receive() -> Message:
        await asyncio.sleep(3600)
        raise AssertionError("too late")

    headers = [(b"content-type", f"multipart/form-data; boundary={_BOUNDARY}".encode())]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive)
    with UploadRoom(10**6).guest() as guest, pytest.raises(Problem) as refused:
        asyncio.run(read_form(request, guest, max_bytes=_MAX, others=(), seconds=0.01))
    assert refused.value.code == "upload-too-slow"


@pytest.mark.parametrize("length", ["9" * 19, "9" * 5000])
def test_absurd_lengths_are_too_large_and_no_error(length: str) -> None:
    assert refusal([], content_length=length)[0] == "upload-too-large"


def test_a_body_without_a_length_is_stopped_at_the_cap() -> None:
    pieces = [part("file", b"", file="a")[:-2]] + [b"x" * 500] * 1000
    assert refusal(pieces)[0] == "upload-too-large"


@pytest.mark.parametrize(
    ("body", "at", "kind"),
    [
        ([form(part("kind", b"photo"))], "file", "missing"),
        ([form(part("file", b"x", file="a"), part("file", b"y", file="b"))], "file", "given-twice"),
        ([form(part("file", b"x", file="a"), part("kind", b"x"), part("kind", b"y"))], "kind", "given-twice"),
        ([form(part("file", b"x", file="a"), part("身份证号", b"1"))], "*", "unknown-field"),
        ([form(part("file", b"x", file="a"), part("kind", b"x", file="k.txt"))], "kind", "is-file"),
        ([form(part("file", b"x", file="a"), part("kind", b"\xff"))], "", "not-utf8"),
        ([form(part("file", b"x", file="a"), end=False)], "", "incomplete"),
        ([b""], "", "incomplete"),
        ([b"no form at all"], "", "not-multipart"),
        ([form(part("file", b"eA==", file="a", head="Content-Transfer-Encoding: base64\r\n"))], "",
         "transfer-encoding-unsupported"),
        ([form(part("file", b"x", file="n" * 10_000))], "", "not-multipart"),
        ([form(*[part(f"field{number}", b"x") for number in range(3)])], "*", "unknown-field"),
    ],
)  # fmt: skip
def test_what_is_no_form_of_ours_is_refused_with_its_place(body: list[bytes], at: str, kind: str) -> None:
    assert refusal(body) == ("form-invalid", [(at, kind)])


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "multipart/form-data",
        "multipart/mixed; boundary=frontier",
        "",
        "text/plain; boundary=frontier",
    ],
)
def test_another_type_is_refused(content_type: str) -> None:
    assert refusal([], content_type=content_type)[0] == "media-type-unsupported"


def test_a_boundary_beyond_the_parsers_limit_is_refused() -> None:
    told = f"multipart/form-data; boundary={'b' * 257}"
    assert refusal([], content_type=told) == ("form-invalid", [("boundary", "too-long")])


def test_bytes_beyond_the_room_are_asked_to_come_again() -> None:
    assert refusal([form(part("file", b"x" * 500, file="a"))], room=300)[0] == "server-busy"


def test_a_guest_gives_back_what_it_took() -> None:
    room = UploadRoom(100)
    with pytest.raises(ZeroDivisionError), room.guest() as guest:
        guest.take(100)
        raise ZeroDivisionError
    with room.guest() as guest:
        guest.take(100)
        with pytest.raises(Problem):
            guest.take(1)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("毕业证.jpg", "毕业证.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\front.jpg", "front.jpg"),
        ("a/b/../c.png", "c.png"),
        ("", "未命名"),
        ("..", ".."),
        ("/", "未命名"),
        ("a\r\nX-Evil: 1.jpg", "a��X-Evil: 1.jpg"),
        ("photo‮gpj.exe", "photo�gpj.exe"),
        ("nul\x00.jpg", "nul�.jpg"),
        ("n" * 300, "n" * 255),
    ],
)
def test_a_name_is_shown_without_folders_and_tricks(sent: str, shown: str) -> None:
    assert plain_name(sent.encode()) == shown


@given(st.binary(max_size=600))
def test_no_name_is_a_path_or_invisible(sent: bytes) -> None:
    name = plain_name(sent)
    assert 1 <= len(name) <= 255
    assert "/" not in name
    assert "\\" not in name
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in name)
    name.encode("utf-8")
