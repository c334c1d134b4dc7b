"""Values of the verification stage: findings and the scored verdict.

Contract: design.md section 3. Names and stored words here must not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from imaging.geometry import Quad
from imaging.model import Defect
from ocr.model import Kind, Reading


class Level(StrEnum):
    BLOCK = "block"
    MISMATCH = "mismatch"
    WARN = "warn"
    INFO = "info"


class Match(StrEnum):
    """Comparison classes, best first (domain.md section 5)."""

    EXACT = "exact"
    NORMALISED = "normalised"
    VARIANT = "variant"
    FUZZY = "fuzzy"
    DIFFERENT = "different"


class Band(StrEnum):
    LIKELY_PASS = "likely_pass"  # noqa: S105
    NEEDS_REVIEW = "needs_review"
    LIKELY_RETURN = "likely_return"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed.

    Attributes:
        code: Stable kebab-case code.
        level: What it means for the submission.
        message: Chinese, for the applicant: what is wrong, the value, the limit, what to do, the rule's source.
        field: Path into entered.json such as `person.name` or `education.0.graduated_on`; None for none.
        material: Slot (the file's stem, such as `diploma-2`); None when it is about the whole submission.
        entered: What the applicant typed, as text.
        read: What was read, as text.
        match: Comparison class; None when nothing was compared.
        confidence: 0..1 of the reading behind it (1.0 for facts that were not read).
        box: Four corners on the material's rendition; None for no place.
        picture: Which of the material's renditions: 0 the first; 1 the second where one upload showed two documents.
        short: Chinese, for the reviewer of many cases: what to look at, about 16 characters at most.
        measured: Measured value behind it, in the unit of its sentence; None for none.
        limit: The limit it was held against, in the same unit; None for none.
        value: One more word of its sentence, such as a name or a list.
        paper: What the document is, for one that lies in another one's slot and would be called by that otherwise.
        origin: Where the rule comes from, as it is cited, when the rule said so itself; None for the general source.
        points_lost: Points this finding takes off the score (0 for info).
    """

    code: str
    level: Level
    message: str
    field: str | None = None
    material: str | None = None
    entered: str | None = None
    read: str | None = None
    match: Match | None = None
    confidence: float = 1.0
    box: Quad | None = None
    points_lost: float = 0.0
    picture: int = 0
    short: str = ""
    measured: float | None = None
    limit: float | None = None
    value: str = ""
    paper: Kind | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """One uploaded file in one slot, as the rules see it: no pixels, no path.

    Attributes:
        slot: The file's stem: `id_card_front`, `diploma`, `diploma-2`, `photo`, …
        file: The file's name, for the reviewer.
        size_bytes: Size of the upload.
        source_format: `JPEG`, `PNG`, `WEBP` …, or None when the bytes were refused.
        sha256: Hex digest of the upload, to notice the same image twice.
        readings: Documents found on it, that of the slot's own kind first; usually one, two for both ID sides on one
            page, none when refused. Each says which of the pictures made of the upload its boxes refer to.
        defects: What imaging noticed (including the refusal code when there are no pixels).
        fingerprint: `imaging.fingerprint.fingerprint` of the whole picture, to notice the same picture saved anew; None
            when there were no pixels, or nothing on them.
    """

    slot: str
    file: str
    size_bytes: int
    source_format: str | None
    sha256: str
    readings: tuple[Reading, ...] = ()
    defects: tuple[Defect, ...] = ()
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An upload of another filing that is, or looks like, one of this case; the caller looked it up.

    Attributes:
        same_person: It was given for the same person, such as an earlier revision.
        exact: It has the same bytes; False where only the fingerprints are near.
        reference: What the caller calls the other filing, for the reviewer; never a name or a person's number.
        distance: Bits in which the fingerprints differ.
    """

    same_person: bool
    exact: bool
    reference: str = ""
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A scored submission. The machine never rejects: a reviewer decides.

    Attributes:
        score: 0..100, higher is cleaner; 100 minus the traced points, never below 0.
        band: Which pile it goes on.
        findings: All of them, worst first.
        materials: By slot.
    """

    score: int
    band: Band
    findings: tuple[Finding, ...]
    materials: Mapping[str, Material]
