"""What each kind of document asks of its picture, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ocr.model import Kind


@dataclass(frozen=True, slots=True)
class PageDemands:
    """Least values for one kind of document; how they were measured: docs/page-quality.md.

    Attributes:
        colour: The paper carries colour, so a picture without any is a copy: a red seal, a coloured ground, a photo.
        long_side_px: Longer side of the paper in pixels.
        hopeless_long_side_px: Below it reading is hopeless.
        line_px: Height of a recognised line's box (characters and a margin of about a quarter), 25th percentile.
        seal_px: Longer side of a seal where one was found; 0 where none is asked about.
    """

    colour: bool = False
    long_side_px: float = 400.0
    hopeless_long_side_px: float = 240.0
    line_px: float = 11.0
    seal_px: float = 0.0


# Cards: all 36 values of drawn cards of 270 px were read, 35 of 36 at 225 px, boxes then 10 to 12 px high; real
# specimens lose values from 315 px down (reference page on OCR, 5.2), so the limits of long sides are theirs.
_CARD = PageDemands(colour=True)
# Pages: at 700 px 123 of 124 values, at 600 px 120 (boxes of 14 to 16 px), at 400 px 107 (10 to 12 px).
_PAGE = PageDemands(long_side_px=700.0, hopeless_long_side_px=450.0, line_px=14.0)
# A seal's name is read exactly from 200 px across on in two of three cases, never at 130 px (the same page, 3.2).
_STAMPED = PageDemands(colour=True, long_side_px=700.0, hopeless_long_side_px=450.0, line_px=14.0, seal_px=200.0)

# Layouts of student cards and residence permits differ from place to place (domain page, 3.3): nothing is asked of
# their colour. Enrolment proofs, household pages and unit certificates carry a red stamp (the same page).
DEMANDS: Mapping[Kind, PageDemands] = MappingProxyType(
    {
        Kind.ID_CARD_FRONT: _CARD,
        Kind.ID_CARD_BACK: _CARD,
        Kind.RESIDENCE_PERMIT: PageDemands(),
        Kind.STUDENT_CARD: PageDemands(),
        Kind.HOUSEHOLD_REGISTER: _STAMPED,
        Kind.WORK_CERTIFICATE: _STAMPED,
        Kind.DIPLOMA: _STAMPED,
        Kind.DEGREE_CERTIFICATE: _STAMPED,
        Kind.QUALIFICATION_CERTIFICATE: _STAMPED,
        Kind.ENROLMENT_PROOF: _STAMPED,
        Kind.UNIT_CERTIFICATE: _STAMPED,
        Kind.INFORMATION_FORM: _STAMPED,
        Kind.UNKNOWN: PageDemands(),
    }
)


def demands_of(kinds: Sequence[Kind]) -> PageDemands:
    """What a picture with documents of these kinds must fulfil: the mildest, but colour if any asks for it."""
    asked = [DEMANDS.get(kind, _PAGE) for kind in kinds] or [PageDemands()]
    return PageDemands(
        colour=any(one.colour for one in asked),
        long_side_px=min(one.long_side_px for one in asked),
        hopeless_long_side_px=min(one.hopeless_long_side_px for one in asked),
        line_px=min(one.line_px for one in asked),
        seal_px=min(one.seal_px for one in asked),
    )
