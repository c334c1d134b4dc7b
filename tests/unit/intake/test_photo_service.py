"""The photo tool on bytes: the same answers as the command's, worded by the policy."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PIL import Image

from fixtures.people import make_person
from fixtures.photos import take_photo
from intake.parts import Parts
from intake.photo_service import PhotoOutcome, check_photo_bytes, check_photo_data, fix_photo_bytes, make_photo_of_data
from intake.photo_tool import check_photo_file, fix_photo_file
from intake.rules import photo_standard
from verify.errors import PolicyInvalid
from verify.model import Level
from verify.policy import load_policy

FIXTURES = Path(__file__).parents[3] / "fixtures"
POLICY = load_policy("yunnan-2023")
STANDARD = photo_standard(POLICY)
PHONE = take_photo(make_person(3), "good_phone", seed=3).data
NO_FACE = (FIXTURES / "reject" / "no-face" / "photo.jpg").read_bytes()
CUT = b"\xff\xd8\xff"


@pytest.fixture(scope="module")
def parts() -> Iterator[Parts]:
    with Parts() as shared:
        yield shared


def test_a_phone_picture_is_made_into_a_compliant_photo(parts: Parts) -> None:
    made = fix_photo_bytes(PHONE, POLICY, parts)
    assert made.accepted
    assert made.data is not None
    assert len(made.data) <= POLICY.photo.limits.written_bytes
    image = Image.open(io.BytesIO(made.data))
    assert (image.format, image.size) == ("JPEG", (STANDARD.width_px, STANDARD.height_px))
    assert (made.width_px, made.height_px) == image.size
    assert check_photo_bytes(made.data, POLICY, parts).accepted


def test_the_picture_itself_is_no_finished_photo(parts: Parts) -> None:
    checked = check_photo_bytes(PHONE, POLICY, parts)
    assert not checked.accepted
    assert {"photo-wrong-size", "photo-too-many-bytes"} <= {item.code for item in checked.findings}
    assert checked.data is None
    assert checked.measures["file_bytes"] == len(PHONE)
    assert all(item.material == "photo" and item.message for item in checked.findings)


@pytest.mark.parametrize("max_kb", [10, 15])
def test_a_smaller_limit_is_kept(max_kb: int, parts: Parts) -> None:
    made = fix_photo_bytes(PHONE, POLICY, parts, max_kb=max_kb)
    assert made.data is not None
    assert len(made.data) <= max_kb * 1000


def test_the_background_stays_where_that_is_asked_for(parts: Parts) -> None:
    assert not fix_photo_bytes(PHONE, POLICY, parts, keep_background=True).background_replaced


@pytest.mark.parametrize("data", [b"", b"text", CUT, NO_FACE], ids=["empty", "text", "cut", "no face"])
def test_what_gives_no_photo_is_refused_with_reasons(data: bytes, parts: Parts) -> None:
    for answer in (check_photo_bytes(data, POLICY, parts), fix_photo_bytes(data, POLICY, parts)):
        assert not answer.accepted
        assert answer.data is None
        assert any(item.level is Level.BLOCK and item.message for item in answer.findings)


def test_a_standard_that_nobody_knows_is_the_policys_fault(parts: Parts) -> None:
    odd = replace(POLICY, photo=replace(POLICY.photo, standard="no-such"))
    with pytest.raises(PolicyInvalid):
        check_photo_bytes(PHONE, odd, parts)
    with pytest.raises(PolicyInvalid):
        fix_photo_bytes(PHONE, odd, parts)


@pytest.mark.parametrize("data", [PHONE, NO_FACE, b"text"], ids=["phone", "no face", "text"])
def test_a_file_gets_the_same_answer_as_its_bytes(data: bytes, parts: Parts, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)
    pairs = (
        (check_photo_file(path, parts, STANDARD), check_photo_data(data, parts, STANDARD)),
        (
            fix_photo_file(path, parts, STANDARD, max_bytes=20_000, whiten=True),
            make_photo_of_data(data, parts, STANDARD, max_bytes=20_000, whiten=True),
        ),
    )
    for answer, outcome in pairs:
        assert answer.path == path
        assert answer.refused is outcome.refused
        for own in fields(PhotoOutcome):
            assert getattr(answer, own.name) == getattr(outcome, own.name)
