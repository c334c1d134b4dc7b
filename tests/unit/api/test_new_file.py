from __future__ import annotations

from pathlib import Path

import pytest

from api.new_file import NotWrittenError, write_new


def test_a_new_file_is_whole_and_alone(tmp_path: Path) -> None:
    write_new(tmp_path / "a.jpg", b"data")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.jpg": b"data"}


def test_a_taken_name_keeps_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"old")
    with pytest.raises(NotWrittenError) as refused:
        write_new(tmp_path / "a.jpg", b"new")
    assert refused.value.code == "out-exists"
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.jpg": b"old"}


def test_a_link_that_leads_nowhere_is_taken_too(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWrittenError):
        write_new(tmp_path / "a.jpg", b"new")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("place", ["nowhere/a.jpg", "file/a.jpg", "x" * 300])
def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotWrittenError) as refused:
        write_new(tmp_path / place, b"new")
    assert refused.value.code == "out-not-writable"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
