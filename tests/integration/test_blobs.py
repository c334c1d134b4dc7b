"""Blobs on real databases, in a real folder: found by content, sealed, never acknowledged in vain, swept when lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from intake.storage import schema
from intake.storage.blobs import BlobStore, find_blob
from intake.storage.blobs_local import LocalStore
from intake.storage.database import Database
from intake.storage.errors import BlobDamaged, BlobMissing, KeyUnknown, StoreAway, StoreFull, SweepRefused
from intake.storage.keyring import KeyringFile, create_keyring
from intake.storage.sealing import Sealer
from tests.faulty_files import Died, FaultyFiles

ROOT = Path(__file__).parents[2]
DATA = b"\xff\xd8 a picture \xff\xd9" * 50
# Everything is old enough for this sweep.
ANY_AGE_S = -60.0


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    create_keyring(tmp_path / "keys.toml")
    return Sealer(KeyringFile(tmp_path / "keys.toml"))


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """SQLite; PostgreSQL as well where a test says `on_both`, because what it asks of a database is special."""
    url = f"sqlite:///{tmp_path / 'intake.sqlite3'}"
    if getattr(request, "param", None) == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    made = Database(url)
    made.migrate()
    yield made
    made.close()


on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(folder: Path, sealer: Sealer) -> BlobStore:
    return BlobStore(LocalStore(folder), sealer)


def store(blobs: BlobStore, database: Database, data: bytes) -> str:
    """As an upload does it."""
    with database.read() as connection:
        known = blobs.known(connection, data)
    stored = blobs.write(data, known)
    with database.write() as connection:
        return blobs.record(connection, stored)


def read(blobs: BlobStore, database: Database, address: str) -> bytes:
    with database.read() as connection:
        return blobs.read(connection, address)


def objects(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".clock"]


def rows(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(schema.blob)).scalar_one()


@pytest.mark.parametrize("data", [b"", b"x", DATA, bytes(3_000_000)], ids=["nothing", "a byte", "small", "3 MB"])
def test_what_was_stored_comes_back(blobs: BlobStore, database: Database, data: bytes) -> None:
    address = store(blobs, database, data)
    assert read(blobs, database, address) == data
    with database.read() as connection:
        row = find_blob(connection, address)
    assert row is not None and row.size_bytes == len(data)


@on_both
def test_equal_files_share_one_object(blobs: BlobStore, database: Database, folder: Path) -> None:
    assert store(blobs, database, DATA) == store(blobs, database, DATA)
    assert store(blobs, database, DATA + b"!") != store(blobs, database, DATA)
    assert len(objects(folder)) == rows(database) == 2


@on_both
def test_writers_at_once_end_with_one_row_and_the_rest_is_swept(
    blobs: BlobStore, database: Database, folder: Path
) -> None:
    start = threading.Barrier(8)
    addresses: list[str] = []

    def upload() -> None:
        stored = blobs.write(DATA)
        start.wait()
        with database.write() as connection:
            addresses.append(blobs.record(connection, stored))

    threads = [threading.Thread(target=upload) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(addresses) == 8 and len(set(addresses)) == 1
    assert len(objects(folder)) == 8 and rows(database) == 1
    assert blobs.sweep(database, older_than_s=ANY_AGE_S) == 7
    assert read(blobs, database, addresses[0]) == DATA


def test_an_address_that_nobody_stored_is_missing(blobs: BlobStore, database: Database) -> None:
    with pytest.raises(BlobMissing):
        read(blobs, database, "0" * 64)


def test_a_lost_object_is_missing_and_the_same_upload_brings_it_back(
    blobs: BlobStore, database: Database, folder: Path
) -> None:
    address = store(blobs, database, DATA)
    objects(folder)[0].unlink()
    with pytest.raises(BlobMissing):
        read(blobs, database, address)
    assert store(blobs, database, DATA) == address
    assert read(blobs, database, address) == DATA


def test_a_changed_byte_anywhere_is_found_and_the_same_upload_repairs_it(
    blobs: BlobStore, database: Database, folder: Path
) -> None:
    address = store(blobs, database, b"short")
    path = objects(folder)[0]
    good = path.read_bytes()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(BlobDamaged):
            read(blobs, database, address)
    for length in range(len(good)):
        path.write_bytes(good[:length])
        with pytest.raises(BlobDamaged):
            read(blobs, database, address)
    assert store(blobs, database, b"short") == address
    assert read(blobs, database, address) == b"short"
    assert blobs.sweep(database, older_than_s=ANY_AGE_S) == 1, "the damaged object"


def test_objects_cannot_change_places(blobs: BlobStore, database: Database, folder: Path) -> None:
    addresses = store(blobs, database, b"mine"), store(blobs, database, b"yours")
    one, other = objects(folder)
    mine, yours = one.read_bytes(), other.read_bytes()
    one.write_bytes(yours)
    other.write_bytes(mine)
    for address in addresses:
        with pytest.raises(BlobDamaged):
            read(blobs, database, address)


def test_rows_cannot_change_places(blobs: BlobStore, database: Database) -> None:
    mine, yours = store(blobs, database, b"mine"), store(blobs, database, b"yours")
    with database.write() as connection:
        row = find_blob(connection, yours)
        assert row is not None
        connection.execute(delete(schema.blob).where(schema.blob.c.address == yours))
        stolen = {"object_name": row.object_name, "wrapped_key": row.wrapped_key}
        connection.execute(update(schema.blob).where(schema.blob.c.address == mine).values(stolen))
    with pytest.raises(BlobDamaged):
        read(blobs, database, mine)


def test_another_installations_keys_do_not_read(
    blobs: BlobStore, database: Database, folder: Path, tmp_path: Path
) -> None:
    address = store(blobs, database, DATA)
    create_keyring(tmp_path / "other.toml")
    stranger = BlobStore(LocalStore(folder), Sealer(KeyringFile(tmp_path / "other.toml")))
    with pytest.raises((BlobDamaged, KeyUnknown)):
        read(stranger, database, address)


@on_both
def test_a_known_object_whose_row_went_away_is_not_acknowledged(blobs: BlobStore, database: Database) -> None:
    store(blobs, database, DATA)
    with database.read() as connection:
        known = blobs.known(connection, DATA)
    stored = blobs.write(DATA, known)
    with database.write() as connection:
        connection.execute(delete(schema.blob))
    with pytest.raises(StoreAway), database.write() as connection:
        blobs.record(connection, stored)


@on_both
def test_a_repair_that_came_second_leaves_the_first(blobs: BlobStore, database: Database, folder: Path) -> None:
    address = store(blobs, database, DATA)
    objects(folder)[0].unlink()
    with database.read() as connection:
        known = blobs.known(connection, DATA)
    first, second = blobs.write(DATA, known), blobs.write(DATA, known)
    for stored in (first, second):
        with database.write() as connection:
            blobs.record(connection, stored)
    with database.read() as connection:
        assert find_blob(connection, address) == first.row
    assert read(blobs, database, address) == DATA


@on_both
def test_a_transaction_undone_leaves_rubbish_that_is_swept(blobs: BlobStore, database: Database, folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        blobs.record(connection, blobs.write(DATA))
        raise ZeroDivisionError
    assert rows(database) == 0
    assert blobs.sweep(database) == 0, "too young: its row might still come"
    assert blobs.sweep(database, older_than_s=ANY_AGE_S) == 1
    assert objects(folder) == []


@on_both
def test_no_number_shows_in_the_folder_or_the_database(
    blobs: BlobStore, database: Database, folder: Path, tmp_path: Path
) -> None:
    canaries = [f"5331031990071{number:05d}".encode() for number in range(1000)]
    for start in range(0, 1000, 100):
        store(blobs, database, b"\n".join(canaries[start : start + 100]))
    files = [*objects(folder), *tmp_path.glob("intake.sqlite3*")]
    assert len(files) >= 10
    everything = b"".join(str(path).encode() + path.read_bytes() for path in files)
    with database.read() as connection:
        everything += repr(connection.execute(select(schema.blob)).all()).encode()
    assert [canary for canary in canaries if canary in everything] == []


def test_objects_do_not_tell_what_they_are_by_their_digest(blobs: BlobStore, database: Database, folder: Path) -> None:
    import hashlib

    store(blobs, database, DATA)
    assert hashlib.sha256(DATA).hexdigest() not in str(objects(folder))


@pytest.mark.parametrize("step", ["create", "write", "sync", "rename", "sync_folder"])
def test_a_full_disk_is_told_and_nothing_is_recorded(
    folder: Path, sealer: Sealer, database: Database, step: str
) -> None:
    full = BlobStore(LocalStore(folder, FaultyFiles(full_at=step)), sealer)
    with pytest.raises(StoreFull):
        store(full, database, DATA)
    assert rows(database) == 0


@pytest.mark.parametrize("after", [False, True])
def test_failpoint_at_every_step_loses_nothing_and_leaves_nothing(
    folder: Path, sealer: Sealer, database: Database, *, after: bool
) -> None:
    rehearsal = FaultyFiles()
    BlobStore(LocalStore(folder / "rehearsal", rehearsal), sealer).write(DATA)
    for number in range(len(rehearsal.steps)):
        place = folder / str(number)
        with pytest.raises(Died):
            BlobStore(LocalStore(place, FaultyFiles(dies_at=number, after=after)), sealer).write(DATA)
        blobs = BlobStore(LocalStore(place), sealer)
        blobs.sweep(database, older_than_s=ANY_AGE_S)
        assert objects(place) == []


def test_a_killed_process_leaves_whole_objects(
    folder: Path, sealer: Sealer, database: Database, tmp_path: Path
) -> None:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from intake.storage.blobs import BlobStore\nfrom intake.storage.blobs_local import LocalStore\n"
        "from intake.storage.keyring import KeyringFile\nfrom intake.storage.sealing import Sealer\n"
        "blobs = BlobStore(LocalStore(Path(sys.argv[1])), Sealer(KeyringFile(Path(sys.argv[2]))))\n"
        "while True:\n"
        "    row = blobs.write(b'content of an upload').row\n"
        "    print(row.object_name, row.wrapped_key.hex(), row.key_version, flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(folder), str(tmp_path / "keys.toml")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert child.stdout is not None
    with child.stdout:
        acknowledged = [child.stdout.readline() for _ in range(30)]
        child.send_signal(signal.SIGKILL)
        acknowledged += [line for line in child.stdout if line.endswith("\n")]
        child.wait()
    blobs = BlobStore(LocalStore(folder), sealer)
    template = blobs.write(b"content of an upload").row
    for line in acknowledged:
        name, wrapped, version = line.split()
        row = replace(template, object_name=name, wrapped_key=bytes.fromhex(wrapped), key_version=int(version))
        with database.write() as connection:
            connection.execute(delete(schema.blob))
            connection.execute(
                schema.blob.insert().values(
                    address=row.address,
                    object_name=row.object_name,
                    wrapped_key=row.wrapped_key,
                    key_version=row.key_version,
                    size_bytes=row.size_bytes,
                    created_ms=0,
                )
            )
        assert read(blobs, database, row.address) == b"content of an upload"


@on_both
def test_the_sweep_keeps_what_is_recorded(blobs: BlobStore, database: Database, folder: Path) -> None:
    addresses = [store(blobs, database, str(number).encode()) for number in range(230)]
    for number in range(30):
        blobs.write(f"lost {number}".encode())
    assert blobs.sweep(database, older_than_s=ANY_AGE_S) == 30
    assert [read(blobs, database, address) for address in addresses] == [str(n).encode() for n in range(230)]
    assert len(objects(folder)) == 230


def test_a_sweep_with_the_wrong_database_is_refused(blobs: BlobStore, database: Database, folder: Path) -> None:
    for number in range(40):
        blobs.write(str(number).encode())
    with pytest.raises(SweepRefused):
        blobs.sweep(database, older_than_s=ANY_AGE_S)
    assert len(objects(folder)) == 40


@pytest.mark.parametrize(
    ("recorded", "lost", "swept"), [(0, 19, True), (0, 20, False), (20, 20, True), (20, 21, False)]
)
def test_the_sweep_believes_a_few_strangers_or_up_to_half(
    blobs: BlobStore, database: Database, folder: Path, *, recorded: int, lost: int, swept: bool
) -> None:
    for number in range(recorded):
        store(blobs, database, str(number).encode())
    for number in range(lost):
        blobs.write(f"lost {number}".encode())
    if swept:
        assert blobs.sweep(database, older_than_s=ANY_AGE_S) == lost
    else:
        with pytest.raises(SweepRefused):
            blobs.sweep(database, older_than_s=ANY_AGE_S)
    assert len(objects(folder)) == (recorded if swept else recorded + lost)
