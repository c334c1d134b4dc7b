"""Where small files of the reader lie, with and without a home."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocr.cache_folder import cache_folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the system, and no home to write into: a file lies where the folder would be."""
    place = tmp_path / "tmp"
    place.mkdir()
    (tmp_path / "home").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


def test_it_lies_where_the_system_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert cache_folder("models") == tmp_path / "x" / "accountant-intake" / "models"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "h"))
    assert cache_folder("models") == tmp_path / "h" / ".cache" / "accountant-intake" / "models"
    assert cache_folder("models").is_dir()


def test_without_a_home_every_process_of_a_user_has_the_same(temporary: Path) -> None:
    folder = cache_folder("models")
    assert folder == cache_folder("models") == temporary / f"accountant-intake-{os.getuid()}" / "models"
    assert folder.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o770, 0o777])
def test_a_place_that_others_may_enter_is_not_used(mode: int, temporary: Path) -> None:
    place = temporary / f"accountant-intake-{os.getuid()}"
    place.mkdir()
    place.chmod(mode)
    assert place not in cache_folder("models").parents


def test_a_link_is_not_followed(temporary: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (temporary / f"accountant-intake-{os.getuid()}").symlink_to(elsewhere)
    assert cache_folder("models").parent == temporary
    assert list(elsewhere.iterdir()) == []
