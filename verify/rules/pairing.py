"""Which certificate belongs to which entry of the form: a person may hold two diplomas, or two qualifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ocr.model import Kind, Reading
from verify.compare import FieldKind, compare
from verify.entered import EnteredEducation, EnteredQualification
from verify.model import Match, Material
from verify.rules.case import CARD_SIDES, Document, belongs, slot_kind

# How much a field says about which entry a paper belongs to: a number nearly everything, a level little.
_DIPLOMA_KEYS = (
    ("certificate_number", "certificate_number", FieldKind.NUMBER, 8),
    ("school", "school", FieldKind.UNIT, 4),
    ("graduated_on", "graduated_on", FieldKind.GRADUATION, 4),
    ("level", "level", FieldKind.EDUCATION_LEVEL, 2),
    ("study_mode", "study_mode", FieldKind.STUDY_MODE, 2),
    ("major", "major", FieldKind.TEXT, 1),
)
_DEGREE_KEYS = (
    ("certificate_number", "degree_number", FieldKind.NUMBER, 8),
    ("school", "school", FieldKind.UNIT, 4),
    ("degree", "degree", FieldKind.DEGREE, 3),
    ("major", "major", FieldKind.TEXT, 1),
)
_QUALIFICATION_KEYS = (
    ("certificate_number", "certificate_number", FieldKind.NUMBER, 8),
    ("level", "level", FieldKind.QUALIFICATION_LEVEL, 4),
    ("approved_on", "approved_on", FieldKind.DATE, 4),
)
_SHARE = {Match.EXACT: 1.0, Match.NORMALISED: 1.0, Match.VARIANT: 0.9, Match.FUZZY: 0.6, Match.DIFFERENT: 0.0}


def documents_of(
    materials: Mapping[str, Material],
    education: Sequence[EnteredEducation],
    qualification: EnteredQualification | None = None,
) -> tuple[Document, ...]:
    """The documents that may be used, each diploma and degree with its entry of the form."""
    found = _usable(materials)
    diplomas = _paired([d for d in found if d.kind is Kind.DIPLOMA], education, _DIPLOMA_KEYS)
    with_degree = [entry for entry in education if entry.degree or entry.degree_number]
    # Only entries that claim a degree can own a degree certificate, unless none claims one.
    owners = with_degree or list(education)
    degrees = _paired([d for d in found if d.kind is Kind.DEGREE_CERTIFICATE], owners, _DEGREE_KEYS)
    degrees = [
        document if document.entry is None else replace(document, entry=_index(education, owners[document.entry]))
        for document in degrees
    ]
    qualifications = _with_spares([d for d in found if d.kind is Kind.QUALIFICATION_CERTIFICATE], qualification)
    paired = {id(old.reading): old for old in (*diplomas, *degrees, *qualifications)}
    return tuple(paired.get(id(document.reading), document) for document in found)


def _with_spares(documents: list[Document], qualification: EnteredQualification | None) -> list[Document]:
    """Qualification certificates; all but the one that fits the form best are spare."""
    if qualification is None:
        return documents
    paired = _paired(documents, [qualification], _QUALIFICATION_KEYS)
    return [replace(document, entry=None, spare=document.entry is None) for document in paired]


def _usable(materials: Mapping[str, Material]) -> list[Document]:
    """One document for every slot, and those that came along on its picture where no slot of their own is filled.

    The same scan may be given for two slots; then each of its documents serves one of them.
    """
    own: dict[str, Document] = {}
    taken: set[tuple[str, int]] = set()
    for slot, material in materials.items():
        for place, reading in _by_aptness(slot, material):
            key = (material.sha256 or slot, place)
            if key not in taken:
                taken.add(key)
                own[slot] = Document(slot, reading)
                break
    found: list[Document] = []
    for slot, material in materials.items():
        held = own.get(slot)
        if held is None:
            continue
        found.append(held)
        elsewhere = {document.kind for other, document in own.items() if other != slot}
        for place, reading in enumerate(material.readings):
            key = (material.sha256 or slot, place)
            if key not in taken and _came_along(reading, held) and reading.kind not in elsewhere:
                taken.add(key)
                found.append(Document(slot, reading))
    return found


def _by_aptness(slot: str, material: Material) -> list[tuple[int, Reading]]:
    """Readings that the slot may use, with their places; of its own kind first."""
    apt = [(place, reading) for place, reading in enumerate(material.readings) if belongs(reading, slot)]
    return sorted(apt, key=lambda item: item[1].kind is not slot_kind(slot))


def _came_along(reading: Reading, held: Document) -> bool:
    """Whether a reading may be used because it stands on the same picture as a document in its place."""
    if {reading.kind, held.kind} == CARD_SIDES:
        return True
    return held.kind is slot_kind(held.slot) and reading.kind not in (Kind.UNKNOWN, Kind.PHOTO)


def _index(education: Sequence[EnteredEducation], entry: EnteredEducation) -> int:
    return next(place for place, other in enumerate(education) if other is entry)


def _paired(
    documents: list[Document],
    entries: Sequence[EnteredEducation | EnteredQualification],
    keys: tuple[tuple[str, str, FieldKind, int], ...],
) -> list[Document]:
    """Best pairs first; equal ones in the order of slots and entries."""
    pairs = sorted(
        (-_affinity(document, entry, keys), abs(row - column), row, column)
        for row, document in enumerate(documents)
        for column, entry in enumerate(entries)
    )
    chosen: dict[int, int] = {}
    for _, _, row, column in pairs:
        if row not in chosen and column not in chosen.values():
            chosen[row] = column
    return [replace(document, entry=chosen.get(row)) for row, document in enumerate(documents)]


def _affinity(
    document: Document,
    entry: EnteredEducation | EnteredQualification,
    keys: tuple[tuple[str, str, FieldKind, int], ...],
) -> float:
    total = 0.0
    for read_name, typed_name, kind, weight in keys:
        read, typed = document.text(read_name), getattr(entry, typed_name)
        if read and typed:
            total += weight * _SHARE[compare(kind, typed, read).match]
    return total
