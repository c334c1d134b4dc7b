"""Files and images: what imaging and the reader noticed, formats and sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from imaging.model import Defect
from ocr.model import Field, Kind, Reading
from verify.compare import FieldKind
from verify.identifiers.resident import parse_resident
from verify.model import Finding, Level, Material
from verify.rules.case import CaseView, Document, slot_kind
from verify.rules.field_rules import FieldRule, rules_of
from verify.wording import finding, finding_of_defect

# What makes a page hard to read. Where everything was read all the same, such a picture served its purpose. Whether
# the page is whole, an original and no screen (the other codes of pages) does not depend on that.
LEGIBILITY = frozenset(
    {
        "page-blurred",
        "page-cut-off",
        "page-glare",
        "page-low-resolution",
        "page-shadow",
        "page-shaken",
        "page-small-text",
        "page-too-dark",
    }
)
# Codes that say themselves that a page is no document that can be read.
_NO_DOCUMENT = frozenset(
    {
        "engine-failed",
        "kind-unknown",
        "no-text",
        "not-a-document",
        "page-blank",
        "portrait-instead-of-document",
    }
)
# Score from which a field counts as read at all, whatever it says. Judgement from the ranges in ocr.md section 5.
_READ = 0.80
# Few pixels on a seal do no harm where its name was read.
_OF_SEALS = "seal-low-resolution"


def check_files(case: CaseView) -> Iterator[Finding]:
    """Defects of every material, then format and size."""
    for slot, material in case.materials.items():
        yield from _defects(case, slot, material)
        yield from _format_and_size(case, slot, material)
        if not material.readings and not material.defects and slot_kind(slot) not in (None, Kind.PHOTO):
            yield finding("no-text", level=Level.BLOCK, material=slot)
        yield from _unknown_kind(slot, material)


def _defects(case: CaseView, slot: str, material: Material) -> Iterator[Finding]:
    seen: set[tuple[str, object]] = set()
    harmless = _harmless(case, slot)
    read = ((reading.picture, defect) for reading in material.readings for defect in reading.defects)
    for picture, defect in (*((0, defect) for defect in material.defects), *read):
        if (defect.code, defect.box) in seen or _told_by_field(defect, material.readings):
            continue
        seen.add((defect.code, defect.box))
        found = finding_of_defect(defect, material=slot, picture=picture, policy=case.policy, repaired=True)
        if defect.code in harmless and found.level is not Level.INFO:
            # The picture is poor, yet everything was read: nothing to block and nothing to look at.
            found = replace(found, level=Level.WARN if defect.severe else Level.INFO)
        yield found


def _told_by_field(defect: Defect, readings: tuple[Reading, ...]) -> bool:
    """A missing seal is told by the field `seal_present`, which knows how sure it is."""
    return defect.code == "seal-missing" and any("seal_present" in reading.fields for reading in readings)


def _harmless(case: CaseView, slot: str) -> frozenset[str]:
    """Codes that did no harm, because what they endanger was read."""
    documents = [document for document in case.documents if document.slot == slot]
    seal_read = any(_is_sure(document.field("seal_text")) for document in documents)
    return frozenset({_OF_SEALS} if seal_read else ()) | (LEGIBILITY if _was_read_well(documents) else frozenset())


def _was_read_well(documents: Sequence[Document]) -> bool:
    """True when every field that these papers print was read with confidence.

    One unread number outweighs all the rest: a card cut in half still shows most of its fields.
    """
    printed = [(document, rule) for document in documents for rule in rules_of(document) if rule.printed]
    return bool(printed) and all(_is_sure(document.field(rule.read), rule) for document, rule in printed)


def _is_sure(field: Field | None, rule: FieldRule | None = None) -> bool:
    if field is None or field.confidence < _READ:
        return False
    # A number with a check digit proves itself, or that it was misread.
    if rule is not None and rule.kind is FieldKind.RESIDENT_NUMBER:
        return parse_resident(str(field.value)).is_valid
    return True


def _format_and_size(case: CaseView, slot: str, material: Material) -> Iterator[Finding]:
    kind = slot_kind(slot)
    if kind is None or material.source_format is None:
        return
    limits = case.policy.limits_of(kind)
    if material.source_format not in limits.formats:
        yield finding(
            "format-will-be-converted",
            level=Level.INFO,
            source=limits.source,
            material=slot,
            value=material.source_format,
        )
    if material.size_bytes > limits.accepted_bytes:
        yield finding(
            "bytes-will-be-compressed",
            level=Level.INFO,
            source=limits.source,
            material=slot,
            measured=material.size_bytes,
            limit=limits.accepted_bytes,
        )


def _unknown_kind(slot: str, material: Material) -> Iterator[Finding]:
    """A page that holds text but no document we know, when the reader did not say so itself."""
    told = {defect.code for reading in material.readings for defect in reading.defects}
    told |= {defect.code for defect in material.defects}
    if told & _NO_DOCUMENT:
        return
    if material.readings and all(reading.kind is Kind.UNKNOWN for reading in material.readings):
        yield finding("kind-unknown", level=Level.BLOCK, material=slot)
