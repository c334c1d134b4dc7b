"""One difference that several papers show alike is told once.

Papers that agree with each other against the form have one cause, and the reviewer of three hundred cases wants to
read it once. The surest finding tells it for all of them; the others stay as notes, so that each page keeps its mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from verify.compare import FieldKind, compare
from verify.model import Finding, Level, Match
from verify.rules.case import slot_kind
from verify.wording import finding, kind_name, material_name

_DIFFERING = frozenset({Match.FUZZY, Match.DIFFERENT})
_SAME = frozenset({Match.EXACT, Match.NORMALISED})
_ORDER = {Level.BLOCK: 0, Level.MISMATCH: 1, Level.WARN: 2, Level.INFO: 3}


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding about one field of one paper, and what is needed to hold it beside another.

    Attributes:
        finding: What was found.
        kind: How values of this field are compared; None for what is no comparison.
    """

    finding: Finding
    kind: FieldKind | None = None


def tell_once(differences: Sequence[Difference]) -> Iterator[Finding]:
    """The findings in their order; where papers agree with each other, all but the surest become notes."""
    told: dict[int, Finding] = {}
    for path in dict.fromkeys(item.finding.field for item in differences):
        places = [at for at, item in enumerate(differences) if item.finding.field == path and _differs(item)]
        told |= _told_together(differences, places)
    yield from (told.get(at, item.finding) for at, item in enumerate(differences))


def _differs(item: Difference) -> bool:
    return item.kind is not None and item.finding.match in _DIFFERING and item.finding.read is not None


def _told_together(differences: Sequence[Difference], places: Sequence[int]) -> dict[int, Finding]:
    """What the findings at these places become; empty where no two papers agree."""
    if not places:
        return {}
    first = min(places, key=lambda at: (_ORDER[differences[at].finding.level], -differences[at].finding.confidence))
    lead = differences[first]
    with_it = [at for at in places if at != first and _agree(lead, differences[at])]
    papers = [_paper_name(differences[at]) for at in (first, *with_it)]
    if len(set(papers)) < 2:
        return {}
    notes = {at: replace(differences[at].finding, level=Level.INFO) for at in with_it}
    joint = _joint(lead.finding, papers)
    return {first: replace(lead.finding, message=joint.message, short=joint.short), **notes}


def _agree(first: Difference, other: Difference) -> bool:
    if first.kind is None or first.finding.read is None or other.finding.read is None:
        return False
    return compare(first.kind, first.finding.read, other.finding.read).match in _SAME


def _paper_name(item: Difference) -> str:
    slot, paper = item.finding.material or "", item.finding.paper
    if paper is not None and slot_kind(slot) is not paper:
        return kind_name(paper)
    return material_name(slot)


def _joint(lead: Finding, papers: Sequence[str]) -> Finding:
    """The finding whose texts stand for all of them."""
    return finding(
        "papers-agree-against-form",
        level=lead.level,
        field=lead.field,
        entered=lead.entered,
        read=lead.read,
        value="、".join(dict.fromkeys(papers)),
    )
