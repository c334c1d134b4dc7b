from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imaging.errors import DecoderKilled, ImageRefused
from imaging.fingerprint import fingerprint
from imaging.model import Defect, Rendition
from intake.case_folder import load_case
from intake.model import CaseNote, Upload
from intake.pipeline import read_upload, run_case
from intake.toolbox import Toolbox
from ocr.errors import ModelUnusable
from ocr.model import Kind, Reading
from ocr.read import PageReading
from tests import fake_toolbox
from verify.model import Band, Material, Verdict


class Recorder:
    """A judge that keeps what it was handed."""

    def __init__(self) -> None:
        self.materials: Mapping[str, Material] = {}
        self.notes: Sequence[CaseNote] = ()

    def __call__(
        self, typed: Mapping[str, Any] | None, materials: Mapping[str, Material], notes: Sequence[CaseNote]
    ) -> Verdict:
        self.materials, self.notes = materials, notes
        return Verdict(100, Band.LIKELY_PASS, (), materials)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "entered.json").write_text("{}")
    for name in ("photo.jpg", "diploma.jpg", "degree_certificate.jpg"):
        (tmp_path / name).write_bytes(b"\x80" + name.encode())
    return tmp_path


def tools(judge: Recorder, **changed: Any) -> Toolbox:
    plain = Toolbox(fake_toolbox.decode, fake_toolbox.read, fake_toolbox.check_photo, judge)
    return replace(plain, **changed)


def codes(material: Material) -> list[str]:
    return [defect.code for defect in material.defects]


def test_every_image_becomes_a_material_and_a_picture(case: Path) -> None:
    judge = Recorder()
    result = run_case(load_case(case), tools(judge), want_pictures=True)
    assert list(judge.materials) == ["photo", "diploma", "degree_certificate"]
    assert [p.slot for p in result.pictures] == ["photo", "diploma", "degree_certificate"]
    assert result.record["case"] == case.name
    assert not result.refused


def test_in_a_folder_a_killed_decoder_is_for_a_person_and_elsewhere_for_another_try(case: Path) -> None:
    def decode(data: bytes) -> Rendition:
        if b"diploma" in data:
            raise DecoderKilled
        return fake_toolbox.decode(data)

    judge = Recorder()
    run_case(load_case(case), tools(judge, decode=decode), want_pictures=False)
    assert codes(judge.materials["diploma"]) == ["decoder-crashed"]
    with pytest.raises(DecoderKilled):
        read_upload(Upload("diploma", Kind.DIPLOMA, "diploma.jpg", b"\x80diploma"), tools(judge, decode=decode))


def test_refused_bytes_keep_their_code_and_numbers(case: Path) -> None:
    def decode(data: bytes) -> Rendition:
        if b"diploma" in data:
            raise ImageRefused("too-many-pixels", measured=5e9, limit=4e7)
        return fake_toolbox.decode(data)

    judge = Recorder()
    result = run_case(load_case(case), tools(judge, decode=decode), want_pictures=True)
    (defect,) = judge.materials["diploma"].defects
    assert (defect.code, defect.measured, defect.limit, defect.severe) == ("too-many-pixels", 5e9, 4e7, True)
    assert judge.materials["diploma"].source_format is None
    assert judge.materials["degree_certificate"].readings
    assert [p.slot for p in result.pictures] == ["photo", "degree_certificate"]


@pytest.mark.parametrize("fault", [RuntimeError("x"), ValueError("x"), MemoryError(), IndexError(), UnicodeError()])
def test_a_part_that_fails_on_one_image_spares_the_others(case: Path, fault: Exception) -> None:
    reads: list[int] = []

    def read(rendition: Rendition, kind: Kind | None) -> PageReading:
        reads.append(1)
        if len(reads) == 1:
            raise fault
        return fake_toolbox.read(rendition, kind)

    judge = Recorder()
    run_case(load_case(case), tools(judge, read=read))
    assert codes(judge.materials["diploma"]) == ["engine-failed"]
    assert codes(judge.materials["degree_certificate"]) == []


