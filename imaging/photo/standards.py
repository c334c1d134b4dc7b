"""The photo standards that a policy can choose by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A closed range of allowed values."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """True when the value lies in the range, ends included."""
        return self.low <= value <= self.high

    def nearest_bound(self, value: float) -> float:
        """The end of the range that the value is held against."""
        return self.low if value < (self.low + self.high) / 2 else self.high


@dataclass(frozen=True, slots=True)
class PhotoStandard:
    """Size, geometry and file rules of one kind of photo.

    A policy with other byte limits takes a standard and changes them with `dataclasses.replace`.

    Attributes:
        name: Stable name used by policy packs.
        width_px: Required width.
        height_px: Required height.
        dpi: Density written into the file.
        made_head: Hair top to chin over photo height; the maker aims at the middle and stays inside.
        made_face_width: Face width at the ears over photo width; where given, it sets the scale instead.
        made_top_margin: Hair top below the upper edge over photo height, for the maker.
        good_head: The checker warns outside; None where the standard has no such rule.
        good_face_width: Face width over photo width; the checker warns outside.
        good_top_margin: The checker warns outside.
        usable_head: The checker refuses outside.
        usable_top_margin: The checker refuses outside.
        min_eye_line: Eyes above the lower edge over photo height, at least.
        max_off_centre: Distance of the face's middle from the photo's middle over photo width; warning above.
        backgrounds: Allowed colours, of `white`, `blue` and `red`; empty allows any.
        formats: Accepted file formats, as `Rendition.source_format` names them.
        min_bytes: Smallest accepted file; 0 where there is no rule.
        max_bytes: Largest accepted file.
    """

    name: str
    width_px: int
    height_px: int
    dpi: int
    made_head: Span
    made_face_width: Span | None
    made_top_margin: Span
    good_head: Span | None
    good_face_width: Span | None
    good_top_margin: Span
    usable_head: Span
    usable_top_margin: Span
    min_eye_line: float
    max_off_centre: float
    backgrounds: tuple[str, ...]
    formats: tuple[str, ...]
    min_bytes: int
    max_bytes: int


# 1 inch = 25 x 35 mm = 295 x 413 px at 300 dpi (domain.md 3.1 and 4.3: Hubei, Henan, the exam photo tool).
# What the maker aims at is photo.md "Recommended goals" 4. No notice states a head size for it, so the checker uses
# wider ranges: four published 1-inch samples measure 0.55-0.66 head and 0.055-0.094 margin, GA 461 asks about 2/3
# and a margin from 0.016, and the widest spans are where a head fills less than half or more than 4/5 of the photo.
# 20 KB is accepted up to 20 480 bytes (design.md section 3); the maker is told its own, lower limit.
ONE_INCH = PhotoStandard(
    name="one-inch",
    width_px=295,
    height_px=413,
    dpi=300,
    made_head=Span(0.60, 0.67),
    made_face_width=None,
    made_top_margin=Span(0.05, 0.09),
    good_head=Span(0.55, 0.70),
    good_face_width=None,
    good_top_margin=Span(0.015, 0.12),
    usable_head=Span(0.45, 0.80),
    usable_top_margin=Span(0.0, 0.20),
    min_eye_line=0.47,
    max_off_centre=0.06,
    backgrounds=("white",),
    formats=("JPEG", "PNG"),
    min_bytes=0,
    max_bytes=20_480,
)

# GA 461-2004, the photo of the resident identity card (domain.md 3.1): 358 x 441 px at 350 dpi, face width
# 207 +- 14 px, hair top 7-21 px below the edge, eyes at least 207 px above the lower edge, which wins in a conflict.
# The head is about 2/3 of the photo; that is only "about", and a face of 207 px under high hair passes it, so the
# maker merely prefers at most 3/4 and the checker refuses at wide ends.
GA461 = PhotoStandard(
    name="ga461",
    width_px=358,
    height_px=441,
    dpi=350,
    made_head=Span(0.60, 0.75),
    made_face_width=Span(193 / 358, 221 / 358),
    made_top_margin=Span(7 / 441, 21 / 441),
    good_head=None,
    good_face_width=Span(193 / 358, 221 / 358),
    good_top_margin=Span(7 / 441, 21 / 441),
    usable_head=Span(0.45, 0.90),
    usable_top_margin=Span(0.0, 0.20),
    min_eye_line=207 / 441,
    max_off_centre=0.06,
    backgrounds=("white",),
    formats=("JPEG",),
    min_bytes=0,
    max_bytes=20_480,
)

STANDARDS: dict[str, PhotoStandard] = {standard.name: standard for standard in (ONE_INCH, GA461)}
