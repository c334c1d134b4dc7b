"""The checker on pictures: a real face, drawn faces, and copies that are degraded in one way each."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from bench.photo_painting import lids
from imaging.model import Pixels
from imaging.photo import landmarks as mesh
from imaging.photo.check import check_photo
from imaging.photo.model import PhotoReport
from imaging.photo.portrait import Portrait, study_portrait, turn
from imaging.photo.standards import ONE_INCH
from imaging.photo.weights import PhotoModels


def _check(pixels: Pixels, models: PhotoModels) -> PhotoReport:
    return check_photo(np.ascontiguousarray(pixels), models, ONE_INCH, source_bytes=None, source_format=None)


def _codes(report: PhotoReport) -> set[str]:
    return {defect.code for defect in report.defects if defect.severe}


def _blur(sigma: float) -> Callable[[Pixels, Portrait], Pixels]:
    return lambda face, _: np.asarray(cv2.GaussianBlur(face, (0, 0), sigma), dtype=np.uint8)


def _brightness(factor: float) -> Callable[[Pixels, Portrait], Pixels]:
    return lambda face, _: np.clip(face * factor, 0, 255).astype(np.uint8)


def _lenses(face: Pixels, portrait: Portrait) -> Pixels:
    painted = face.copy()
    for ring in (mesh.LEFT_EYE_RING, mesh.RIGHT_EYE_RING):
        points = portrait.faces[0].points[list(ring), :2]
        centre, width = points.mean(axis=0), float(np.ptp(points[:, 0]))
        size = (round(width * 0.85), round(width * 0.6))
        cv2.ellipse(painted, (round(float(centre[0])), round(float(centre[1]))), size, 0, 0, 360, (20, 20, 20), -1)
    return painted


def _tilt(degrees: float) -> Callable[[Pixels, Portrait], Pixels]:
    def tilted(face: Pixels, portrait: Portrait) -> Pixels:
        height, width = face.shape[:2]
        # The astronaut's head leans by some degrees itself.
        matrix = cv2.getRotationMatrix2D(portrait.head.eye_middle, portrait.head.roll_deg - degrees, 1.0)
        return np.asarray(
            cv2.warpAffine(face, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
        )

    return tilted


def _cut_forehead(face: Pixels, portrait: Portrait) -> Pixels:
    return face[round(portrait.head.eye_middle[1] - 0.6 * portrait.head.eye_chin_px) :]


def _cut_chin(face: Pixels, portrait: Portrait) -> Pixels:
    return face[: round(portrait.head.chin[1] - 0.15 * portrait.head.eye_chin_px)]


def _cut_side(face: Pixels, portrait: Portrait) -> Pixels:
    return face[:, round(portrait.head.middle[0] - 0.25 * portrait.head.face_width_px) :]


def _grey(face: Pixels, _: Portrait) -> Pixels:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _copy(face: Pixels, portrait: Portrait) -> Pixels:
    grey = _grey(face, portrait)
    return np.where(grey > grey.mean(), 245, 8).astype(np.uint8)


def _screenshot(face: Pixels, _: Portrait) -> Pixels:
    return np.pad(face, ((120, 120), (0, 0), (0, 0)))


@pytest.mark.parametrize(
    ("degrade", "code"),
    [
        (_blur(2.0), "photo-blurred"),
        (_blur(3.0), "photo-blurred"),
        (_brightness(0.3), "photo-too-dark"),
        (_brightness(1.5), "photo-too-bright"),
        (_lenses, "photo-sunglasses"),
        (lids, "photo-eyes-closed"),
        (_tilt(20.0), "photo-roll"),
        (_tilt(-20.0), "photo-roll"),
        (_cut_forehead, "photo-head-cut"),
        (_cut_chin, "photo-head-cut"),
        (_cut_side, "photo-head-cut"),
        (_grey, "photo-greyscale"),
        (_copy, "photo-black-and-white-copy"),
        (_screenshot, "photo-border"),
        (lambda face, _: np.hstack([face, face[:, ::-1]]), "photo-several-faces"),
        (lambda face, _: face[700:], "photo-no-face"),
        (lambda face, _: cv2.resize(face, (250, 250), interpolation=cv2.INTER_AREA), "photo-too-few-pixels"),
        (lambda face, _: turn(face, 90), "photo-turned"),
        (lambda face, _: turn(face, 180), "photo-turned"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_fault_is_found_and_named(degrade, code: str, face: Pixels, portrait: Portrait, models: PhotoModels):
    assert code not in _codes(_check(face, models))
    assert code in _codes(_check(degrade(face, portrait), models))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_way_up_is_found(degrees: int, face: Pixels, models: PhotoModels):
    studied = study_portrait(turn(face, degrees), models)
    assert studied is not None
    assert (studied.turned_deg + degrees) % 360 == 0
    assert np.array_equal(studied.pixels, face)


@pytest.mark.parametrize("degrees", [-30, -12, 5, 25])
def test_the_tilt_is_measured(degrees: int, face: Pixels, portrait: Portrait, models: PhotoModels):
    studied = study_portrait(_tilt(degrees)(face, portrait), models)
    assert studied is not None
    assert studied.head.roll_deg == pytest.approx(degrees, abs=1.5)


@pytest.mark.parametrize(("degrees", "severe"), [(11.0, False), (13.5, False), (17.0, True)])
def test_a_lean_that_the_maker_takes_out_only_warns(
    degrees: float, severe: bool, face: Pixels, portrait: Portrait, models: PhotoModels
):
    found = [d.severe for d in _check(_tilt(degrees)(face, portrait), models).defects if d.code == "photo-roll"]
    assert found == [severe]


@pytest.mark.parametrize(("degrees", "severe"), [(10.0, False), (14.0, True)])
def test_a_finished_photo_may_lean_less(degrees: float, severe: bool, studio_photo, models: PhotoModels):
    photo = studio_photo(1, "女")
    portrait = study_portrait(photo, models)
    assert portrait is not None
    found = [d.severe for d in _check(_tilt(degrees)(photo, portrait), models).defects if d.code == "photo-roll"]
    assert found == [severe]


def test_a_small_face_is_found_by_tiles(face: Pixels, models: PhotoModels):
    scene = np.full((1000, 1400, 3), 128, np.uint8)
    scene[700:956, 300:556] = cv2.resize(face, (256, 256), interpolation=cv2.INTER_AREA)
    studied = study_portrait(scene, models)
    assert studied is not None
    assert len(studied.faces) == 1
    assert 300 < studied.head.eye_middle[0] < 556


def test_noise_is_no_face(models: PhotoModels):
    noise = np.random.default_rng(2).integers(0, 256, (400, 300, 3), dtype=np.uint8)
    assert study_portrait(noise, models) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (8, 8)])
def test_tiny_pictures_are_reported_not_raised(size: tuple[int, int], models: PhotoModels):
    report = _check(np.full((*size, 3), 90, np.uint8), models)
    assert {"photo-no-face", "photo-too-few-pixels", "photo-wrong-size"} <= _codes(report)


@pytest.mark.parametrize(("seed", "gender"), [(1, "女"), (2, "男"), (3, "女"), (4, "男")])
def test_drawn_studio_photos_pass(seed: int, gender: str, studio_photo, models: PhotoModels):
    report = _check(studio_photo(seed, gender), models)
    assert report.defects == ()
    assert report.measures["background_white"] == pytest.approx(1.0, abs=0.01)


def test_severe_defects_come_first(face: Pixels, portrait: Portrait, models: PhotoModels):
    order = [defect.severe for defect in _check(_blur(3.0)(face, portrait), models).defects]
    assert order == sorted(order, reverse=True)