@pytest.mark.parametrize("fault", [ModelUnusable("gone", "x.onnx"), ImportError("x")])
def test_a_broken_installation_is_not_blamed_on_a_document(case: Path, fault: Exception) -> None:
    def read(rendition: Rendition, kind: Kind | None) -> PageReading:
        raise fault

    with pytest.raises(type(fault)):
        run_case(load_case(case), tools(Recorder(), read=read))


@pytest.mark.parametrize(
    ("faults", "kind", "found"),
    [
        ((), Kind.ID_CARD_FRONT, ()),
        ((Defect("photo-head-size"),), Kind.UNKNOWN, ()),
        ((Defect("photo-head-size"),), Kind.ID_CARD_FRONT, (Kind.ID_CARD_FRONT,)),
    ],
)
def test_a_document_in_the_photos_place_is_noticed(
    case: Path, faults: tuple[Defect, ...], kind: Kind, found: tuple[Kind, ...]
) -> None:
    def read(rendition: Rendition, wanted: Kind | None) -> PageReading:
        return PageReading(rendition, (Reading(kind, 1.0),))

    def check(rendition: Rendition, data: bytes) -> Sequence[Defect]:
        return faults

    judge = Recorder()
    run_case(load_case(case), tools(judge, read=read, check_photo=check))
    assert tuple(r.kind for r in judge.materials["photo"].readings) == found


def test_a_file_that_vanished_meanwhile_is_a_defect(case: Path) -> None:
    listed = load_case(case)
    (case / "diploma.jpg").unlink()
    judge = Recorder()
    run_case(listed, tools(judge))
    assert codes(judge.materials["diploma"]) == ["file-missing"]


def test_notes_about_the_folder_reach_the_judge(case: Path) -> None:
    (case / "IMG_1.jpg").write_bytes(b"x")
    judge = Recorder()
    run_case(load_case(case), tools(judge))
    assert [n.defect.code for n in judge.notes] == ["unknown-file"]


def test_two_documents_of_one_upload_give_two_pictures_of_one_slot(case: Path) -> None:
    def read(rendition: Rendition, wanted: Kind | None) -> PageReading:
        diploma = PageReading(rendition, (Reading(Kind.DIPLOMA, 1.0),))
        degree = PageReading(rendition, (Reading(Kind.DEGREE_CERTIFICATE, 1.0),))
        return replace(diploma, others=(degree,))

    judge = Recorder()
    result = run_case(load_case(case), tools(judge, read=read), want_pictures=True)
    assert [(p.slot, p.number) for p in result.pictures] == [
        ("photo", 1),
        ("diploma", 1),
        ("diploma", 2),
        ("degree_certificate", 1),
        ("degree_certificate", 2),
    ]
    # Each slot's own document comes first.
    assert [r.kind for r in judge.materials["degree_certificate"].readings] == [Kind.DEGREE_CERTIFICATE, Kind.DIPLOMA]
    value = result.record["materials"]["degree_certificate"]
    assert value["kind"] == "degree_certificate" and "picture" not in value
    assert [(other["kind"], other["picture"]) for other in value["also"]] == [("diploma", 2)]


def test_materials_carry_the_mark_of_their_picture(case: Path) -> None:
    half_dark = np.full((60, 90, 3), 250, np.uint8)
    half_dark[:, :45] = 10

    def decode(data: bytes) -> Rendition:
        if b"diploma" in data:
            raise ImageRefused("file-empty")
        return Rendition(half_dark, "JPEG", 90, 60)

    judge = Recorder()
    run_case(load_case(case), tools(judge, decode=decode))
    marks = {slot: material.fingerprint for slot, material in judge.materials.items()}
    assert marks == {"photo": fingerprint(half_dark), "diploma": None, "degree_certificate": fingerprint(half_dark)}
    assert marks["photo"] is not None
