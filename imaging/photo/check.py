"""Judges a photo: measures against limits, one defect for everything that breaks a rule."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from imaging.model import Defect, Pixels
from imaging.photo import limits
from imaging.photo.border import find_frame
from imaging.photo.copies import ink_or_paper
from imaging.photo.cut_face import cut_off_share
from imaging.photo.measures import measure_portrait
from imaging.photo.model import PhotoReport
from imaging.photo.portrait import Portrait, study_portrait
from imaging.photo.standards import PhotoStandard
from imaging.photo.weights import PhotoModels

Measures = Mapping[str, float]


def check_photo(
    pixels: Pixels,
    models: PhotoModels,
    standard: PhotoStandard,
    *,
    source_bytes: int | None,
    source_format: str | None,
    copied: Measures | None = None,
    studied: Portrait | None = None,
) -> PhotoReport:
    """Checks a finished photo against a standard.

    Args:
        pixels: Upright uint8 RGB rendition, shape (height, width, 3).
        models: The photo networks.
        standard: What the photo must be.
        source_bytes: Size of the file; None skips the byte rules.
        source_format: Format of the file as `Rendition.source_format` names it; None skips the format rule.
        copied: Signs of a picture of a picture, of `imaging.photo.copies`, where they were measured on the source that
            the photo was made of: at its full size they show better. None measures them here.
        studied: Of `study_portrait` on these pixels, where that was done already.

    Returns:
        All measures and every defect, severe ones first.
    """
    height, width = pixels.shape[:2]
    defects = list(_file_defects(standard, source_bytes=source_bytes, source_format=source_format))
    defects += _size_defects(width, height, standard)
    measures: dict[str, float] = {"width_px": float(width), "height_px": float(height)}
    portrait = studied or study_portrait(pixels, models)
    border = find_frame(pixels).share_of(pixels)
    measures["border"] = border
    if border > limits.BORDER_FAIL:
        defects.append(Defect("photo-border", border, limits.BORDER_FAIL, severe=True))
    if portrait is None:
        measures["faces"] = 0.0
        defects += faceless_defects(pixels, models)
    else:
        measures |= measure_portrait(portrait, copied)
        # A source can still be set upright by the maker, a finished photo is what it is.
        finished = (width, height) == (standard.width_px, standard.height_px)
        max_roll_deg = limits.ROLL_FAIL_DEG if finished else limits.ROLL_MAKE_DEG
        defects += source_defects(measures, max_roll_deg=max_roll_deg)
        defects += _placement_defects(measures, standard)
        defects += _background_defects(measures, standard)
    if source_bytes is not None:
        measures["file_bytes"] = float(source_bytes)
    return PhotoReport(measures=measures, defects=tuple(sorted(defects, key=lambda d: not d.severe)))


def no_face() -> Defect:
    """The defect of a picture without a confirmed face."""
    return Defect("photo-no-face", measured=0, limit=1, severe=True)


def faceless_defects(pixels: Pixels, models: PhotoModels) -> tuple[Defect, ...]:
    """What is wrong with a picture in which no face is found: one may be cut in half, or copied to ink and paper.

    Args:
        pixels: Upright uint8 RGB rendition.
        models: The photo networks.
    """
    share = ink_or_paper(pixels)
    copied = _at_most("photo-black-and-white-copy", share, warn=None, fail=limits.INK_OR_PAPER_FAIL)
    cut = _at_most("photo-head-cut", cut_off_share(pixels, models), warn=None, fail=limits.OUTLINE_OUTSIDE_FAIL)
    return (no_face(), *cut, *copied)


def source_defects(measures: Measures, *, max_roll_deg: float = limits.ROLL_FAIL_DEG) -> tuple[Defect, ...]:
    """What is wrong with the person in the picture: nothing that a new crop or background could mend.

    Args:
        measures: Of `measure_portrait`.
        max_roll_deg: Tilt from which on the picture is refused; the maker can take some out.
    """
    roll = _at_most("photo-roll", abs(measures["roll_deg"]), warn=limits.ROLL_WARN_DEG, fail=max_roll_deg)
    judges = (_people, _copied, _cut, _pose, _eyes, _mouth, _hat, _light, _texture, _colour)
    return (*roll, *(found for judge in judges for found in judge(measures)))


def _people(measures: Measures) -> Iterator[Defect]:
    if measures["second_face"] >= limits.SECOND_FACE_SHARE:
        yield Defect("photo-several-faces", measures["faces"], 1, severe=True)


def _cut(measures: Measures) -> Iterator[Defect]:
    outside, crown = measures["outline_outside"], measures["crown_cut"]
    if outside > limits.OUTLINE_OUTSIDE_FAIL:
        yield Defect("photo-head-cut", outside, limits.OUTLINE_OUTSIDE_FAIL, severe=True)
    elif crown > limits.CROWN_CUT_FAIL:
        yield Defect("photo-head-cut", crown, limits.CROWN_CUT_FAIL, severe=True)


def _pose(measures: Measures) -> Iterator[Defect]:
    yield from _at_most("photo-yaw", abs(measures["yaw_deg"]), warn=limits.YAW_WARN_DEG, fail=limits.YAW_FAIL_DEG)
    yield from _at_most(
        "photo-pitch", abs(measures["pitch_deg"]), warn=limits.PITCH_WARN_DEG, fail=limits.PITCH_FAIL_DEG
    )


def _copied(measures: Measures) -> Iterator[Defect]:
    """Pictures of pictures: what their camera lost cannot be brought back."""
    yield from _at_most("photo-of-screen", measures["screen"], warn=None, fail=limits.SCREEN_FAIL)
    yield from _at_most("photo-of-photo", measures["inner_frame"], warn=None, fail=limits.INNER_FRAME_FAIL)


def _eyes(measures: Measures) -> Iterator[Defect]:
    """One thing at most: behind lenses or a mirrored lamp the network guesses the lids."""
    if measures["eye_hidden"] > limits.EYE_HIDDEN_FAIL:
        yield Defect("photo-sunglasses", measures["eye_hidden"], limits.EYE_HIDDEN_FAIL, severe=True)
    elif measures["glare"] > limits.GLARE_WARN:
        yield Defect("photo-glare", measures["glare"], limits.GLARE_WARN)
    elif measures["iris_height_lower"] < limits.COVERED_IRIS_WARN and measures["iris_height"] >= limits.SEEN_IRIS:
        yield Defect("photo-eye-covered", measures["iris_height_lower"], limits.COVERED_IRIS_WARN)
    else:
        yield from _at_least(
            "photo-eyes-closed", measures["eye_openness"], warn=limits.EYE_OPENNESS_WARN, fail=limits.EYE_OPENNESS_FAIL
        )
    yield from _at_most("photo-red-eyes", measures["red_eye"], warn=limits.RED_EYE_WARN, fail=None)


def _mouth(measures: Measures) -> Iterator[Defect]:
    yield from _at_most("photo-mouth-open", measures["mouth_open"], warn=limits.MOUTH_OPEN_WARN, fail=None)
    contrast = measures.get("mouth_contrast", 1.0)
    if contrast < limits.MOUTH_CONTRAST_WARN and measures["lip_redness"] < limits.LIP_REDNESS_WARN:
        yield Defect("photo-mouth-covered", contrast, limits.MOUTH_CONTRAST_WARN)


def _hat(measures: Measures) -> Iterator[Defect]:
    if (
        measures["forehead_darkness"] > limits.HAT_DARKNESS_WARN
        and measures["forehead_hue"] > limits.HAT_HUE_DEG
        and measures["forehead_chroma"] > limits.HAT_MIN_CHROMA
    ):
        yield Defect("photo-hat", measures["forehead_darkness"], limits.HAT_DARKNESS_WARN)


def _light(measures: Measures) -> Iterator[Defect]:
    brightness = measures["brightness"]
    yield from _at_least("photo-too-dark", brightness, warn=limits.BRIGHTNESS_WARN, fail=limits.BRIGHTNESS_FAIL)
    if measures["burnt"] > limits.BURNT_FAIL:
        yield Defect("photo-too-bright", measures["burnt"], limits.BURNT_FAIL, severe=True)
    else:
        yield from _at_most("photo-very-bright", brightness, warn=limits.BRIGHTNESS_HIGH_WARN, fail=None)
    yield from _at_most("photo-uneven-light", measures["uneven"], warn=limits.UNEVEN_WARN, fail=None)
    # In the dark there is no contrast either, and one reason is enough.
    if brightness >= limits.BRIGHTNESS_WARN and measures["contrast"] < limits.CONTRAST_WARN:
        yield Defect("photo-low-contrast", measures["contrast"], limits.CONTRAST_WARN)


def _texture(measures: Measures) -> Iterator[Defect]:
    blurred = tuple(_at_least("photo-blurred", measures["clarity"], warn=limits.CLARITY_WARN, fail=limits.CLARITY_FAIL))
    yield from blurred or _at_most("photo-moved", measures["smear_px"], warn=limits.SMEAR_WARN_PX, fail=None)
    yield from _at_most("photo-noisy", measures["noise"], warn=limits.NOISE_WARN, fail=None)
    yield from _at_most("photo-blocky", measures["blockiness"], warn=limits.BLOCKINESS_WARN, fail=None)


def _colour(measures: Measures) -> Iterator[Defect]:
    grey = measures["chroma"] < limits.CHROMA_FAIL
    if grey and measures["two_tone"] > limits.TWO_TONE_FAIL:
        yield Defect("photo-black-and-white-copy", measures["two_tone"], limits.TWO_TONE_FAIL, severe=True)
    elif grey:
        yield Defect("photo-greyscale", measures["chroma"], limits.CHROMA_FAIL, severe=True)
    elif measures["colour_variety"] < limits.COLOUR_VARIETY_FAIL:
        # Sepia and the blue of an old copier are black and white in one tone.
        yield Defect("photo-greyscale", measures["colour_variety"], limits.COLOUR_VARIETY_FAIL, severe=True)
    else:
        yield from _colour_cast(measures)


def _colour_cast(measures: Measures) -> Iterator[Defect]:
    spans = ((measures["skin_a"], limits.SKIN_A_SPAN), (measures["skin_b"], limits.SKIN_B_SPAN))
    for value, (low, high) in spans:
        if not low <= value <= high:
            yield Defect("photo-colour-cast", value, low if value < low else high)
            return


def _at_most(code: str, value: float, *, warn: float | None, fail: float | None) -> Iterator[Defect]:
    if fail is not None and value > fail:
        yield Defect(code, value, fail, severe=True)
    elif warn is not None and value > warn:
        yield Defect(code, value, warn)


def _at_least(code: str, value: float, *, warn: float, fail: float) -> Iterator[Defect]:
    if value < fail:
        yield Defect(code, value, fail, severe=True)
    elif value < warn:
        yield Defect(code, value, warn)


def _file_defects(standard: PhotoStandard, *, source_bytes: int | None, source_format: str | None) -> Iterator[Defect]:
    if source_format is not None and source_format not in standard.formats:
        yield Defect("photo-wrong-format", severe=True)
    if source_bytes is None:
        return
    if source_bytes > standard.max_bytes:
        yield Defect("photo-too-many-bytes", source_bytes, standard.max_bytes, severe=True)
    if source_bytes < standard.min_bytes:
        yield Defect("photo-too-few-bytes", source_bytes, standard.min_bytes, severe=True)


def too_few_pixels(standard: PhotoStandard, *, width_px: int, height_px: int) -> tuple[Defect, ...]:
    """The defect of a picture smaller than the standard, told of the side that is shorter by more; else nothing.

    The exam photo tool refuses sources below 295x413 and forbids enlarging (photo.md, "Chinese rules").
    """
    if width_px < standard.width_px and width_px * standard.height_px <= height_px * standard.width_px:
        return (Defect("photo-too-few-pixels", width_px, standard.width_px, severe=True),)
    if height_px < standard.height_px:
        return (Defect("photo-too-few-pixels", height_px, standard.height_px, severe=True),)
    return ()


def _size_defects(width: int, height: int, standard: PhotoStandard) -> Iterator[Defect]:
    """Too small can never be mended and has its own code; any other size only needs a new crop."""
    yield from too_few_pixels(standard, width_px=width, height_px=height)
    if width != standard.width_px:
        yield Defect("photo-wrong-size", width, standard.width_px, severe=True)
    elif height != standard.height_px:
        yield Defect("photo-wrong-size", height, standard.height_px, severe=True)


def pixels_needed(height_px: int, enlargement: float) -> float:
    """Height that the same picture would need so that it has no longer to be enlarged, whole pixels."""
    # 412 * (413 / 412) is a hair above 413 in binary.
    return float(math.ceil(height_px * enlargement - 1e-6))


def _placement_defects(measures: Measures, standard: PhotoStandard) -> Iterator[Defect]:
    if measures["turned_deg"]:
        # Shares of a turned picture would be shares of another side.
        yield Defect("photo-turned", measures["turned_deg"], 0, severe=True)
        return
    head, margin, face = measures["head"], measures["top_margin"], measures["face_width"] * standard.width_px
    if not standard.usable_head.holds(head):
        yield Defect("photo-head-size", head, standard.usable_head.nearest_bound(head), severe=True)
    elif standard.good_head is not None and not standard.good_head.holds(head):
        yield Defect("photo-head-size", head, standard.good_head.nearest_bound(head))
    if standard.good_face_width is not None and not standard.good_face_width.holds(measures["face_width"]):
        bound = standard.good_face_width.nearest_bound(measures["face_width"]) * standard.width_px
        yield Defect("photo-face-width", face, bound)
    if not standard.usable_top_margin.holds(margin):
        yield Defect("photo-top-margin", margin, standard.usable_top_margin.nearest_bound(margin), severe=True)
    elif not standard.good_top_margin.holds(margin):
        yield Defect("photo-top-margin", margin, standard.good_top_margin.nearest_bound(margin))
    if measures["eye_line"] < standard.min_eye_line:
        yield Defect("photo-eye-line", measures["eye_line"], standard.min_eye_line, severe=True)
    yield from _at_most("photo-off-centre", measures["off_centre"], warn=standard.max_off_centre, fail=None)


def _background_defects(measures: Measures, standard: PhotoStandard) -> Iterator[Defect]:
    if "background_white" not in measures:
        return
    share = max((measures[f"background_{colour}"] for colour in standard.backgrounds), default=1.0)
    if share < limits.BACKGROUND_WHITE_FAIL:
        code = "photo-background-not-white" if standard.backgrounds == ("white",) else "photo-background-colour"
        yield Defect(code, share, limits.BACKGROUND_WHITE_FAIL, severe=True)
    if measures["background_white"] >= limits.BACKGROUND_WHITE_FAIL:
        return
    yield from _at_most(
        "photo-background-not-uniform", measures["background_spread"], warn=limits.BACKGROUND_SPREAD_WARN, fail=None
    )
