"""From a policy's list of formats to the decoder, through every way in."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.hostile.heic_writer import encoded
from fixtures.hostile.model import WITH_HEIC
from fixtures.hostile.pages import page
from imaging.errors import ImageRefused
from imaging.model import Rendition
from imaging.photo.standards import ONE_INCH
from intake.parts import Parts
from intake.photo_tool import check_photo_file, compress_file, fix_photo_file
from intake.reading import open_image, refusal_defect
from intake.rules import word_defects
from intake.toolbox import open_toolbox
from verify.policy import load_policy

HEIC = encoded(page(random.Random(2)))
TODAY = datetime.date(2026, 11, 21)


@pytest.fixture(scope="module")
def parts() -> Iterator[Parts]:
    with Parts() as shared:
        yield shared


@pytest.fixture
def phone_picture(tmp_path: Path) -> Path:
    path = tmp_path / "id_card_front.jpg"
    path.write_bytes(HEIC)
    return path


def test_pipeline_decodes_what_the_policy_lets_in(parts: Parts) -> None:
    policy = load_policy("yunnan-2023")
    with pytest.raises(ImageRefused) as refused:
        open_toolbox(parts, policy, today=TODAY).decode(HEIC)
    assert refusal_defect(refused.value).detail == "HEIC"
    tools = open_toolbox(parts, replace(policy, opened_formats=WITH_HEIC), today=TODAY)
    assert tools.decode(HEIC).source_format == "HEIC"


def test_reading_tells_the_format_in_words(parts: Parts, phone_picture: Path) -> None:
    opened = open_image(phone_picture, parts)
    assert not isinstance(opened, Rendition)
    assert opened.detail == "HEIC"
    (finding,) = word_defects([opened], file=phone_picture.name)
    assert "HEIC" in finding.message
    read = open_image(phone_picture, parts, WITH_HEIC)
    assert isinstance(read, Rendition)
    assert (read.width_px, read.height_px) == (640, 400)


def test_photo_tool_refuses_by_name(parts: Parts, phone_picture: Path) -> None:
    checked = check_photo_file(phone_picture, parts, ONE_INCH)
    fixed = fix_photo_file(phone_picture, parts, ONE_INCH, max_bytes=20_000, whiten=True)
    for answer in (checked, fixed):
        assert [(d.code, d.detail) for d in answer.defects] == [("format-not-allowed", "HEIC")]


def test_compressor_writes_a_jpeg_where_heic_is_let_in(parts: Parts, phone_picture: Path) -> None:
    refused = compress_file(phone_picture, parts, max_kb=200)
    assert [(d.code, d.detail) for d in refused.defects] == [("format-not-allowed", "HEIC")]
    made = compress_file(phone_picture, parts, max_kb=200, formats=WITH_HEIC)
    assert made.data is not None
    assert made.data.startswith(b"\xff\xd8")
    assert not made.unchanged
    assert (made.width_px, made.height_px) == (640, 400)
