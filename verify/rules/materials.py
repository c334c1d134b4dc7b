"""Which materials are due and are they there, each once and in its place (domain.md section 1.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ocr.model import Kind
from verify.model import Finding, Level, Material
from verify.policy_model import Requirement
from verify.rules.case import CaseView, belongs, slot_kind
from verify.wording import finding, kind_name, material_name

# Evidence for a kind from which the reader's word is enough to say that the document is in the wrong place.
SURE_OF_KIND = 0.6


def check_materials(case: CaseView) -> Iterator[Finding]:
    """Missing materials, unknown slots, and the same file twice."""
    present = _present(case)
    for requirement in case.policy.required:
        due = _due(case, requirement)
        held = sum(present[kind] for kind in requirement.one_of)
        if due > held:
            yield _missing(case, requirement, count=due - held, several=due > 1)
    for slot in case.materials:
        if slot_kind(slot) is None:
            yield finding("slot-unknown", level=Level.WARN, material=slot, value=slot)
    yield from _duplicates(case)


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


def _due(case: CaseView, requirement: Requirement) -> int:
    """How many materials of a requirement the form asks for."""
    entered = case.entered
    match requirement.when:
        case "always":
            return 1
        case "on_duty":
            return int(entered.work.on_duty is True)
        case "off_duty":
            return int(entered.work.on_duty is False)
        case "per_education":
            return sum(1 for entry in entered.education if entry.level or entry.school or entry.certificate_number)
        case "per_degree":
            return sum(1 for entry in entered.education if entry.degree or entry.degree_number)
        case _:
            return int(entered.qualification is not None)


def _missing(case: CaseView, requirement: Requirement, *, count: int, several: bool) -> Finding:
    names = "或".join(kind_name(kind) for kind in requirement.one_of)
    return finding(
        "material-missing",
        level=requirement.level,
        policy=case.policy,
        source=requirement.source,
        # A second diploma that is missing must not fall together with the first.
        material=requirement.one_of[0].value,
        value=f"{names}（还缺 {count} 份）" if several else names,
    )


def _duplicates(case: CaseView) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for slot, material in case.materials.items():
        if not material.sha256:
            continue
        earlier = first.setdefault(material.sha256, slot)
        if earlier != slot and not _shows_both(material, slot, earlier):
            yield finding("duplicate-image", level=Level.BLOCK, material=slot, value=material_name(earlier))


def _shows_both(material: Material, slot: str, earlier: str) -> bool:
    """One picture with the documents of two slots, such as both sides of the card, may honestly be given for both."""
    wanted = Counter((slot_kind(slot), slot_kind(earlier)))
    return wanted <= Counter(reading.kind for reading in material.readings)


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
