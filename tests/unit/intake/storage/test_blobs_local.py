"""The folder of objects: durable in the right order, no room told apart, names that lead nowhere else."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from intake.storage.blobs_local import LocalStore
from intake.storage.errors import BlobMissing, StorageError, StoreAway, StoreFull
from tests.faulty_files import Died, FaultyFiles

NAME = f"{'ab' * 32}.{'c' * 32}"
DATA = bytes(range(256))
OLD_S = 7200.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


def make_older(path: Path, seconds: float) -> None:
    found = path.stat()
    os.utime(path, (found.st_atime - seconds, found.st_mtime - seconds))


def put_fails(folder: Path, files: FaultyFiles) -> StorageError:
    with pytest.raises(StorageError) as raised:
        LocalStore(folder, files).put(NAME, DATA)
    return raised.value


def test_folders_are_their_owners_alone(folder: Path) -> None:
    LocalStore(folder).put(NAME, DATA)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "ab").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "ab" / NAME).stat().st_mode) == 0o600


def test_the_shelf_is_on_the_disk_before_its_first_object_is_acknowledged(folder: Path) -> None:
    files = FaultyFiles()
    store = LocalStore(folder, files)
    store.put(NAME, DATA)
    folders = [path for step, path in files.steps if step == "sync_folder"]
    assert folders == [folder, folder / "ab"]
    files.steps.clear()
    store.put(NAME.replace("c", "d"), DATA)
    assert [path for step, path in files.steps if step == "sync_folder"] == [folder / "ab"]


def test_a_shelf_of_another_process_is_synced_as_well(folder: Path) -> None:
    LocalStore(folder).put(NAME, DATA)
    files = FaultyFiles()
    LocalStore(folder, files).put(NAME.replace("c", "d"), DATA)
    assert ("sync_folder", folder) in files.steps


@pytest.mark.parametrize("step", ["create", "write", "sync", "rename"])
@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreAway), (errno.EROFS, StoreAway)],
)
def test_a_step_that_fails_leaves_no_object(folder: Path, step: str, number: int, told: type[StorageError]) -> None:
    assert type(put_fails(folder, FaultyFiles(full_at=step, fault=number))) is told
    store = LocalStore(folder)
    assert list(store.names(-OLD_S)) == []
    with pytest.raises(BlobMissing):
        store.get(NAME)


def test_a_name_that_is_not_known_to_be_on_the_disk_is_not_acknowledged(folder: Path) -> None:
    assert type(put_fails(folder, FaultyFiles(full_at="sync_folder"))) is StoreFull


@pytest.mark.parametrize("after", [False, True])
def test_failpoint_at_every_step_leaves_the_whole_object_or_a_part(folder: Path, *, after: bool) -> None:
    rehearsal = FaultyFiles()
    LocalStore(folder / "rehearsal", rehearsal).put(NAME, DATA)
    seen = set()
    for number in range(len(rehearsal.steps)):
        place = folder / str(number)
        with pytest.raises(Died):
            LocalStore(place, FaultyFiles(dies_at=number, after=after)).put(NAME, DATA)
        store = LocalStore(place)
        for name in list(store.names(-OLD_S)):
            seen.add(name)
            if name == NAME:
                assert store.get(name) == DATA
            store.delete(name)
        assert [path for path in place.rglob("*") if path.is_file() and path.name != ".clock"] == []
    assert seen == {NAME, NAME + ".part"}


def test_names_are_told_by_age_by_the_file_systems_clock(folder: Path) -> None:
    store = LocalStore(folder)
    for letter, age_s in (("1", OLD_S - 60), ("2", OLD_S + 60)):
        name = NAME.replace("c", letter)
        store.put(name, DATA)
        make_older(folder / "ab" / name, age_s)
    assert list(store.names(OLD_S)) == [NAME.replace("c", "2")]
    assert len(list(store.names(0))) == 2


def test_what_we_did_not_put_there_is_left_alone(folder: Path) -> None:
    store = LocalStore(folder)
    store.put(NAME, DATA)
    (folder / "notes.txt").write_text("mine")
    (folder / "ab" / "notes.txt").write_text("mine")
    (folder / "ab" / NAME.replace("c", "e")).symlink_to(folder / "notes.txt")
    (folder / "lost+found").mkdir()
    assert list(store.names(-OLD_S)) == [NAME]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../" + NAME,
        NAME + "/..",
        NAME.upper(),
        NAME[:-1],
        NAME + "0",
        NAME + "\n",
        NAME + ".part.part",
        "/etc/passwd",
        NAME.replace(".", "/"),
        "\u0661" + NAME[1:],
    ],
)
def test_only_names_of_objects_are_taken(folder: Path, name: str) -> None:
    store = LocalStore(folder)
    for use in (store.get, store.delete, lambda n: store.put(n, DATA)):
        with pytest.raises(ValueError, match="name of an object"):
            use(name)
    assert list(folder.iterdir()) == []


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreAway):
        LocalStore(tmp_path / "file" / "blobs")


def test_a_folder_that_went_away_is_told(folder: Path) -> None:
    store = LocalStore(folder)
    folder.rmdir()
    with pytest.raises(StoreAway):
        store.put(NAME, DATA)
    with pytest.raises(StoreAway):
        list(store.names(0))
