"""Master keys change while others read and write: nothing fails, nothing is lost, and the old key can go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from intake.storage import schema
from intake.storage.blobs import BlobStore
from intake.storage.blobs_local import LocalStore
from intake.storage.database import Database
from intake.storage.errors import KeyringUnusable, KeyUnknown, SealBroken
from intake.storage.ids import new_id
from intake.storage.keyring import KeyringFile, add_master_key, create_keyring, load_keyring
from intake.storage.places import place
from intake.storage.rotation import (
    RETIRE_AFTER,
    RetireRefused,
    broken_places,
    key_use,
    renew_all,
    retire_key,
    sealed_columns,
)
from intake.storage.sealing import Sealer, version_of

SECRET = schema.client.c.sealed_secret


@dataclass(frozen=True, slots=True)
class Site:
    """One installation."""

    keys: Path
    database: Database
    sealer: Sealer
    blobs: BlobStore

    def add_client(self, secret: bytes) -> str:
        """A row with a sealed column."""
        made = new_id()
        with self.database.write() as connection:
            connection.execute(
                insert(schema.client).values(
                    id=made, name="前置系统", key_hash=(made + made)[:64], scopes="[]", region="533103",
                    callback_hosts="[]",
                    sealed_secret=self.sealer.seal(secret, about=place(SECRET, made)), created_ms=0,
                )
            )  # fmt: skip
        return made

    def set_secret(self, client: str, secret: bytes) -> None:
        sealed = self.sealer.seal(secret, about=place(SECRET, client))
        with self.database.write() as connection:
            connection.execute(update(schema.client).where(schema.client.c.id == client).values(sealed_secret=sealed))

    def sealed_secret(self, client: str) -> bytes:
        with self.database.read() as connection:
            return bytes(connection.scalars(select(SECRET).where(schema.client.c.id == client)).one())

    def secret(self, client: str) -> bytes:
        return self.sealer.open(self.sealed_secret(client), about=place(SECRET, client))

    def add_blob(self, data: bytes) -> str:
        stored = self.blobs.write(data)
        with self.database.write() as connection:
            return self.blobs.record(connection, stored)

    def blob(self, address: str) -> bytes:
        with self.database.read() as connection:
            return self.blobs.read(connection, address)

    def retire(self, version: int, *, after: timedelta = RETIRE_AFTER) -> None:
        created = load_keyring(self.keys).active.created
        retire_key(self.keys, version, self.database, now=created + after)


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    keys = tmp_path / "keys.toml"
    create_keyring(keys)
    database = Database(database_url)
    database.migrate()
    sealer = Sealer(KeyringFile(keys))
    yield Site(keys, database, sealer, BlobStore(LocalStore(tmp_path / "blobs"), sealer))
    database.close()


def until(stop: threading.Event, faults: list[BaseException], step: Callable[[int], None]) -> threading.Thread:
    """A thread that repeats the step until it is told to stop, and keeps what goes wrong."""

    def repeat() -> None:
        number = 0
        while not stop.is_set():
            try:
                step(number)
            except BaseException as fault:
                faults.append(fault)
            number += 1

    thread = threading.Thread(target=repeat)
    thread.start()
    return thread


def test_three_rotations_while_threads_read_and_write(site: Site) -> None:
    clients = {site.add_client(f"secret {n}".encode()): f"secret {n}".encode() for n in range(30)}
    busy = site.add_client(b"busy 0")
    blobs = {site.add_blob(f"file {n}".encode()): f"file {n}".encode() for n in range(250)}
    stop, faults = threading.Event(), list[BaseException]()
    written = {"secret": b"busy 0"}

    def write(number: int) -> None:
        data = f"busy {number}".encode()
        blobs_new[site.add_blob(data)] = data
        site.set_secret(busy, data)
        written["secret"] = data

    def read(number: int) -> None:
        address = list(blobs)[number % len(blobs)]
        assert site.blob(address) == blobs[address]
        client = list(clients)[number % len(clients)]
        assert site.secret(client) == clients[client]

    blobs_new: dict[str, bytes] = {}
    threads = [until(stop, faults, write), until(stop, faults, read)]
    try:
        for _ in range(3):
            add_master_key(site.keys)
            assert renew_all(site.database, site.sealer).broken == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    renew_all(site.database, site.sealer)
    assert key_use(site.database) == {4: len(clients) + 1 + len(blobs) + len(blobs_new)}
    for version in (1, 2, 3):
        site.retire(version)
    assert all(site.blob(address) == data for address, data in {**blobs, **blobs_new}.items())
    assert all(site.secret(client) == secret for client, secret in clients.items())
    assert site.secret(busy) == written["secret"]


def test_nothing_is_opened_or_rewritten_but_the_wrapped_keys(site: Site, tmp_path: Path) -> None:
    client = site.add_client(b"secret")
    site.add_blob(b"file")
    before = site.sealed_secret(client)
    files = {path: path.read_bytes() for path in (tmp_path / "blobs").rglob("*.*") if path.is_file()}
    add_master_key(site.keys)
    assert renew_all(site.database, site.sealer).renewed == 2
    after = site.sealed_secret(client)
    assert after != before and after[65:] == before[65:]
    assert {path: path.read_bytes() for path in (tmp_path / "blobs").rglob("*.*") if path.is_file()} == files
    with site.database.read() as connection:
        row = connection.execute(select(schema.blob.c.wrapped_key, schema.blob.c.key_version)).one()
    assert row.key_version == version_of(bytes(row.wrapped_key)) == 2


def test_a_second_run_finds_nothing_to_do(site: Site) -> None:
    site.add_client(b"secret")
    add_master_key(site.keys)
    assert renew_all(site.database, site.sealer).renewed == 1
    assert renew_all(site.database, site.sealer).renewed == 0


def test_the_blobs_own_rotation_counts_their_keys(site: Site) -> None:
    for number in range(205):
        site.add_blob(str(number).encode())
    site.add_client(b"secret")
    add_master_key(site.keys)
    assert site.blobs.rotate(site.database) == 205
    assert key_use(site.database) == {1: 1, 2: 205}


def test_whoever_writes_meanwhile_wins(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = site.add_client(b"old")
    add_master_key(site.keys)
    reseal = Sealer.reseal

    def overtaken(sealer: Sealer, sealed: bytes) -> bytes:
        site.set_secret(client, b"new")
        return reseal(sealer, sealed)

    monkeypatch.setattr(Sealer, "reseal", overtaken)
    assert renew_all(site.database, site.sealer).renewed == 0
    assert site.secret(client) == b"new"


def test_every_sealed_column_of_every_table_takes_part() -> None:
    # From the list of tables in the service's design, not from the schema.
    expected = {
        "blob.wrapped_key", "client.sealed_secret", "material.sealed_name", "material.sealed_checks",
        "material.sealed_reading", "submission.sealed_callback", "revision.sealed_entered", "revision.sealed_verdict",
        "idempotency.sealed_body", "delivery.sealed_url", "delivery.sealed_body",
    }  # fmt: skip
    assert {f"{found.table.name}.{found.column.name}" for found in sealed_columns()} == expected


def test_tables_with_keys_of_several_parts_and_empty_columns_are_renewed(site: Site) -> None:
    client, key_column = site.add_client(b"secret"), schema.idempotency.c.sealed_body
    keys = [f"{'x' * (n % 3)}:{n:03}" for n in range(210)]
    with site.database.write() as connection:
        for key in keys:
            sealed = site.sealer.seal(key.encode(), about=place(key_column, client, key))
            connection.execute(
                insert(schema.idempotency).values(
                    client_id=client, key=key, request_digest="0" * 64, status=201, sealed_body=sealed, created_ms=0
                )
            )
        _add_revision(connection, site, client)
    add_master_key(site.keys)
    assert renew_all(site.database, site.sealer).renewed == 1 + len(keys) + 1
    assert key_use(site.database) == {2: 1 + len(keys) + 1}
    with site.database.read() as connection:
        for row in connection.execute(select(schema.idempotency)):
            assert site.sealer.open(row.sealed_body, about=place(key_column, client, row.key)) == row.key.encode()


def _add_revision(connection: Connection, site: Site, client: str) -> None:
    """A submission without a callback and a revision without a verdict yet: two empty sealed columns."""
    made = new_id()
    connection.execute(
        insert(schema.submission).values(
            id=made, client_id=client, purpose="registration", region="533103", policy="yunnan-2023", revision=1,
            state="received", request_id="r", created_ms=0, updated_ms=0,
        )
    )  # fmt: skip
    sealed = site.sealer.seal(b"{}", about=place(schema.revision.c.sealed_entered, made, 1))
    connection.execute(
        insert(schema.revision).values(
            submission_id=made, number=1, state="received", sealed_entered=sealed, created_ms=0
        )
    )


def test_what_does_not_open_is_counted_and_left_alone(site: Site) -> None:
    good, bad = site.add_client(b"good"), site.add_client(b"bad")
    damaged = bytearray(site.sealed_secret(bad))
    damaged[20] ^= 1
    with site.database.write() as connection:
        connection.execute(update(schema.client).where(schema.client.c.id == bad).values(sealed_secret=bytes(damaged)))
    add_master_key(site.keys)
    done = renew_all(site.database, site.sealer)
    assert (done.renewed, done.broken) == (1, 1)
    assert site.sealed_secret(bad) == bytes(damaged)
    assert site.secret(good) == b"good"
    with pytest.raises(SealBroken):
        site.secret(bad)


def test_an_old_key_stays_while_something_needs_it(site: Site) -> None:
    site.add_client(b"secret")
    site.add_blob(b"file")
    before = site.keys.read_bytes()
    with pytest.raises(RetireRefused) as refused:
        site.retire(1)
    assert refused.value.code == "key-active"
    with pytest.raises(RetireRefused) as refused:
        site.retire(2)
    assert refused.value.code == "key-unknown"
    assert site.keys.read_bytes() == before
    add_master_key(site.keys)
    with pytest.raises(RetireRefused) as refused:
        site.retire(1)
    assert refused.value.code == "key-in-use"
    assert "2 项" in refused.value.detail


@pytest.mark.parametrize(("early", "code"), [(timedelta(seconds=1), "key-too-fresh"), (timedelta(0), None)])
def test_an_old_key_stays_until_nobody_can_still_be_sealing_with_it(
    site: Site, early: timedelta, code: str | None
) -> None:
    add_master_key(site.keys)
    if code is None:
        site.retire(1, after=RETIRE_AFTER - early)
        assert [key.version for key in load_keyring(site.keys).keys] == [2]
        return
    with pytest.raises(RetireRefused) as refused:
        site.retire(1, after=RETIRE_AFTER - early)
    assert refused.value.code == code


def test_retiring_needs_a_file(site: Site) -> None:
    site.keys.unlink()
    with pytest.raises(KeyringUnusable):
        retire_key(site.keys, 1, site.database, now=datetime.now(UTC))


def test_the_wrong_key_file_is_told_from_the_right_one(site: Site, tmp_path: Path) -> None:
    site.add_client(b"secret")
    site.add_blob(b"file")
    assert broken_places(site.database, site.sealer) == ()
    create_keyring(tmp_path / "other.toml")
    other = Sealer(KeyringFile(tmp_path / "other.toml"))
    assert broken_places(site.database, other) == ("blob.wrapped_key", "client.sealed_secret")


def test_another_machine_that_has_the_old_file_yet_says_so_and_opens_it_later(site: Site, tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_bytes(site.keys.read_bytes())
    copy.chmod(0o600)
    elsewhere = Sealer(KeyringFile(copy))
    add_master_key(site.keys)
    client = site.add_client(b"secret")
    with pytest.raises(KeyUnknown):
        elsewhere.open(site.sealed_secret(client), about=place(SECRET, client))
    copy.write_bytes(site.keys.read_bytes())
    assert elsewhere.open(site.sealed_secret(client), about=place(SECRET, client)) == b"secret"
