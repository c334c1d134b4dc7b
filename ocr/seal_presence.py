"""The field `seal_present` for papers whose seal is not compared with anybody's name."""

from __future__ import annotations

from imaging.seal import SealSpot
from ocr.model import Field
from ocr.stamped import Stamps

# A seal is round, square, or oval up to 45 x 30 mm (domain.md 3.7). The framed rubber stamps that schools put beside
# every term (注册) are about twice as wide as high.
_MOST_ELONGATED = 1.75


def seal_presence(stamps: Stamps, *, unseen: float) -> Field:
    """Whether a coloured seal is on the page.

    A steel seal leaves no colour and is not seen, so on papers that often carry one "none" is a weak word.

    Args:
        stamps: Seals of the page, the clearest first.
        unseen: How certain it is that there is no seal when none was found, 0..1.
    """
    spot = next((spot for spot in stamps.spots if _is_seal(spot)), None)
    if spot is None:
        return Field(False, unseen)
    return Field(True, min(1.0, spot.ring), spot.box)


def _is_seal(spot: SealSpot) -> bool:
    return spot.ellipse.major_px <= _MOST_ELONGATED * max(spot.ellipse.minor_px, 1.0)
