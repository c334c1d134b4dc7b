"""The same picture twice: within one case, and in other filings that the caller looked up.

Two clean scans of one printed form look much alike, so likeness alone accuses nobody: where the papers themselves show
different values, or name the right person, it is no sign of anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from imaging.fingerprint import SAVED_AGAIN_BITS, looks_same
from ocr.model import Kind, Reading
from verify.compare import FieldKind, compare
from verify.model import Finding, Level, Match, Material, Seen
from verify.rules.case import CaseView, slot_kind
from verify.rules.field_rules import RULES, names_nobody
from verify.severity import is_sure
from verify.wording import finding, material_name

_SAME = frozenset({Match.EXACT, Match.NORMALISED})


def check_same_image(case: CaseView) -> Iterator[Finding]:
    """One file in two slots blocks; two files that look like one picture are for a person to look at."""
    for (slot, material), (later, other) in combinations(case.materials.items(), 2):
        if _shows_both(material, slot, later):
            continue
        if material.sha256 and material.sha256 == other.sha256:
            yield finding("duplicate-image", level=Level.BLOCK, material=later, value=material_name(slot))
        elif _looks_like(material, other):
            yield finding("image-looks-same", level=Level.WARN, material=later, value=material_name(slot))


def _shows_both(material: Material, slot: str, other_slot: str) -> bool:
    """One picture with the documents of two slots, such as both sides of the card, may honestly be given for both."""
    wanted = Counter((slot_kind(slot), slot_kind(other_slot)))
    return wanted <= Counter(reading.kind for reading in material.readings)


def _looks_like(first: Material, second: Material) -> bool:
    if first.fingerprint is None or second.fingerprint is None:
        return False
    return looks_same(first.fingerprint, second.fingerprint) and not _tell_apart(first, second)


def _tell_apart(first: Material, second: Material) -> bool:
    """True when what was read shows two papers: of two kinds, or of one kind with a sure field that differs."""
    if not first.readings or not second.readings:
        return False
    one, other = first.readings[0], second.readings[0]
    if Kind.UNKNOWN in (one.kind, other.kind):
        return False
    return one.kind is not other.kind or any(
        _differ(one, other, rule.read, rule.kind) for rule in RULES.get(one.kind, ())
    )


def _differ(one: Reading, other: Reading, name: str, kind: FieldKind) -> bool:
    first, second = one.fields.get(name), other.fields.get(name)
    if first is None or second is None or not (is_sure(first) and is_sure(second)):
        return False
    if not isinstance(first.value, str) or not isinstance(second.value, str):
        return first.value != second.value
    return compare(kind, first.value, second.value).match is Match.DIFFERENT


def check_seen_elsewhere(case: CaseView) -> Iterator[Finding]:
    """Pictures that the caller has seen before: of the same person a note, of another one for a person to look at."""
    for slot, seen in case.seen_elsewhere.items():
        if slot not in case.materials or not seen:
            continue
        others = [upload for upload in seen if not upload.same_person]
        if not others:
            yield finding("image-seen-before", level=Level.INFO, material=slot, read=seen[0].reference or None)
            continue
        # The same bytes are the same picture. A picture that is only alike may be of the same printed form.
        harmless = not any(upload.exact for upload in others) and _may_look_alike(case, slot, others)
        yield finding(
            "image-seen-of-another",
            level=Level.INFO if harmless else Level.WARN,
            material=slot,
            read=next((upload.reference for upload in others if upload.reference), None),
        )


def _may_look_alike(case: CaseView, slot: str, others: Sequence[Seen]) -> bool:
    """True where likeness is no sign of anything: pages of nobody, papers that name this person, two faces on white."""
    if slot_kind(slot) is Kind.PHOTO:
        return all(upload.distance > SAVED_AGAIN_BITS for upload in others)
    return _of_nobody(case, slot) or _names_the_person(case, slot)


def _of_nobody(case: CaseView, slot: str) -> bool:
    """True for a page that names nobody: the emblem sides of one county differ in two dates only."""
    held = [document for document in case.documents if document.slot == slot]
    return bool(held) and all(document.kind is Kind.ID_CARD_BACK or names_nobody(document) for document in held)


def _names_the_person(case: CaseView, slot: str) -> bool:
    """True when the paper in the slot surely prints the name or the number that was typed."""
    person = case.entered.person
    expected = (("name", person.name, FieldKind.NAME), ("id_number", person.id_number, FieldKind.RESIDENT_NUMBER))
    return any(
        typed and is_sure(field) and isinstance(field.value, str) and compare(kind, typed, field.value).match in _SAME
        for document in case.documents
        if document.slot == slot
        for name, typed, kind in expected
        if (field := document.field(name)) is not None
    )
