from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.case_folder import MAX_ENTRIES, load_case, read_regular, shown_name, slot_of
from ocr.model import Kind


def codes(folder: Path) -> list[tuple[str, str | None]]:
    return [(note.defect.code, note.file) for note in load_case(folder).notes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case with an entered.json and one image."""
    (tmp_path / "entered.json").write_text("{}")
    (tmp_path / "id_card_front.jpg").write_bytes(b"x")
    return tmp_path


def test_slots_come_from_stems_and_stand_in_a_fixed_order(folder: Path) -> None:
    for name in ("diploma-10.png", "diploma-2.PNG", "diploma.webp", "PHOTO.JPEG"):
        (folder / name).write_bytes(b"x")
    case = load_case(folder)
    assert [i.slot for i in case.images] == ["photo", "id_card_front", "diploma", "diploma-2", "diploma-10"]
    assert [i.kind for i in case.images][:2] == [Kind.PHOTO, Kind.ID_CARD_FRONT]
    assert case.notes == ()
    assert case.entered == {}


@pytest.mark.parametrize(
    ("stem", "slot"),
    [
        ("diploma", "diploma"),
        ("Diploma-2", "diploma-2"),
        ("diploma-99", "diploma-99"),
        ("diploma-0", None),
        ("diploma-100", None),
        ("diploma-02", None),
        ("diploma-", None),
        ("diploma2", None),
        ("unknown", None),
        ("", None),
        ("id_card_front\n", None),
    ],
)
def test_a_stem_names_a_slot_only_in_the_documented_form(stem: str, slot: str | None) -> None:
    found = slot_of(stem)
    assert (found[0] if found else None) == slot


def test_what_lies_beside_cases_is_no_finding(folder: Path) -> None:
    for name in ("truth.json", "Thumbs.db", ".DS_Store", ".hidden.jpg"):
        (folder / name).write_bytes(b"x")
    assert codes(folder) == []


def test_a_file_of_no_slot_is_named(folder: Path) -> None:
    (folder / "IMG_2034.jpg").write_bytes(b"x")
    (folder / "diploma.txt").write_bytes(b"x")
    assert codes(folder) == [("unknown-file", "IMG_2034.jpg"), ("unknown-file", "diploma.txt")]


def test_two_files_for_one_slot_keep_the_first_and_say_so(folder: Path) -> None:
    (folder / "id_card_front.png").write_bytes(b"y")
    case = load_case(folder)
    assert [i.file for i in case.images] == ["id_card_front.jpg"]
    assert codes(folder) == [("slot-taken-twice", "id_card_front.png")]


def test_links_pipes_and_folders_are_never_opened(folder: Path) -> None:
    (folder / "diploma.jpg").symlink_to("/etc/passwd")
    os.mkfifo(folder / "photo.jpg")
    (folder / "id_card_back.jpg").mkdir()
    assert codes(folder) == [
        ("file-is-link", "diploma.jpg"),
        ("folder-inside-case", "id_card_back.jpg"),
        ("file-not-regular", "photo.jpg"),
    ]
    assert [i.slot for i in load_case(folder).images] == ["id_card_front"]


def test_a_link_in_place_of_entered_json_is_not_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "entered.json"
    other.write_text('{"person":{"name":"别人"}}')
    (folder / "entered.json").unlink()
    (folder / "entered.json").symlink_to(other)
    case = load_case(folder)
    assert case.entered is None
    assert [n.defect.code for n in case.notes] == ["file-is-link"]


def test_a_missing_entered_json_is_a_finding_and_the_images_stay(folder: Path) -> None:
    (folder / "entered.json").unlink()
    assert codes(folder) == [("entered-missing", "entered.json")]
    assert len(load_case(folder).images) == 1


def test_an_empty_folder_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    assert codes(tmp_path) == [("case-empty", None)]
    assert codes(tmp_path / "nowhere") == [("case-missing", None)]
    (tmp_path / "file").write_text("x")
    assert codes(tmp_path / "file") == [("case-missing", None)]


@pytest.mark.parametrize(("extra", "noted"), [(MAX_ENTRIES - 2, False), (MAX_ENTRIES - 1, True)])
def test_a_folder_given_by_mistake_is_cut_at_the_limit(folder: Path, extra: int, noted: bool) -> None:
    for number in range(extra):
        (folder / f"a{number}.jpg").write_bytes(b"")
    case = load_case(folder)
    assert any(n.defect.code == "case-too-many-files" for n in case.notes) is noted
    assert [i.slot for i in case.images] == ["id_card_front"]


@pytest.mark.parametrize(("size", "code"), [(9, None), (10, None), (11, "file-too-large")])
def test_reading_stops_at_the_limit(tmp_path: Path, size: int, code: str | None) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * size)
    got = read_regular(path, max_bytes=10)
    if isinstance(got, bytes):
        assert (len(got), code) == (size, None)
    else:
        assert (got.code, got.measured, got.limit) == (code, size, 10)


def test_a_pipe_does_not_make_the_reader_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    got = read_regular(tmp_path / "pipe", max_bytes=10)
    assert not isinstance(got, bytes)
    assert got.code == "file-not-regular"


def test_a_name_that_is_no_unicode_can_be_shown(tmp_path: Path) -> None:
    with open(os.fsencode(str(tmp_path)) + b"/\xd6\xd0.jpg", "wb"):
        pass
    case = load_case(tmp_path, name=os.fsdecode(b"\xd6\xd0"))
    assert case.name == "��"
    assert [(n.defect.code, n.file) for n in case.notes] == [("case-empty", None), ("unknown-file", "��.jpg")]


@given(st.text())
def test_a_shown_name_holds_nothing_that_moves_the_cursor(name: str) -> None:
    shown = shown_name(name)
    assert len(shown) <= 255
    assert all(char.isprintable() or char == " " or ord(char) > 127 for char in shown)
    assert not set(shown) & set("\r\n\x00\x1b\u202e\u2066")
    shown.encode("utf-8")
