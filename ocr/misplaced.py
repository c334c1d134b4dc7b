"""A page that is read as one kind on somebody's word although its own words say another one."""

from __future__ import annotations

from collections.abc import Sequence

from imaging.model import Defect
from ocr.kinds import KindGuess
from ocr.model import Kind

# Certainty from which the page's words outweigh what was said (the same as for slots in `verify.rules.materials`).
SURE_OF_KIND = 0.6
_SIDES = frozenset({Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK})


def misplaced(guesses: Sequence[KindGuess], wanted: Kind | None) -> tuple[Defect, ...]:
    """`wrong-side` for the other side of a card, `wrong-document` for anything else known; `detail` is the kind found.

    Args:
        guesses: What the page's words say, the best first.
        wanted: What it is said to be; None when nobody said anything.
    """
    if wanted is None or not guesses or any(guess.kind is wanted for guess in guesses):
        return ()
    best = guesses[0]
    if best.kind is Kind.UNKNOWN:
        return ()
    sure = best.confidence >= SURE_OF_KIND
    if {best.kind, wanted} == _SIDES:
        return (Defect("wrong-side", measured=best.confidence, severe=sure, detail=best.kind.value),)
    return (Defect("wrong-document", measured=best.confidence, severe=sure, detail=best.kind.value),)
