"""What can be told of an upload at once, without reading it: type, size, damage, blur, cut sides, empty, wrong sort.

The full reading has the last word, so a fast check blocks only what the reading would block too: pictures are measured
on a small copy, and whatever looks hopeless there is looked at again at full size and without trust in an outline.
Limits beyond which a picture is hopeless are wider here, because a page that was read well is never blocked, and
nothing was read yet.

What this does not tell: which document it is, whether print is large enough, whether a seal is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from imaging.blank import is_blank_on
from imaging.errors import DecoderKilled, ImageRefused
from imaging.geometry import Quad
from imaging.ink import InkedCopy, inked_copy
from imaging.model import Defect, Pixels, Rendition
from imaging.normalise import rendition_size
from imaging.outline import find_outline_on, is_cut, is_safe, lacks_corner
from imaging.photo.large_face import largest_face_share
from imaging.photo.weights import PhotoModels
from imaging.prescan import DEFAULT_LIMITS, prescan
from imaging.quality import PageQuality, QualityLimits, measure_page, page_defects
from imaging.sandbox import DEFAULT_DECODE_LIMITS, Decoder
from imaging.scanned import Scanned
from imaging.screenshot import LEAST_PLAIN, screen_signs
from intake.checked import FastCheck, refused_check
from intake.page_demands import demands_of
from intake.page_sort import PORTRAIT_FACE
from intake.parts import Parts
from intake.reading import refusal_defect
from intake.rules import photo_standard
from ocr.model import Kind
from verify.model import Finding, Level
from verify.policy_model import Policy
from verify.wording import finding, finding_of_defect

# Long side of the small copy. The JPEG decoder halves a picture for free from twice this size on: over 60 drawn uploads
# decoding took 39 ms in the mean, at 1800 px 58 ms. Of the 591 findings that the full renditions of those papers give,
# whole and spoilt in eleven ways, 36 do not come under the same name (at 1800 px 20, at 1000 px 46); half of them are a
# shake that is told as blur (measured 2026-11-28).
QUICK_SIDE_PX = 1200
# Clock time of one decode. Below the checker's deadline, so that a slow picture gets its own code and costs no child.
_DECODE_WALL_S = 8.0
# Whoever uploads waits, and a second look costs two to three times the first. A picture whose first look took longer
# than this (40 MP of WebP take 5 s) is left to the full reading: what was found is told, but does not block.
_MOST_FOR_SECOND_LOOK_S = 2.0
# Blurred by a tenth of a character's height, which mostly still reads, pages measure up to 0.40 (imaging.quality).
_HOPELESS_BLUR_SHARE = 0.40
# Cards of 225 px gave 35 of 36 values (intake.page_demands): no size alone is hopeless before the page was read.
_HOPELESS_LONG_SIDE_PX = 0.0
# Height of the face over the longer side. From PORTRAIT_FACE (0.23) on it may be one; drawn portraits have 0.31 and
# more, faces on drawn cards 0.16 and less, so from here on it certainly is one.
_CERTAIN_PORTRAIT = 0.30
# What still helps to say beside "empty" or "a portrait": the lens was covered (as in intake.page_sort).
_KEPT = frozenset({"page-too-dark"})
# What is said of a paper in the place of the photo, where its kind is not known yet.
_SOME_PAPER = "证件或证明"


class CheckDesk:
    """Decoders and networks of a process that checks uploads. Use as a context manager.

    Attributes:
        parts: Those of the full reading; no engine is ever loaded here.
        quick: Decodes to the small copy.
    """

    def __init__(self) -> None:
        limits = replace(DEFAULT_DECODE_LIMITS, wall_s=_DECODE_WALL_S)
        self.parts = Parts()
        self.parts.decoder = Decoder(limits)
        self.quick = Decoder(replace(limits, max_side_px=QUICK_SIDE_PX))

    def __enter__(self) -> Self:
        self.parts.decoder.start()
        self.quick.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.parts.decoder.close()
        self.quick.close()


def fast_check(data: bytes, kind: Kind, policy: Policy, desk: CheckDesk) -> FastCheck:
    """Checks an upload.

    Args:
        data: The upload as it came.
        kind: What it is said to be.
        policy: Formats, sizes and wording.
        desk: The process's parts.

    Returns:
        Findings, blocking ones first. A bad picture is a finding; what a native library raises is the caller's.

    Raises:
        PolicyInvalid: The policy names a photo standard that imaging does not have.
    """
    try:
        scanned = prescan(data, replace(DEFAULT_LIMITS, formats=policy.opened_formats))
        defects = _defects_in_time(_Upload(data, kind, scanned, desk), policy)
    except ImageRefused as refusal:
        return refused_check(refusal_defect(refusal), kind)
    width_px, height_px = _size(scanned, DEFAULT_DECODE_LIMITS.max_side_px)
    found = (*_worded(defects, kind, policy), *_file_findings(data, scanned, kind, policy))
    return FastCheck(
        findings=tuple(sorted(found, key=lambda item: item.level is not Level.BLOCK)),
        source_format=scanned.format,
        source_width_px=scanned.upright_width_px,
        source_height_px=scanned.upright_height_px,
        width_px=width_px,
        height_px=height_px,
        photo_will_be_made=any(defect.code == "photo-will-be-made" for defect in defects),
    )


def _size(scanned: Scanned, max_side_px: int) -> tuple[int, int]:
    return rendition_size(
        width_px=scanned.width_px,
        height_px=scanned.height_px,
        orientation=scanned.orientation,
        max_side_px=max_side_px,
    )


def _worded(defects: Iterable[Defect], kind: Kind, policy: Policy) -> Iterator[Finding]:
    unique = {(defect.code, defect.box): defect for defect in defects}
    for defect in unique.values():
        # What the service puts right by itself is only told, as in the rules on files.
        yield finding_of_defect(defect, material=kind.value, policy=policy, repaired=True)


def _file_findings(data: bytes, scanned: Scanned, kind: Kind, policy: Policy) -> Iterator[Finding]:
    """What becomes of the file: never the applicant's fault. The same words as in the rules on files."""
    limits = policy.limits_of(kind)
    if scanned.format not in limits.formats:
        yield finding(
            "format-will-be-converted",
            level=Level.INFO,
            source=limits.source,
            material=kind.value,
            value=scanned.format,
            policy=policy,
        )
    if len(data) > limits.accepted_bytes:
        yield finding(
            "bytes-will-be-compressed",
            level=Level.INFO,
            source=limits.source,
            material=kind.value,
            measured=len(data),
            limit=limits.accepted_bytes,
            policy=policy,
        )


