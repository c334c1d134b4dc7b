"""Which materials are due and are they there, each in its place (domain.md section 1.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ocr.model import Kind
from verify.filing.circumstances import circumstances_of
from verify.filing.due import Due, materials_due
from verify.model import Finding, Level
from verify.rules.case import CaseView, belongs, slot_kind
from verify.wording import finding, kind_name

# Evidence for a kind from which the reader's word is enough to say that the document is in the wrong place.
SURE_OF_KIND = 0.6


def check_materials(case: CaseView) -> Iterator[Finding]:
    """Missing materials and unknown slots."""
    present = _present(case)
    for due in materials_due(case.entered, circumstances_of(case.entered, today=case.today), case.policy):
        held = sum(present[kind] for kind in due.one_of)
        if due.count > held:
            yield _missing(case, due, count=due.count - held)
    for slot in case.materials:
        if slot_kind(slot) is None:
            yield finding("slot-unknown", level=Level.WARN, material=slot, value=slot)


def _present(case: CaseView) -> Counter[Kind]:
    """Uploaded materials by kind; what came along on the picture of another document counts too."""
    found: Counter[Kind] = Counter()
    served: set[str] = set()
    for slot in case.materials:
        kind = slot_kind(slot)
        if kind is not None:
            found[kind] += 1
    for document in case.documents:
        if document.kind is slot_kind(document.slot) and document.slot not in served:
            served.add(document.slot)
        else:
            found[document.kind] += 1
    return found


def _missing(case: CaseView, due: Due, *, count: int) -> Finding:
    names = "或".join(kind_name(kind) for kind in due.one_of)
    return finding(
        "material-missing",
        level=due.level,
        policy=case.policy,
        source=due.source,
        # A second diploma that is missing must not fall together with the first.
        material=due.one_of[0].value,
        value=f"{names}（还缺 {count} 份）" if due.count > 1 else names,
    )


def check_kinds(case: CaseView) -> Iterator[Finding]:
    """Documents that lie in another kind's slot."""
    for slot, material in case.materials.items():
        wanted = slot_kind(slot)
        known = [reading for reading in material.readings if reading.kind not in (Kind.UNKNOWN, Kind.PHOTO)]
        if wanted is None or not known or any(reading.kind is wanted for reading in known):
            continue
        best = max(known, key=lambda reading: reading.kind_confidence)
        if wanted is Kind.PHOTO and not best.fields:
            continue
        swapped = belongs(best, slot)
        yield finding(
            "wrong-side" if swapped else "wrong-document",
            level=Level.BLOCK if best.kind_confidence >= SURE_OF_KIND else Level.WARN,
            material=slot,
            value=kind_name(best.kind),
            confidence=best.kind_confidence,
        )
