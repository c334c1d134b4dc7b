"""Both stores of objects do the same: one suite over a folder and over a real S3-speaking server on loopback."""

from __future__ import annotations

import http.server
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from intake.storage.blobs import ObjectStore
from intake.storage.blobs_local import LocalStore
from intake.storage.blobs_s3 import S3Place, S3Store
from intake.storage.errors import BlobMissing, StoreAway, StoreFull

# Only a hang gets here.
START_S = 60
# Older than nothing: S3 tells its time in whole seconds, so an object just written may look younger than now.
ANY_AGE_S = -60.0
BUCKET = "materials"


def name(number: int) -> str:
    return f"{number:064x}.{number:032x}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the S3 server did not start")


@pytest.fixture(scope="module", autouse=True)
def no_proxy() -> Iterator[None]:
    """The suite's own proxy swallows everything; the server on loopback is reached without it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("no_proxy", "127.0.0.1")
        yield


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_listens(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def place(endpoint: str, *, bucket: str = BUCKET, prefix: str = "") -> S3Place:
    return S3Place(bucket, prefix, endpoint, access_key="site", secret_key="a secret of the site")


@pytest.fixture(scope="module")
def bucket(s3_endpoint: str) -> str:
    import boto3

    client = boto3.client(
        "s3", endpoint_url=s3_endpoint, region_name="us-east-1", aws_access_key_id="site", aws_secret_access_key="x"
    )
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="intake/notes.txt", Body=b"mine")
    client.put_object(Bucket=BUCKET, Key=name(999), Body=b"another prefix")
    client.close()
    return s3_endpoint


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    if request.param == "folder":
        yield LocalStore(tmp_path / "blobs")
        return
    made = S3Store(place(request.getfixturevalue("bucket"), prefix="intake/"))
    yield made
    for found in list(made.names(ANY_AGE_S)):
        made.delete(found)


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 20_000], ids=["nothing", "a byte", "5 MB"])
def test_what_was_put_comes_back(store: ObjectStore, data: bytes) -> None:
    store.put(name(1), data)
    assert store.get(name(1)) == data
    assert list(store.names(ANY_AGE_S)) == [name(1)]


def test_what_is_not_there_is_told(store: ObjectStore) -> None:
    with pytest.raises(BlobMissing):
        store.get(name(2))


def test_a_deleted_object_is_gone_and_deleting_it_again_is_no_fault(store: ObjectStore) -> None:
    store.put(name(3), b"x")
    store.delete(name(3))
    store.delete(name(3))
    with pytest.raises(BlobMissing):
        store.get(name(3))
    assert list(store.names(ANY_AGE_S)) == []


def test_fresh_objects_are_too_young_to_be_swept(store: ObjectStore) -> None:
    store.put(name(4), b"x")
    assert list(store.names(3600)) == []


def test_many_threads_put_and_get(store: ObjectStore) -> None:
    def round_trip(number: int) -> bool:
        data = str(number).encode() * 1000
        store.put(name(number), data)
        return store.get(name(number)) == data

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(round_trip, range(100, 140)))
    assert sorted(store.names(ANY_AGE_S)) == [name(number) for number in range(100, 140)]


@pytest.mark.parametrize("strange", ["", "../x", name(0xABC).upper(), name(5) + "/x", "notes.txt"])
def test_only_names_of_objects_are_taken(store: ObjectStore, strange: str) -> None:
    for use in (store.get, store.delete, lambda n: store.put(n, b"x")):
        with pytest.raises(ValueError, match="name of an object"):
            use(strange)


def test_a_thousand_and_more_names_are_all_told(bucket: str) -> None:
    # The protocol gives at most 1,000 names an answer.
    store = S3Store(place(bucket, prefix="many/"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.put(name(number), b""), range(1001)))
    assert len(set(store.names(ANY_AGE_S))) == 1001


def test_a_bucket_that_is_not_there_is_no_missing_object(s3_endpoint: str) -> None:
    store = S3Store(place(s3_endpoint, bucket="nowhere"))
    for use in (lambda: store.put(name(1), b"x"), lambda: store.get(name(1)), lambda: list(store.names(0))):
        with pytest.raises(StoreAway):
            use()


def test_a_store_that_is_not_there_is_told_without_its_address() -> None:
    store = S3Store(place(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(StoreAway) as raised:
        store.put(name(1), b"x")
    assert "127.0.0.1" not in str(raised.value)
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


def test_keys_do_not_show() -> None:
    shown = repr(place("http://127.0.0.1"))
    assert "a secret of the site" not in shown and "site" not in shown


class Refusing(http.server.BaseHTTPRequestHandler):
    """Answers every call with the status and the code of its path's first part."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, code = self.path.split("/")[1].split("-")
        body = f"<Error><Code>{code}</Code><Message>/srv/data is full</Message></Error>".encode()
        self.send_response(int(status))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def refusing() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("507-InsufficientStorage", StoreFull),
        ("403-XMinioAdminBucketQuotaExceeded", StoreFull),
        ("403-QuotaExceeded", StoreFull),
        ("403-AccessDenied", StoreAway),
        ("403-SignatureDoesNotMatch", StoreAway),
        ("400-BadDigest", StoreAway),
        ("404-NoSuchBucket", StoreAway),
        ("404-NoSuchKey", BlobMissing),
    ],
)
def test_refusals_are_told_apart(refusing: str, answer: str, told: type[Exception]) -> None:
    # The bucket's name is the first part of the path; the server makes its answer of it.
    status, code = answer.split("-")
    store = S3Store(place(refusing, bucket=f"{status}-{code}"))
    with pytest.raises(told) as raised:
        store.get(name(1))
    assert "/srv/data" not in str(raised.value)
