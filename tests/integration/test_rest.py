"""The REST interface on a real socket: what only a network shows."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from api import serve_http
from intake.storage import schema
from tests.rest_server import running
from tests.rest_site import API, MAX_BYTES, Site, entered, rest_site, with_limits

_BOUNDARY = "frontier"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An interface on SQLite."""
    with rest_site(f"sqlite:///{tmp_path / 'intake.sqlite3'}", tmp_path) as opened:
        yield opened


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    """Where it listens."""
    with running(site.app) as number:
        yield number


def client(port: int, key: str) -> httpx.Client:
    """A caller."""
    limits = httpx.Limits(max_connections=120)
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers=headers, limits=limits, timeout=60, trust_env=False
    )


def at_once(count: int, work: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """Does something many times at the same moment."""
    gate = threading.Barrier(count)

    def run(number: int) -> httpx.Response:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def rows(site: Site, table: str) -> int:
    """Rows of a table."""
    with site.place.service.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.metadata.tables[table])).scalar_one())


def test_a_hundred_equal_filings_at_once_are_one_submission(database_url: str, tmp_path: Path) -> None:
    with rest_site(database_url, tmp_path) as site, running(site.app) as port:
        body = {"purpose": "registration", "entered": entered(), "materials": [site.upload()]}
        with client(port, site.place.key) as caller:
            headers = {"Idempotency-Key": "one-for-all"}
            answers = at_once(100, lambda _: caller.post(f"{API}/submissions", json=body, headers=headers))
            assert {answer.status_code for answer in answers} == {201}
            assert len({answer.content for answer in answers}) == 1
            other = caller.post(f"{API}/submissions", json={**body, "entered": {}}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
        assert (rows(site, "submission"), rows(site, "revision"), rows(site, "idempotency")) == (1, 1, 1)


def test_twenty_equal_uploads_at_once_are_one(database_url: str, tmp_path: Path) -> None:
    with rest_site(database_url, tmp_path) as site, running(site.app) as port:
        with client(port, site.place.key) as caller:
            headers = {"Idempotency-Key": "one-for-all"}

            def upload(_: int) -> httpx.Response:
                return caller.post(
                    f"{API}/materials",
                    data={"kind": "photo"},
                    files={"file": ("a.jpg", b"\x80" * 999)},
                    headers=headers,
                )

            answers = at_once(20, upload)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert (rows(site, "material"), rows(site, "work")) == (1, 1)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd", "..\\..\\windows\\win.ini", "a\x00b.jpg", "photo\u202egpj.exe", "\u2066x\u2069.jpg",
        "/etc/shadow", "C:\\x\\y.jpg", "x" * 3000, "'; DROP TABLE material;--.jpg", "<img src=x>.jpg", "%2e%2e%2fx.jpg",
        "毕业证（正本）.jpg", "\x1b[31mred.jpg", "\ud800.jpg".encode("utf-8", "surrogatepass").decode("latin-1"), ".",
        "…",
    ],
)  # fmt: skip
def test_names_of_files_are_text_and_nothing_else(site: Site, port: int, name: str, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if "blobs" not in path.parts}
    body = form_of(name.encode("utf-8", "surrogateescape"))
    with client(port, site.place.key) as caller:
        answer = caller.post(f"{API}/materials", content=body, headers=_MULTIPART)
    assert answer.status_code == 201, answer.text
    shown = answer.json()["file"]
    assert len(shown) <= 255
    assert not any(sign in shown for sign in "/\\\x00\r\n\u202e\u2066\x1b")
    assert "\n" not in answer.headers["x-request-id"]
    after = {path for path in tmp_path.rglob("*") if "blobs" not in path.parts}
    assert {path.name for path in after - before} <= {"intake.sqlite3-wal", "intake.sqlite3-shm"}


_MULTIPART = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}


def form_of(name: bytes = b"a.jpg", content: bytes = b"\x80\x81") -> bytes:
    """A form with one file and its kind."""
    return (
        f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nphoto\r\n"
        f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
    ).encode() + name + b"\"\r\n\r\n" + content + f"\r\n--{_BOUNDARY}--\r\n".encode()  # fmt: skip


