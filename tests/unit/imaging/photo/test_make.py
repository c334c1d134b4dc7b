from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.data import rocket

from fixtures.portraits import draw_figure
from imaging.model import Pixels
from imaging.photo.made import Made, Refused
from imaging.photo.make import make_photo
from imaging.photo.portrait import Portrait, turn
from imaging.photo.standards import ONE_INCH
from imaging.photo.weights import PhotoModels

# What a policy writes out for "20 KB" (design.md section 3).
LIMIT_BYTES = 20_000


def _made(pixels: Pixels, models: PhotoModels, *, background="whiten", standard=ONE_INCH) -> Made:
    result = make_photo(pixels, models, standard, max_bytes=LIMIT_BYTES, background=background)
    assert isinstance(result, Made)
    return result


def _refusal(pixels: Pixels, models: PhotoModels, *, background="whiten", standard=ONE_INCH) -> Refused:
    result = make_photo(pixels, models, standard, max_bytes=LIMIT_BYTES, background=background)
    assert isinstance(result, Refused)
    return result


def _decode(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.uint8)


@pytest.fixture(scope="module")
def made(face: Pixels, models: PhotoModels) -> Made:
    return _made(face, models)


def test_the_file_is_what_the_notice_asks_for(made: Made):
    with Image.open(io.BytesIO(made.data)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (295, 413), "RGB")
        assert image.info["dpi"] == (300, 300)
        assert "progressive" not in image.info
        assert not image.getexif()
    assert len(made.data) <= LIMIT_BYTES
    # Nothing is padded behind the end of the picture.
    assert made.data.endswith(b"\xff\xd9")
    assert 1 <= made.encodes <= 4


def test_the_head_stands_where_the_standard_wants_it(made: Made):
    measures = made.report.measures
    assert ONE_INCH.made_head.holds(measures["head"])
    assert ONE_INCH.made_top_margin.holds(measures["top_margin"])
    assert measures["eye_line"] >= ONE_INCH.min_eye_line
    assert measures["off_centre"] <= 0.02
    assert abs(measures["roll_deg"]) <= 1.0
    assert made.report.acceptable


def test_the_background_is_white_after_decoding(made: Made):
    assert made.background_replaced
    photo = _decode(made.data)
    assert (photo[:60, :40].min(axis=2) >= 250).mean() >= 0.995
    assert (photo[:60, -40:].min(axis=2) >= 250).mean() >= 0.995
    # The suit reaches the lower edge: no white gap under the person.
    assert (photo[-1, 100:200].min(axis=1) < 250).all()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_lost_orientation_is_recovered(degrees: int, face: Pixels, models: PhotoModels, made: Made):
    again = _made(turn(face, degrees), models)
    assert (again.turned_deg + degrees) % 360 == 0
    assert again.data == made.data


