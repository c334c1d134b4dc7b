"""Uploads as rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from intake.storage.blobs import BlobStore
from intake.storage.errors import SealBroken
from intake.storage.ids import new_id
from intake.storage.materials import (
    MaterialState,
    NewMaterial,
    add_material,
    material_of,
    materials_of,
    same_bytes,
    set_dead,
    set_processing,
    set_read,
    set_waiting_again,
)
from intake.storage.schema import material
from ocr.model import Kind
from tests.service_parts import POLICY, Installation, installation

CANARY = "110101199003070011"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(f"sqlite:///{tmp_path / 'd.sqlite3'}", tmp_path) as made:
        yield made


def added(site: Installation, *, data: bytes = b"bytes", sha256: str = "5" * 64) -> NewMaterial:
    """One upload's row."""
    new = NewMaterial(
        id=new_id(), client_id=site.client_id, kind=Kind.ID_CARD_FRONT, policy=POLICY, file=f"{CANARY}.jpg",
        sha256=sha256, size_bytes=len(data), source_format="JPEG",
        checks={"findings": [{"code": "page-blurred", "entered": CANARY}], "rendition": None}, request_id="r",
    )  # fmt: skip
    blobs: BlobStore = site.service.blobs
    stored = blobs.write(data)
    with site.service.database.write() as connection:
        add_material(connection, site.service.sealer, new, blob_address=blobs.record(connection, stored))
    return new


def state_of(site: Installation, material_id: str) -> MaterialState:
    with site.service.database.read() as connection:
        stored = material_of(connection, site.service.sealer, material_id)
    assert stored is not None
    return stored.state


def test_an_upload_comes_back_as_it_went(site: Installation) -> None:
    new = added(site)
    with site.service.database.read() as connection:
        stored = material_of(connection, site.service.sealer, new.id)
    assert stored is not None
    for name in ("id", "client_id", "kind", "policy", "file", "sha256", "size_bytes", "source_format", "checks"):
        assert getattr(stored, name) == getattr(new, name)
    assert (stored.state, stored.reading, stored.renditions, stored.error) == (MaterialState.RECEIVED, None, (), None)
    assert stored.created_ms == stored.updated_ms


def test_unknown_ids_are_left_out(site: Installation) -> None:
    new = added(site)
    with site.service.database.read() as connection:
        assert material_of(connection, site.service.sealer, new_id()) is None
        assert set(materials_of(connection, site.service.sealer, [new.id, new_id()])) == {new.id}
        assert materials_of(connection, site.service.sealer, []) == {}


@pytest.mark.parametrize(
    ("renditions", "state"), [(["a" * 64, "b" * 64], MaterialState.READ), ([], MaterialState.REFUSED)]
)
def test_a_reading_ends_it(site: Installation, renditions: list[str], state: MaterialState) -> None:
    new = added(site)
    reading = {"fields": {"id_number": CANARY}}
    with site.service.database.write() as connection:
        set_processing(connection, new.id)
        set_read(connection, site.service.sealer, new.id, reading=reading, renditions=renditions, fingerprint="f" * 64)
        stored = material_of(connection, site.service.sealer, new.id)
    assert stored is not None
    assert (stored.state, stored.reading, list(stored.renditions)) == (state, reading, renditions)
    assert stored.state.is_final


def test_processing_begins_only_for_what_waits(site: Installation) -> None:
    new = added(site)
    with site.service.database.write() as connection:
        set_dead(connection, new.id, error="worker-killed")
        set_processing(connection, new.id)
    assert state_of(site, new.id) is MaterialState.DEAD


def test_a_dead_upload_waits_again_when_a_person_asks(site: Installation) -> None:
    new, other = added(site), added(site)
    with site.service.database.write() as connection:
        set_dead(connection, new.id, error="worker-killed")
        set_read(connection, site.service.sealer, other.id, reading={}, renditions=["a" * 64], fingerprint=None)
        for one in (new, other):
            set_waiting_again(connection, one.id)
        stored = material_of(connection, site.service.sealer, new.id)
    assert stored is not None
    assert (stored.state, stored.error) == (MaterialState.RECEIVED, None)
    assert state_of(site, other.id) is MaterialState.READ


@pytest.mark.parametrize("state", list(MaterialState))
def test_final_states(state: MaterialState) -> None:
    assert state.is_final is (state not in (MaterialState.RECEIVED, MaterialState.PROCESSING))


def test_the_same_bytes_of_the_same_caller_are_told_newest_first(site: Installation) -> None:
    old, other, new = added(site), added(site, sha256="6" * 64), added(site)
    with site.service.database.write() as connection:
        connection.execute(update(material).where(material.c.id == old.id).values(created_ms=1))

        def told(client_id: str, other_than: str) -> list[str]:
            return same_bytes(connection, sha256="5" * 64, client_id=client_id, other_than=other_than)

        assert told(site.client_id, other.id) == [new.id, old.id]
        assert told(site.client_id, new.id) == [old.id]
        assert told("f" * 40, new.id) == []


@pytest.mark.parametrize("column", ["sealed_name", "sealed_checks", "sealed_reading"])
def test_sealed_values_cannot_change_places(site: Installation, column: str) -> None:
    mine, other = added(site), added(site)
    with site.service.database.write() as connection:
        for one in (mine, other):
            set_read(connection, site.service.sealer, one.id, reading={}, renditions=[], fingerprint=None)
        taken = connection.execute(select(material.c[column]).where(material.c.id == other.id)).scalar_one()
        connection.execute(update(material).where(material.c.id == mine.id).values({column: taken}))
        with pytest.raises(SealBroken):
            material_of(connection, site.service.sealer, mine.id)


def test_nothing_typed_or_read_lies_open_in_the_file(site: Installation, tmp_path: Path) -> None:
    new = added(site, data=f"upload with {CANARY}".encode())
    with site.service.database.write() as connection:
        reading = {"fields": {"id_number": CANARY, "name": "王芳"}}
        set_read(connection, site.service.sealer, new.id, reading=reading, renditions=[], fingerprint=None)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any("blobs" in path.parts for path in files)
    stored = b"".join(path.read_bytes() for path in files)
    assert new.id.encode() in stored
    for word in (CANARY, "王芳", json.dumps("王芳").strip('"')):
        assert word.encode() not in stored


def test_new_material_is_a_value(site: Installation) -> None:
    new = added(site)
    assert replace(new) == new