@dataclass(frozen=True, slots=True)
class _Upload:
    """One upload on the desk."""

    data: bytes
    kind: Kind
    scanned: Scanned
    desk: CheckDesk

    @property
    def shrunk(self) -> float:
        """Long side of the full rendition over that of the small copy, at least 1."""
        return max(_size(self.scanned, DEFAULT_DECODE_LIMITS.max_side_px)) / max(_size(self.scanned, QUICK_SIDE_PX))


def _defects_in_time(upload: _Upload, policy: Policy) -> tuple[Defect, ...]:
    """What took too long here, or was killed, is only told: the full reading gives it more time and more tries."""
    try:
        return _defects(upload, policy)
    except ImageRefused as refusal:
        if refusal.code != "decoder-timeout" and not isinstance(refusal, DecoderKilled):
            raise
        return (Defect("check-unfinished"),)


def _defects(upload: _Upload, policy: Policy) -> tuple[Defect, ...]:
    """By the small copy; by the full one where the small one tells something that blocks."""
    look = _photo_look(upload, policy) if upload.kind is Kind.PHOTO else _page_look(upload)
    started = time.monotonic()
    found = look(upload.desk.quick.decode_scanned(upload.scanned), upload.shrunk)
    if upload.shrunk == 1.0 or not any(defect.severe for defect in found):
        return found
    if time.monotonic() - started > _MOST_FOR_SECOND_LOOK_S:
        return tuple(replace(defect, severe=False) for defect in found)
    return look(upload.desk.parts.decoder.decode_scanned(upload.scanned), 1.0)


_Look = Callable[[Rendition, float], tuple[Defect, ...]]


