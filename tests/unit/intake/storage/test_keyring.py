"""The key file on the disk: who may read it, how it grows, and what a serving process does when it goes bad."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from intake.storage.errors import KeyringUnusable
from intake.storage.keyring import KeyringFile, add_master_key, create_keyring, load_keyring, remove_master_key
from tests.faulty_files import Died, FaultyFiles

# A user that runs nothing here.
STRANGER_UID = 54321


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "safe" / "keys.toml"


def code_of(path: Path) -> str:
    with pytest.raises(KeyringUnusable) as raised:
        load_keyring(path)
    assert str(path) in raised.value.detail
    return raised.value.code


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the name belong to somebody else, or us to somebody else where we may not give it away."""
    if os.geteuid() == 0:
        os.chown(path, STRANGER_UID, -1, follow_symlinks=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: STRANGER_UID)


def test_a_new_file_holds_three_different_keys_for_its_owner_alone(path: Path) -> None:
    ring = create_keyring(path)
    assert load_keyring(path) == ring
    assert [key.version for key in ring.keys] == [1]
    assert len({ring.index_key, ring.audit_key, ring.active.key}) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [found.name for found in path.parent.iterdir()] == ["keys.toml"]


def test_two_installations_get_different_keys(tmp_path: Path) -> None:
    one, other = create_keyring(tmp_path / "one"), create_keyring(tmp_path / "other")
    assert one.active.key != other.active.key and one.index_key != other.index_key


def test_an_existing_file_is_never_overwritten(path: Path) -> None:
    create_keyring(path)
    before = path.read_bytes()
    with pytest.raises(KeyringUnusable) as raised:
        create_keyring(path)
    assert raised.value.code == "keyring-exists"
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["keys.toml"]


def test_a_missing_file_is_told(path: Path) -> None:
    assert code_of(path) == "keyring-missing"


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert code_of(tmp_path / "file" / "keys.toml") == "keyring-not-readable"
    with pytest.raises(KeyringUnusable) as raised:
        create_keyring(tmp_path / "file" / "keys.toml")
    assert raised.value.code == "keyring-not-writable"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o620, 0o601, 0o610, 0o666])
def test_a_file_that_others_may_use_is_refused(path: Path, mode: int) -> None:
    create_keyring(path)
    path.chmod(mode)
    assert code_of(path) == "keyring-open-to-others"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_its_owner_is_taken(path: Path, mode: int) -> None:
    ring = create_keyring(path)
    path.chmod(mode)
    assert load_keyring(path) == ring


def test_a_file_of_somebody_else_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_keyring(path)
    give_away(path, monkeypatch)
    assert code_of(path) == "keyring-owner"


def test_a_link_of_somebody_else_is_refused(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_keyring(path)
    link = tmp_path / "link"
    link.symlink_to(path)
    give_away(link, monkeypatch)
    assert code_of(link) == "keyring-owner"


def test_a_link_of_our_own_is_followed_and_stays_a_link(path: Path, tmp_path: Path) -> None:
    ring = create_keyring(path)
    link = tmp_path / "link"
    link.symlink_to(path)
    assert load_keyring(link) == ring
    assert add_master_key(link) == load_keyring(path)
    assert link.is_symlink()


def test_folders_pipes_and_huge_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "huge").write_bytes(b"#" * (64 * 1024 + 1))
    (tmp_path / "huge").chmod(0o600)
    (tmp_path / "latin").write_bytes(b"format = 1 # \xe9")
    (tmp_path / "latin").chmod(0o600)
    (tmp_path / "folder").mkdir(0o700)
    for name in ("pipe", "huge", "latin", "folder"):
        assert code_of(tmp_path / name) == "keyring-damaged"


def test_rotation_adds_a_key_and_keeps_the_others(path: Path) -> None:
    first = create_keyring(path)
    grown = add_master_key(path)
    assert load_keyring(path) == grown
    assert grown.keys[0] == first.active
    assert grown.active.version == 2
    assert (grown.index_key, grown.audit_key) == (first.index_key, first.audit_key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rotations_at_once_lose_no_key(path: Path) -> None:
    create_keyring(path)
    threads = [threading.Thread(target=add_master_key, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [key.version for key in load_keyring(path).keys] == list(range(1, 10))


@pytest.mark.parametrize("step", ["create", "write", "sync", "rename"])
def test_a_full_disk_leaves_the_old_file(path: Path, step: str) -> None:
    create_keyring(path)
    before = path.read_bytes()
    with pytest.raises(KeyringUnusable) as raised:
        add_master_key(path, files=FaultyFiles(full_at=step))
    assert raised.value.code == "keyring-not-writable"
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["keys.toml"]


def test_failpoint_in_a_rotation_leaves_one_whole_file_and_the_next_one_cleans_up(path: Path) -> None:
    create_keyring(path)
    rehearsal = FaultyFiles()
    add_master_key(path, files=rehearsal)
    for number in range(len(rehearsal.steps)):
        with pytest.raises(Died):
            add_master_key(path, files=FaultyFiles(dies_at=number))
        load_keyring(path)
    add_master_key(path)
    assert [found.name for found in path.parent.iterdir()] == ["keys.toml"]


def test_an_old_key_is_removed_and_the_active_one_is_not(path: Path) -> None:
    create_keyring(path)
    grown = add_master_key(path)
    for version in (2, 3, 0):
        with pytest.raises(ValueError):
            remove_master_key(path, version)
    shortened = remove_master_key(path, 1)
    assert load_keyring(path) == shortened
    assert shortened.keys == grown.keys[1:]


def test_a_serving_process_notices_a_rotation(path: Path) -> None:
    first = create_keyring(path)
    source = KeyringFile(path)
    assert source() == first
    assert source() is source(), "unchanged, the same value"
    assert add_master_key(path) == source()
    assert remove_master_key(path, 1) == source()
    assert source.fault is None


def test_a_process_does_not_start_without_its_keys(path: Path) -> None:
    with pytest.raises(KeyringUnusable):
        KeyringFile(path)


def test_a_file_that_goes_bad_while_serving_is_told_and_the_keys_stay(path: Path) -> None:
    ring = create_keyring(path)
    good = path.read_bytes()
    source = KeyringFile(path)
    path.unlink()
    assert source() == ring
    assert source.fault is not None and source.fault.code == "keyring-missing"
    path.write_bytes(b"format = 1")
    path.chmod(0o600)
    assert source() == ring
    assert source.fault is not None and source.fault.code == "keyring-damaged"
    path.write_bytes(good)
    assert source() == ring
    assert source.fault is None


def test_a_file_opened_to_others_while_serving_is_told(path: Path) -> None:
    create_keyring(path)
    source = KeyringFile(path)
    path.chmod(0o644)
    source()
    assert source.fault is not None and source.fault.code == "keyring-open-to-others"


def test_another_installations_file_is_not_taken_while_serving(path: Path, tmp_path: Path) -> None:
    ring = create_keyring(path)
    source = KeyringFile(path)
    create_keyring(tmp_path / "other")
    (tmp_path / "other").rename(path)
    assert source() == ring
    assert source.fault is not None and source.fault.code == "keyring-changed"


def test_an_older_copy_is_not_taken_while_serving(path: Path, tmp_path: Path) -> None:
    create_keyring(path)
    old = tmp_path / "old"
    old.write_bytes(path.read_bytes())
    old.chmod(0o600)
    grown = add_master_key(path)
    source = KeyringFile(path)
    old.rename(path)
    assert source() == grown
    assert source.fault is not None and source.fault.code == "keyring-changed"
