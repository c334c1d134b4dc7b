"""Fast checks on drawn and stored pictures; that they never block what the full reading lets pass."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from fixtures.hostile.pages import page, saved
from fixtures.people import make_person
from fixtures.photos import take_photo
from fixtures.portraits import draw_figure
from fixtures.specimens import make_specimen
from fixtures.wrong_pages import make_wrong
from imaging.errors import DecoderKilled
from imaging.model import Pixels, Rendition
from imaging.photo.weights import PhotoModels
from imaging.sandbox import DecodeLimits, Decoder
from intake import fast_check as module
from intake.case_folder import slot_of
from intake.checked import FastCheck
from intake.fast_check import QUICK_SIDE_PX, CheckDesk, defects_of_page, fast_check
from intake.rules import photo_standard
from ocr.model import Kind
from tests.unit.intake.test_compress_file import of_size
from verify.model import Level
from verify.policy import load_policy

FIXTURES = Path(__file__).parents[3] / "fixtures"
POLICY = load_policy("yunnan-2023")
ACCEPTED = sorted((FIXTURES / "accept").glob("*/*.jpg"))
# The refusals of fixtures/reject/README.md that need no reading, and how they are told.
TOLD = {
    "blank-page": ("page-blank", None),
    "blurred": ("page-blurred", None),
    "file-empty": ("file-empty", Level.BLOCK),
    "half-a-card": ("page-cut-off", Level.WARN),
    "no-face": ("photo-no-face", Level.BLOCK),
    "soft-photo": ("photo-blurred", Level.BLOCK),
    "text-named-jpg": ("not-an-image", Level.BLOCK),
    "too-few-pixels": ("too-few-pixels", Level.BLOCK),
    "truncated": ("file-incomplete", Level.BLOCK),
    "two-faces": ("photo-several-faces", Level.BLOCK),
}


@pytest.fixture(scope="module")
def desk() -> Iterator[CheckDesk]:
    with CheckDesk() as shared:
        yield shared


def check_file(path: Path, desk: CheckDesk) -> FastCheck:
    slot = slot_of(path.stem)
    assert slot is not None
    return fast_check(path.read_bytes(), slot[1], POLICY, desk)


def codes(check: FastCheck, *, level: Level | None = None) -> list[str]:
    return [item.code for item in check.findings if level in (None, item.level)]


def big(data: bytes, width_px: int) -> Image.Image:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return image.resize((width_px, round(image.height * width_px / image.width)), Image.Resampling.LANCZOS)


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_that_the_reading_accepts_is_blocked(path: Path, desk: CheckDesk) -> None:
    # fixtures/accept/README.md: the pipeline refuses none of them.
    check = check_file(path, desk)
    assert codes(check, level=Level.BLOCK) == []
    assert check.accepted
    assert check.source_format == "JPEG"


@pytest.fixture(scope="module")
def refusals(desk: CheckDesk) -> dict[str, list[FastCheck]]:
    """Checks of the stored refusals by folder."""
    found: dict[str, list[FastCheck]] = {}
    for path in sorted((FIXTURES / "reject").glob("*/*.jpg")):
        # Folders about what a paper says hold ordinary pictures of one person; one of each folder will do.
        if path.parent.name in TOLD or path.parent.name not in found:
            found.setdefault(path.parent.name, []).append(check_file(path, desk))
    return found


@pytest.mark.parametrize(("folder", "code", "level"), [(name, *told) for name, told in TOLD.items()])
def test_what_needs_no_reading_is_told_at_once(
    folder: str, code: str, level: Level | None, refusals: dict[str, list[FastCheck]]
) -> None:
    assert any(code in codes(check, level=level) for check in refusals[folder])


def test_pages_refused_for_what_they_say_are_not_blocked_here(refusals: dict[str, list[FastCheck]]) -> None:
    for folder in refusals.keys() - TOLD.keys():
        assert all(codes(check, level=Level.BLOCK) == [] for check in refusals[folder]), folder


def test_every_finding_is_worded_and_blocking_ones_come_first(refusals: dict[str, list[FastCheck]]) -> None:
    for check in (check for checks in refusals.values() for check in checks):
        assert all(item.message and item.short and item.material for item in check.findings)
        blocking = [item.level is Level.BLOCK for item in check.findings]
        assert blocking == sorted(blocking, reverse=True)


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("id_card_front", "hard_phone"),
        ("id_card_back", "legacy"),
        ("diploma", "good_phone"),
        ("diploma", "scan"),
        ("work_certificate", "hard_phone"),
        ("household_register", "legacy"),
    ],
)
def test_drawn_papers_are_not_blocked(kind: str, level: str, desk: CheckDesk) -> None:
    check = fast_check(make_specimen(kind, 4100, level).data, Kind(kind), POLICY, desk)
    assert codes(check, level=Level.BLOCK) == []


@pytest.mark.parametrize(
    ("off", "told"), [(-1, False), (0, False), (1, True)], ids=["below", "at", "above the accepted limit"]
)
def test_too_many_bytes_are_only_told(off: int, told: bool, desk: CheckDesk) -> None:
    limit = POLICY.limits_of(Kind.DIPLOMA).accepted_bytes
    check = fast_check(of_size(limit + off), Kind.DIPLOMA, POLICY, desk)
    assert ("bytes-will-be-compressed" in codes(check, level=Level.INFO)) is told


@pytest.mark.parametrize(("name", "told"), [("JPEG", False), ("PNG", False), ("WEBP", True)])
def test_a_format_that_will_be_converted_is_only_told(name: str, told: bool, desk: CheckDesk) -> None:
    check = fast_check(saved(page(random.Random(1)), name), Kind.DIPLOMA, POLICY, desk)
    assert ("format-will-be-converted" in codes(check, level=Level.INFO)) is told
    assert check.source_format == name


def test_a_format_that_the_policy_does_not_open_is_refused_by_name(desk: CheckDesk) -> None:
    check = fast_check(saved(page(random.Random(1)), "GIF"), Kind.DIPLOMA, POLICY, desk)
    assert codes(check) == ["format-not-allowed"]
    assert not check.accepted
    assert (check.source_format, check.width_px) == (None, 0)


@pytest.mark.parametrize(
    ("size", "orientation", "source", "rendition"),
    [
        ((4000, 3000), 1, (4000, 3000), (3200, 2400)),
        ((4000, 3000), 6, (3000, 4000), (2400, 3200)),
        ((640, 400), 6, (400, 640), (400, 640)),
    ],
)
def test_the_rendition_is_announced_upright(
    size: tuple[int, int], orientation: int, source: tuple[int, int], rendition: tuple[int, int], desk: CheckDesk
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    check = fast_check(saved(page(random.Random(1), size), "JPEG", exif=exif), Kind.DIPLOMA, POLICY, desk)
    assert (check.source_width_px, check.source_height_px) == source
    assert (check.width_px, check.height_px) == rendition


def test_a_good_large_page_is_measured_on_the_small_copy_only(desk: CheckDesk) -> None:
    data = make_specimen("diploma", 4100, "good_phone").data
    with CheckDesk() as fresh:
        check = fast_check(saved(big(data, 3600), "JPEG", quality=85), Kind.DIPLOMA, POLICY, fresh)
        assert check.accepted
        assert fresh.quick.last_cost is not None
        assert fresh.parts.decoder.last_cost is None


def test_what_blocks_is_looked_at_again_at_full_size() -> None:
    data = saved(Image.new("RGB", (QUICK_SIDE_PX + 100, 1400), (245, 245, 240)), "JPEG")
    with CheckDesk() as fresh:
        check = fast_check(data, Kind.DIPLOMA, POLICY, fresh)
        assert codes(check, level=Level.BLOCK) == ["page-blank"]
        assert fresh.parts.decoder.last_cost is not None


def test_a_decoder_that_somebody_kills_blocks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(self: Decoder, scanned: object) -> Rendition:
        raise DecoderKilled

    monkeypatch.setattr(Decoder, "decode_scanned", killed)
    with CheckDesk() as fresh:
        check = fast_check(saved(page(random.Random(1)), "JPEG"), Kind.DIPLOMA, POLICY, fresh)
    assert check.accepted
    assert [(item.code, item.level) for item in check.findings] == [("check-unfinished", Level.WARN)]


def test_a_picture_that_takes_long_is_left_to_the_full_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(Image.new("RGB", (QUICK_SIDE_PX + 100, 1400), (245, 245, 240)), "JPEG")
    monkeypatch.setattr(module, "_MOST_FOR_SECOND_LOOK_S", -1.0)
    with CheckDesk() as fresh:
        check = fast_check(data, Kind.DIPLOMA, POLICY, fresh)
        assert codes(check, level=Level.WARN) == ["page-blank"]
        assert check.accepted
        assert fresh.parts.decoder.last_cost is None


def test_a_decode_without_end_is_told_and_does_not_block() -> None:
    with CheckDesk() as fresh:
        fresh.quick.close()
        # Shorter than any decode of 40 MP: the alarm comes in the middle.
        fresh.quick = Decoder(DecodeLimits(wall_s=0.01))
        data = saved(Image.new("RGB", (7000, 5700), (245, 245, 240)), "PNG")
        check = fast_check(data, Kind.DIPLOMA, POLICY, fresh)
    assert codes(check, level=Level.WARN) == ["check-unfinished"]
    assert check.accepted
    assert check.source_format == "PNG"


@pytest.mark.parametrize("sort", ["portrait", "screenshot", "blank"])
def test_no_document(sort: str, desk: CheckDesk) -> None:
    code = {"portrait": "portrait-instead-of-document", "screenshot": "page-screenshot", "blank": "page-blank"}[sort]
    assert code in codes(fast_check(make_wrong(sort, 0), Kind.WORK_CERTIFICATE, POLICY, desk))


def faced(share: float) -> Pixels:
    """A portrait whose face has about this share of the picture's height, on noise that is no paper."""
    figure = draw_figure(7, "女").one_inch((255, 255, 255))
    # The face has 0.44 of the height of a drawn 1-inch photo.
    height = round(1600 * share / 0.44)
    small = Image.fromarray(figure).resize((round(height * 5 / 7), height), Image.Resampling.LANCZOS)
    ground = Image.fromarray(np.full((1600, 1200, 3), 255, np.uint8))
    ground.paste(small, ((1200 - small.width) // 2, 1600 - height))
    return np.asarray(ground)


@pytest.mark.parametrize(("share", "told", "severe"), [(0.16, False, False), (0.26, True, False), (0.40, True, True)])
def test_a_face_blocks_only_when_it_is_certainly_a_portrait(
    share: float, told: bool, severe: bool, desk: CheckDesk
) -> None:
    found = defects_of_page(faced(share), Kind.DIPLOMA, models=lambda: desk.parts.photo_models)
    portraits = [defect for defect in found if defect.code == "portrait-instead-of-document"]
    assert [defect.severe for defect in portraits] == ([severe] if told else [])


def no_models() -> PhotoModels:
    raise AssertionError("nobody should look for a face here")


def test_beside_an_empty_page_only_a_covered_lens_is_told() -> None:
    dark = np.clip(np.random.default_rng(1).normal(12, 2, (900, 700, 3)), 0, 255).astype(np.uint8)
    found = {defect.code for defect in defects_of_page(dark, Kind.DIPLOMA, models=no_models)}
    assert found == {"page-blank", "page-too-dark"}


def test_few_pixels_are_told_by_the_full_size_and_never_block(desk: CheckDesk) -> None:
    small = saved(big(make_specimen("id_card_front", 4100, "scan").data, 235), "JPEG", quality=95)
    check = fast_check(small, Kind.ID_CARD_FRONT, POLICY, desk)
    assert "page-low-resolution" in codes(check, level=Level.INFO)
    pixels = np.asarray(page(random.Random(1), (600, 420)))
    for shrunk, told in ((1.0, True), (2.0, False)):
        found = defects_of_page(pixels, Kind.DIPLOMA, models=lambda: desk.parts.photo_models, shrunk=shrunk)
        assert ("page-low-resolution" in {defect.code for defect in found}) is told


def test_a_page_blurred_beyond_reading_blocks(desk: CheckDesk) -> None:
    sharp = big(make_specimen("work_certificate", 4100, "scan").data, 1600)
    soft = saved(sharp.filter(ImageFilter.GaussianBlur(14)), "JPEG", quality=90)
    check = fast_check(soft, Kind.WORK_CERTIFICATE, POLICY, desk)
    assert "page-blurred" in codes(check, level=Level.BLOCK)


@pytest.mark.parametrize("level", ["good_phone", "hard_phone"])
def test_a_phone_portrait_will_be_made_into_a_photo(level: str, desk: CheckDesk) -> None:
    check = fast_check(take_photo(make_person(3), level, seed=3).data, Kind.PHOTO, POLICY, desk)
    assert check.accepted
    assert check.photo_will_be_made
    assert "photo-will-be-made" in codes(check, level=Level.INFO)


@pytest.mark.parametrize(("level", "seed"), [("scan", 0), ("good_phone", 1), ("hard_phone", 0), ("legacy", 1)])
def test_a_photo_is_blocked_only_when_the_pipeline_blocks_it(level: str, seed: int, desk: CheckDesk) -> None:
    data = take_photo(make_person(seed), level, seed=seed).data
    rendition = desk.parts.decoder.decode(data)
    report = desk.parts.check_photo(rendition, photo_standard(POLICY), source_bytes=len(data))
    full = report.defects if report.acceptable else desk.parts.defects_after_making(rendition, report, POLICY)
    blocked = codes(fast_check(data, Kind.PHOTO, POLICY, desk), level=Level.BLOCK)
    assert set(blocked) <= {defect.code for defect in full if defect.severe}


@pytest.mark.parametrize("level", ["scan", "good_phone"])
def test_a_card_in_the_place_of_the_photo_is_no_photo_to_be_made(level: str, desk: CheckDesk) -> None:
    check = fast_check(make_specimen("id_card_front", 4101, level).data, Kind.PHOTO, POLICY, desk)
    assert "wrong-document" in codes(check, level=Level.WARN)
    assert not check.photo_will_be_made
    assert "证件或证明" in next(item.message for item in check.findings if item.code == "wrong-document")


def test_a_policy_words_and_opens_by_itself(desk: CheckDesk) -> None:
    only_png = replace(POLICY, opened_formats=("PNG",))
    check = fast_check(saved(page(random.Random(1)), "JPEG"), Kind.DIPLOMA, only_png, desk)
    assert codes(check) == ["format-not-allowed"]