def _page_look(upload: _Upload) -> _Look:
    def look(rendition: Rendition, shrunk: float) -> tuple[Defect, ...]:
        found = defects_of_page(
            rendition.pixels, upload.kind, models=lambda: upload.desk.parts.photo_models, shrunk=shrunk
        )
        return (*rendition.defects, *found)

    return look


def _photo_look(upload: _Upload, policy: Policy) -> _Look:
    parts, standard = upload.desk.parts, photo_standard(policy)

    def look(rendition: Rendition, shrunk: float) -> tuple[Defect, ...]:
        report = parts.check_photo(rendition, standard, source_bytes=len(upload.data))
        if report.acceptable:
            return (*rendition.defects, *report.defects)
        found = (*rendition.defects, *parts.defects_after_making(rendition, report, policy))
        if not _is_paper_with_small_face(rendition.pixels, parts.photo_models):
            return found
        # A face could be cut out of an identity card; nobody is promised that.
        return (Defect("wrong-document", detail=_SOME_PAPER), *(d for d in found if d.code != "photo-will-be-made"))

    return look


def _is_paper_with_small_face(pixels: Pixels, models: PhotoModels) -> bool:
    # The face first: it takes a third of the outline's time, and nearly every photo ends there.
    if largest_face_share(pixels, models) >= PORTRAIT_FACE:
        return False
    return _trusted_outline(inked_copy(pixels)) is not None


def defects_of_page(
    pixels: Pixels, kind: Kind, *, models: Callable[[], PhotoModels], shrunk: float = 1.0
) -> tuple[Defect, ...]:
    """What pixels alone tell of a page.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), as uploaded or a small copy.
        kind: What it is said to be.
        models: Gives the photo tool's networks; asked only when a face is looked for.
        shrunk: By how much the full rendition is larger, at least 1.

    Returns:
        Severe only what stays so when the outline of the paper is wrong.
    """
    inked = inked_copy(pixels)
    outline = _trusted_outline(inked)
    signs = screen_signs(pixels)
    sort = None if signs.is_screenshot else _sort_of(inked, outline, models)
    quality = measure_page(pixels, outline, inked)
    found = page_defects(_at_full_size(quality, shrunk), _limits(kind))
    if outline is not None and any(defect.severe for defect in found):
        whole = page_defects(_at_full_size(measure_page(pixels, inked=inked), shrunk), _limits(kind))
        sure = {defect.code for defect in whole if defect.severe}
        found = tuple(replace(defect, severe=defect.severe and defect.code in sure) for defect in found)
    if sort is not None:
        return (sort, *(defect for defect in found if defect.code in _KEPT))
    if signs.is_screenshot:
        return (Defect("page-screenshot", measured=signs.plain, limit=LEAST_PLAIN), *found)
    return found


def _trusted_outline(inked: InkedCopy) -> Quad | None:
    found = find_outline_on(inked)
    return found.quad if found is not None and (is_safe(found) or is_cut(found) or lacks_corner(found)) else None


def _at_full_size(quality: PageQuality, shrunk: float) -> PageQuality:
    return replace(quality, long_side_px=quality.long_side_px * shrunk)


def _limits(kind: Kind) -> QualityLimits:
    demands = demands_of([kind])
    usual = QualityLimits()
    return replace(
        usual,
        hopeless_blur_share=_HOPELESS_BLUR_SHARE,
        least_chroma=usual.least_chroma if demands.colour else 0.0,
        least_long_side_px=demands.long_side_px,
        hopeless_long_side_px=_HOPELESS_LONG_SIDE_PX,
    )


def _sort_of(inked: InkedCopy, outline: Quad | None, models: Callable[[], PhotoModels]) -> Defect | None:
    """Empty, or a portrait. Severe where nothing speaks against it; the reader may still find writing otherwise."""
    # Where the paper is not empty, the whole picture is not either, and that is the usual case.
    if is_blank_on(inked, outline):
        return Defect("page-blank", severe=outline is None or is_blank_on(inked))
    share = largest_face_share(inked.pixels, models())
    if share < PORTRAIT_FACE:
        return None
    severe = share >= _CERTAIN_PORTRAIT and outline is None
    return Defect("portrait-instead-of-document", measured=share, limit=PORTRAIT_FACE, severe=severe)
