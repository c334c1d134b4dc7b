"""Holds what was read from two parts of a picture against what was read from the whole: a cut must lose nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imaging.split import Cut
from ocr.documents import CUTTABLE, Proposal, Reason, Side
from ocr.kinds import FULL_EVIDENCE, SECOND_KIND_EVIDENCE, evidence_by_kind
from ocr.model import Field, Kind, Reading
from ocr.page import Page

# Between two documents of one kind the ground has to show along this share of the cut: words say less there, for a
# booklet has two pages too. Measured on composites: 0.96 and more.
_LEAST_TWIN_CLEAR = 0.9
# Fields that both of two documents of one kind must have, the name among them: the two inner pages of a booklet share
# none, because nothing is printed twice.
_LEAST_COMMON_FIELDS = 3
# Unparted, both sides of a card are still read from one picture, so there nothing may be lost. Of two certificates one
# would be lost altogether; against that one field under a seal weighs little, unless it says whose paper it is.
CARD_SIDES = frozenset({Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK})
_MOST_LOST = 1
_IDENTIFYING = frozenset({"name", "id_number", "certificate_number"})


def is_promising(proposal: Proposal, before: Sequence[Mapping[str, Field]]) -> bool:
    """Whether the text on both sides already reads like documents, so that reading them again is worth the time.

    Args:
        proposal: What the words said.
        before: Per side the fields that its lines gave.
    """
    if proposal.reason is Reason.TWINS:
        return _have_in_common(*before)
    return all(side.kind is None or _values(fields) for side, fields in zip(proposal.sides, before, strict=True))


def is_clear(cut: Cut, proposal: Proposal) -> bool:
    """Whether enough ground shows along the cut, for what the words say."""
    return proposal.reason is not Reason.TWINS or cut.clear_share >= _LEAST_TWIN_CLEAR


def keeps_document(side: Side, before: Mapping[str, Field], after: Sequence[Reading]) -> bool:
    """Whether a part, read by itself, is one document and tells at least what its text told on the whole picture.

    Args:
        side: What was proposed.
        before: Fields that the side's lines gave.
        after: Readings of the part.
    """
    if len(after) != 1 or after[0].kind not in CUTTABLE:
        return False
    found = after[0]
    text = Page.of(found.lines, aspect=1.0).running.text
    evidence = evidence_by_kind(text)[found.kind]
    if side.kind is None:
        return evidence >= SECOND_KIND_EVIDENCE and bool(_values(found.fields))
    lost = _values(before) - _values(found.fields)
    bearable = len(lost) <= _MOST_LOST and not lost & _IDENTIFYING and found.kind not in CARD_SIDES
    return found.kind is side.kind and evidence >= min(side.evidence, FULL_EVIDENCE) and (bearable or not lost)


def are_two(found: Sequence[Reading]) -> bool:
    """Whether two readings are two documents and not two halves of one."""
    first, second = found
    if first.kind is not second.kind:
        return True
    if first.kind in CARD_SIDES:
        # Nobody gives the same side twice; what looks so is a card and its mirror image or shadow.
        return False
    return _have_in_common(first.fields, second.fields)


def _have_in_common(first: Mapping[str, Field], second: Mapping[str, Field]) -> bool:
    common = _values(first) & _values(second)
    return "name" in common and len(common) >= _LEAST_COMMON_FIELDS


def _values(fields: Mapping[str, Field]) -> frozenset[str]:
    """Names of the fields that were read."""
    return frozenset(name for name, field in fields.items() if field.value not in (None, "", ()))