@pytest.mark.parametrize("colour", [(67, 142, 219), (219, 22, 22), (150, 150, 150), (214, 205, 196)])
def test_studio_colours_become_white(colour: tuple[int, int, int], models: PhotoModels):
    # In the final size, so that both are cropped alike and only the cut-out differs.
    figure = draw_figure(5, "女")
    coloured, white = (
        np.asarray(cv2.resize(figure.one_inch(wall), (295, 413), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        for wall in (colour, (255, 255, 255))
    )
    result = _made(coloured, models)
    photo = _decode(result.data)
    assert result.background_replaced
    assert (photo[:60, :30].min(axis=2) >= 250).all()
    wanted = _decode(_made(white, models).data)
    # photo.md, goal 6: at least 36 dB on plain walls beside the same person in front of white.
    assert cv2.PSNR(photo, wanted) >= 36


def test_a_white_background_is_only_lifted(studio_photo, models: PhotoModels):
    source = studio_photo(6, "男")
    result = _made(source, models)
    assert not result.background_replaced
    assert cv2.PSNR(_decode(result.data), source) >= 38


def test_a_finished_photo_is_not_resampled(studio_photo, models: PhotoModels):
    result = _made(studio_photo(6, "男"), models)
    assert (result.composed.crop.upscale, result.composed.crop.roll_deg, result.turned_deg) == (1.0, 0.0, 0)


def test_a_background_that_must_be_kept_and_is_not_white_refuses(face: Pixels, models: PhotoModels):
    refusal = _refusal(face, models, background="keep")
    assert [d.code for d in refusal.defects] == ["photo-background-not-white"]


def test_a_background_may_be_kept_where_any_colour_will_do(face: Pixels, models: PhotoModels):
    any_colour = replace(ONE_INCH, backgrounds=())
    result = _made(face, models, background="keep", standard=any_colour)
    assert not result.background_replaced
    assert result.report.measures["background_white"] < 0.5


def test_a_small_source_is_not_enlarged_and_the_need_is_told(small_face: Pixels, models: PhotoModels):
    refusal = _refusal(small_face, models)
    [defect] = refusal.defects
    assert (defect.code, defect.measured, defect.severe) == ("photo-too-few-pixels", 512, True)
    assert defect.limit is not None
    # A copy of the height that was asked for has enough.
    needed = round(defect.limit)
    enough = cv2.resize(small_face, (needed, needed), interpolation=cv2.INTER_CUBIC)
    assert isinstance(
        make_photo(np.asarray(enough, dtype=np.uint8), models, ONE_INCH, max_bytes=LIMIT_BYTES, background="whiten"),
        Made,
    )


def test_a_source_cut_below_the_chin_is_too_tight(face: Pixels, portrait: Portrait, models: PhotoModels):
    refusal = _refusal(face[: round(portrait.head.chin[1]) + 12], models)
    assert "photo-too-tight" in [d.code for d in refusal.defects]


def test_every_reason_is_told_at_once(face: Pixels, models: PhotoModels):
    small_and_dark = cv2.resize((face * 0.3).astype(np.uint8), (300, 300), interpolation=cv2.INTER_AREA)
    codes = {d.code for d in _refusal(np.asarray(small_and_dark, dtype=np.uint8), models).defects}
    assert {"photo-too-dark", "photo-too-few-pixels"} <= codes


def test_screenshot_bars_are_cut_off(face: Pixels, models: PhotoModels, made: Made):
    assert _made(np.pad(face, ((150, 150), (0, 0), (0, 0))), models).data == made.data


def test_no_face_no_photo(models: PhotoModels):
    refusal = _refusal(np.full((800, 600, 3), 200, np.uint8), models)
    assert [d.code for d in refusal.defects] == ["photo-no-face"]


def test_a_limit_that_cannot_be_met_is_a_defect(face: Pixels, models: PhotoModels):
    result = make_photo(face, models, ONE_INCH, max_bytes=900, background="whiten")
    assert isinstance(result, Refused)
    assert [(d.code, d.limit) for d in result.defects] == [("photo-too-many-bytes", 900)]


def test_a_busy_background_is_said_to_leave_traces(models: PhotoModels):
    figure = draw_figure(5, "女")
    noise = np.random.default_rng(8).integers(0, 256, (60, 45, 3), dtype=np.uint8)
    height, width = figure.alpha.shape
    busy = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    result = make_photo(
        figure.on(np.asarray(busy, dtype=np.uint8)), models, ONE_INCH, max_bytes=LIMIT_BYTES, background="whiten"
    )
    assert isinstance(result, Made)
    assert "photo-cut-out-uncertain" in [d.code for d in result.report.defects]


def test_the_same_source_gives_the_same_bytes(face: Pixels, models: PhotoModels, made: Made):
    again = _made(face, models)
    assert (again.data, again.report) == (made.data, made.report)


@pytest.mark.parametrize(("width_px", "height_px"), [(294, 413), (295, 412)])
def test_a_source_below_the_standard_is_refused_and_not_filled_with_white(
    width_px: int, height_px: int, studio_photo, models: PhotoModels
):
    # Centred on the drawn head, whose own margins leave room for one column or row less.
    small = studio_photo(3, "女")[:height_px, :width_px]
    result = make_photo(np.ascontiguousarray(small), models, ONE_INCH, max_bytes=LIMIT_BYTES, background="whiten")
    assert isinstance(result, Refused)
    assert "photo-too-few-pixels" in [defect.code for defect in result.defects]


def test_a_rocket_is_no_face(models: PhotoModels):
    result = make_photo(
        np.asarray(rocket(), dtype=np.uint8), models, ONE_INCH, max_bytes=LIMIT_BYTES, background="whiten"
    )
    assert isinstance(result, Refused)
    assert [defect.code for defect in result.defects] == ["photo-no-face"]
