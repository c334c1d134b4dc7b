"""The field `seal_present` for papers whose seal is not compared with anybody's name."""

from __future__ import annotations

from ocr.model import Field
from ocr.stamped import Stamps


def seal_presence(stamps: Stamps, *, unseen: float) -> Field:
    """Whether a coloured seal is on the page.

    A steel seal leaves no colour and is not seen, so on papers that often carry one "none" is a weak word.

    Args:
        stamps: Seals of the page, the clearest first.
        unseen: How certain it is that there is no seal when none was found, 0..1.
    """
    if not stamps.spots:
        return Field(False, unseen)
    spot = stamps.spots[0]
    return Field(True, min(1.0, spot.ring), spot.box)
