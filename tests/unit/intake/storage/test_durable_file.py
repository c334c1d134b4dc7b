"""A durable write: whole after the last step, nothing of that name before, and the order that a power cut asks for."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest

from intake.storage.durable_file import SystemFiles, write_durably
from tests.faulty_files import SHORT_WRITE_BYTES, Died, FaultyFiles

DATA = bytes(range(256))


def order(files: FaultyFiles) -> list[str]:
    """The steps, several writes as one."""
    names: list[str] = []
    for name, _ in files.steps:
        if name != "write" or names[-1:] != ["write"]:
            names.append(name)
    return names


def write(folder: Path, files: FaultyFiles, *, replace: bool = True) -> Path:
    target = folder / "target"
    write_durably(target, folder / "part", DATA, files=files, replace=replace)
    return target


@pytest.mark.parametrize("data", [b"", b"x", DATA * 1000])
def test_the_file_is_whole_and_its_owners_alone(tmp_path: Path, data: bytes) -> None:
    target = tmp_path / "target"
    write_durably(target, tmp_path / "part", data, files=SystemFiles(), replace=True)
    assert target.read_bytes() == data
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_bytes_are_synced_before_the_name_and_the_name_before_the_answer(tmp_path: Path) -> None:
    files = FaultyFiles()
    write(tmp_path, files)
    assert order(files) == ["create", "write", "sync", "rename", "sync_folder"]
    assert files.steps[-1][1] == tmp_path
    assert len(files.steps) > len(DATA) / SHORT_WRITE_BYTES, "the layer was to write a little at a time"


def test_a_name_that_must_be_new_is_linked(tmp_path: Path) -> None:
    files = FaultyFiles()
    write(tmp_path, files, replace=False)
    assert order(files) == ["create", "write", "sync", "link", "remove", "sync_folder"]
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_a_taken_name_is_replaced_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        write(tmp_path, FaultyFiles(), replace=False)
    assert (tmp_path / "target").read_bytes() == b"old"
    assert write(tmp_path, FaultyFiles()).read_bytes() == DATA
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("step", ["create", "write", "sync", "rename"])
def test_no_room_at_any_step_leaves_nothing(tmp_path: Path, step: str) -> None:
    with pytest.raises(OSError) as raised:
        write(tmp_path, FaultyFiles(full_at=step))
    assert raised.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("replace", [False, True])
def test_failpoint_at_every_step_leaves_the_whole_file_or_none(tmp_path: Path, *, after: bool, replace: bool) -> None:
    rehearsal = FaultyFiles()
    (tmp_path / "rehearsal").mkdir()
    write(tmp_path / "rehearsal", rehearsal, replace=replace)
    named = set()
    for number in range(len(rehearsal.steps)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(Died):
            write(folder, FaultyFiles(dies_at=number, after=after), replace=replace)
        if (folder / "target").exists():
            assert (folder / "target").read_bytes() == DATA
            named.add(number)
    assert named, "some step is behind the naming"
    assert len(named) < len(rehearsal.steps)