def head(site: Site, *lines: str) -> bytes:
    """The head of an upload."""
    told = [
        f"POST {API}/materials HTTP/1.1", "Host: localhost", f"Authorization: Bearer {site.place.key}",
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}", *lines, "", "",
    ]  # fmt: skip
    return "\r\n".join(told).encode()


def answer_to(port: int, *pieces: bytes) -> bytes:
    """Sends pieces and reads until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                break
        got = b""
        try:
            while piece := connection.recv(65_536):
                got += piece
        except ConnectionResetError:
            pass
        return got


def test_a_length_above_the_cap_is_refused_before_the_body_comes(site: Site, port: int) -> None:
    got = answer_to(port, head(site, f"Content-Length: {MAX_BYTES * 10}", "Expect: 100-continue"))
    assert got.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"upload-too-large"' in got
    assert b"100 Continue" not in got
    assert b"connection: close" in got.lower()


def test_pieces_without_a_length_are_cut_at_the_cap(site: Site, port: int) -> None:
    piece = b"x" * 10_000
    chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    first = form_of()[: -len(f"\r\n--{_BOUNDARY}--\r\n")]
    pieces = [f"{len(first):x}\r\n".encode() + first + b"\r\n", *[chunk] * (MAX_BYTES // len(piece) + 10)]
    got = answer_to(port, head(site, "Transfer-Encoding: chunked"), *pieces)
    assert got.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"upload-too-large"' in got
    assert rows(site, "material") == 0


def test_a_body_that_breaks_off_leaves_nothing(site: Site, port: int) -> None:
    for cut in (0, 10, 100, len(form_of()) - 1):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(head(site, f"Content-Length: {len(form_of())}") + form_of()[:cut])
    with client(port, site.place.key) as caller:
        answer = caller.post(f"{API}/materials", content=form_of(), headers=_MULTIPART)
    assert answer.status_code == 201
    assert rows(site, "material") == 1
    with site.parts.room.guest() as guest:
        guest.take(10 * MAX_BYTES)


def test_a_connection_that_says_nothing_is_closed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve_http, "_HEADER_S", 0.2)
    with running(site.app) as port:
        assert answer_to(port) == b""
        assert answer_to(port, b"GET /livez HTT") == b""
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
            connection.sendall(b"GET /livez HTT")
            # Well before the time that is allowed between two calls.
            connection.settimeout(serve_http._KEEP_ALIVE_S / 2)
            while connection.recv(65_536):
                pass


def test_a_head_without_end_is_refused(site: Site, port: int) -> None:
    got = answer_to(port, b"GET /livez HTTP/1.1\r\n" + b"X-Long: " + b"x" * 200_000)
    assert not got.startswith(b"HTTP/1.1 200")


def test_three_hundred_damaged_bodies_are_all_answered_without_a_fault(
    site: Site, port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(20261127)
    filing = json.dumps({"purpose": "change", "entered": entered(), "materials": {}}).encode()
    cases = [(f"{API}/materials", form_of(), _MULTIPART["Content-Type"]),
             (f"{API}/photo/fix", form_of(), _MULTIPART["Content-Type"]),
             (f"{API}/submissions", filing, "application/json")]  # fmt: skip
    with client(port, site.place.key) as caller:
        for number in range(330):
            path, body, kind = cases[number % len(cases)]
            answer = caller.post(path, content=damaged(body, chance), headers={"Content-Type": kind})
            assert answer.status_code < 500, answer.text
            assert_plain(answer.text)
    assert_plain(capfd.readouterr().err)


def damaged(body: bytes, chance: random.Random) -> bytes:
    """The body with some bytes changed, cut out, doubled, or with much put in."""
    made = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(made) or 1), chance.randint(1, 20)
        way = chance.randrange(5)
        if way == 0:
            made[at : at + length] = chance.randbytes(length)
        elif way == 1:
            del made[at : at + length]
        elif way == 2:
            made[at:at] = made[at : at + length] * 3
        elif way == 3:
            made[at:at] = chance.choice([b"\r\n", b"\x00", b"--", b'"', b"{", b"[" * 2000, "\u202e".encode(), b"\xff"])
        else:
            del made[at:]
    return bytes(made)


def assert_plain(text: str) -> None:
    """Nothing of the program or of a person is in it."""
    for word in ("Traceback", "site-packages", '.py"', "/work/", "/tmp/", "sqlite", "530111198210097758", "刘仁祎"):
        assert word not in text, word


def test_a_persons_number_is_in_no_error_and_no_line_of_the_log(
    site: Site, port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    number = "530111198210097758"
    with client(port, site.place.key) as caller:
        answers = [
            caller.get(f"/{number}"),
            caller.get(f"{API}/materials/{number}"),
            caller.get(f"{API}/deliveries", params={"submission": number, number: number}),
            caller.get(f"{API}/policies", headers={"X-Request-ID": f"{number};{number}", number: number}),
            caller.get(f"{API}/policies", headers={"Authorization": f"Bearer {number}"}),
            caller.post(f"{API}/materials", data={"kind": number}, files={"file": (f"{number}.jpg", b"\x80")}),
            caller.post(f"{API}/materials", data={number: number}, files={"file": (f"{number}.jpg", b"\x80")}),
            caller.post(f"{API}/submissions", json={number: number, "entered": number, "purpose": number}),
            caller.post(f"{API}/submissions", content=f'{{"a": {number}'.encode()),
            caller.post(
                f"{API}/submissions",
                json={"purpose": "change", "entered": {}, "materials": [], "callback": f"https://{number}.example/"},
            ),
            caller.post(f"{API}/photo/fix", data={"max_kb": number}, files={"file": b"x"}),
            caller.request(number[:8], f"{API}/policies"),
        ]
    for answer in answers:
        if answer.is_success:
            continue
        assert number not in answer.text
        assert number not in str(answer.headers)
    assert number not in capfd.readouterr().err


def test_neighbours_of_an_id_are_unknown(site: Site, port: int) -> None:
    known = int(site.upload(), 16)
    with client(port, site.place.key) as caller:
        statuses = {
            caller.get(f"{API}/materials/{(known ^ (1 << bit)) % 16**40:040x}").status_code for bit in range(0, 160, 4)
        }
        assert statuses == {404}
        assert caller.get(f"{API}/materials/{known:040x}").status_code == 200


def test_many_silent_connections_do_not_stop_others(site: Site, port: int) -> None:
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        for connection in silent[:100]:
            connection.sendall(head(site, "Content-Length: 1000") + b"--" + _BOUNDARY.encode())
        with client(port, site.place.key) as caller:
            for _ in range(5):
                answer = caller.post(f"{API}/materials", content=form_of(), headers=_MULTIPART)
                assert answer.status_code == 201
    finally:
        for connection in silent:
            connection.close()


def test_waiting_streams_hold_no_thread_and_no_connection(site: Site, port: int) -> None:
    with client(port, site.place.key) as caller:
        body = {"purpose": "registration", "entered": {}, "materials": [site.upload()]}
        filed = caller.post(f"{API}/submissions", json=body).json()["id"]
        with ThreadPoolExecutor(40) as pool:
            url = f"{API}/submissions/{filed}/events"
            streams = [pool.submit(caller.get, url, timeout=60) for _ in range(40)]
            # More than there are threads and database connections; every call still gets through.
            for _ in range(10):
                assert caller.get(f"{API}/submissions/{filed}").status_code == 200
            site.work()
            texts = [stream.result().text for stream in streams]
    assert all("event: submission-scored" in text for text in texts)


def test_a_stream_whose_reader_went_away_gives_its_place_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'intake.sqlite3'}"
    with rest_site(url, tmp_path, change=with_limits(streams_per_client=1)) as site, running(site.app) as port:
        body = {"purpose": "registration", "entered": {}, "materials": [site.upload()]}
        filed = site.caller().post(f"{API}/submissions", json=body).json()["id"]
        path = f"{API}/submissions/{filed}/events"
        asked = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {site.place.key}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(asked.encode())
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
            refused = asked.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
            assert answer_to(port, refused.encode()).startswith(b"HTTP/1.1 429")
        ends_at = time.monotonic() + 30
        while site.parts.hub._streams:
            assert time.monotonic() < ends_at
            time.sleep(0.02)
