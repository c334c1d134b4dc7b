"""What a comparison means: nothing, a note, something for a person to look at, or a mismatch.

A mismatch accuses, so it needs proof that the reading is right: recognisers return wrong names with scores of 0.98
and more (ocr.md section 5.3). A high score, nothing hidden, nothing repaired, and a difference that no slip explains
is the least. Everything else is a warning, and no warning is ever dropped.
"""

from __future__ import annotations

from ocr.model import Coverage, Field
from verify.compare import SEAL_ALIKE, Comparison, FieldKind
from verify.identifiers.resident import parse_resident
from verify.identifiers.uscc import parse_credit_code
from verify.model import Level, Match
from verify.plausible import is_plausible

# Scores from which a reading counts as sure; below, a difference is never more than a warning. A single character that
# differs needs more. Judgement from the ranges in ocr.md section 5; `make bench` watches the false mismatches.
SURE = 0.90
SURE_OF_ONE_CHARACTER = 0.97
# When another document or the number's own digits agree with what was typed, the reading stands alone.
SURE_AGAINST_OTHERS = 0.985
# Own names read from a seal stay above half alike; below it is another name (ocr.md section 3.2: the closest wrong
# names have a median of 0.64, own names of 0.96).
SEAL_FOREIGN = 0.5
# Higher than any score: no reading of this kind accuses.
_NEVER = 2.0

_CLOSED_SETS = frozenset(
    {
        FieldKind.GENDER,
        FieldKind.ETHNICITY,
        FieldKind.EDUCATION_LEVEL,
        FieldKind.STUDY_MODE,
        FieldKind.QUALIFICATION_LEVEL,
        FieldKind.DUTIES,
    }
)


def is_sure(field: Field) -> bool:
    """True for a reading that may be held against somebody: high score, all of it seen, nothing repaired."""
    return field.confidence >= SURE and not field.repaired and field.coverage is Coverage.COMPLETE


def level_of(
    kind: FieldKind, comparison: Comparison, field: Field, *, contradicted: bool = False, alike: float = 0.0
) -> Level | None:
    """The level of a comparison; None when there is nothing to say.

    Args:
        kind: Kind of the field.
        comparison: Its outcome.
        field: The reading behind it.
        contradicted: Other evidence agrees with what was typed.
        alike: For seals, `compare.seal_similarity` of the two.
    """
    match comparison.match:
        case Match.EXACT | Match.NORMALISED:
            return None
        case Match.VARIANT:
            # Two spellings of a person's name may be two persons; of a school or a place hardly ever.
            return Level.WARN if kind is FieldKind.NAME else Level.INFO
        case Match.FUZZY:
            return Level.WARN
    # A card keeps its old address after a move (居民身份证法 art. 11), so a difference there proves nothing.
    # Nor does a value that was repaired, or of which a part is hidden.
    if not is_sure(field) or kind is FieldKind.ADDRESS or not is_plausible(kind, _text(field)):
        return Level.WARN
    if kind is FieldKind.SEAL:
        return Level.MISMATCH if alike < min(SEAL_FOREIGN, SEAL_ALIKE) else Level.WARN
    needed = _needed(kind, comparison, _text(field))
    if contradicted and not _another_name(kind, comparison, _text(field)):
        needed = max(needed, SURE_AGAINST_OTHERS)
    return Level.MISMATCH if field.confidence >= needed else Level.WARN


def _text(field: Field) -> str:
    return "".join(field.value) if isinstance(field.value, tuple) else str(field.value)


def _another_name(kind: FieldKind, comparison: Comparison, read: str) -> bool:
    """True when no character of a name of several agrees: that is another person, not a slip."""
    return kind is FieldKind.NAME and len(read) > 1 and comparison.edits >= len(read)


def _needed(kind: FieldKind, comparison: Comparison, read: str) -> float:
    """The score from which a `different` is a mismatch."""
    if kind is FieldKind.RESIDENT_NUMBER:
        number = parse_resident(read)
        if not number.is_valid:
            return _NEVER
        # Fifteen digits have no check character that would speak for them.
        return SURE if len(number.text) == 18 else SURE_OF_ONE_CHARACTER
    if kind is FieldKind.CREDIT_CODE:
        return SURE if parse_credit_code(read).is_valid else _NEVER
    if kind in _CLOSED_SETS or kind in (FieldKind.DATE, FieldKind.GRADUATION):
        return SURE
    return SURE_OF_ONE_CHARACTER if comparison.edits <= 1 else SURE
