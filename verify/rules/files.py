"""Files and images: what imaging and the reader noticed, formats and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from imaging.model import Defect
from ocr.model import Kind, Reading
from verify.model import Finding, Level, Material
from verify.rules.case import CaseView, slot_kind
from verify.rules.fields import expected_rules, unread_rules
from verify.wording import finding, finding_of_defect

# A page whose fields were read to this share served its purpose, however it looks.
READ_WELL_SHARE = 0.8


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
    well_read = _was_read_well(case, slot)
    for defect in (*material.defects, *(defect for reading in material.readings for defect in reading.defects)):
        if (defect.code, defect.box) in seen or _told_by_field(defect, material.readings):
            continue
        seen.add((defect.code, defect.box))
        found = finding_of_defect(defect, material=slot, policy=case.policy, repaired=True)
        if well_read and defect.code.startswith("page-") and found.level is not Level.INFO:
            # The picture is poor, yet everything was read: nothing to block and nothing to look at.
            found = replace(found, level=Level.WARN if defect.severe else Level.INFO)
        yield found


def _told_by_field(defect: Defect, readings: tuple[Reading, ...]) -> bool:
    """A missing seal is told by the field `seal_present`, which knows how sure it is."""
    return defect.code == "seal-missing" and any("seal_present" in reading.fields for reading in readings)


def _was_read_well(case: CaseView, slot: str) -> bool:
    documents = [document for document in case.documents if document.slot == slot]
    expected = sum(len(expected_rules(case, document)) for document in documents)
    unread = sum(len(unread_rules(case, document)) for document in documents)
    return expected > 0 and expected - unread >= READ_WELL_SHARE * expected


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
    if told & {"kind-unknown", "no-text", "not-a-document", "engine-failed"}:
        return
    if material.readings and all(reading.kind is Kind.UNKNOWN for reading in material.readings):
        yield finding("kind-unknown", level=Level.BLOCK, material=slot)
