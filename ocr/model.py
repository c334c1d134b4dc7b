"""Values that the reading stage hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from imaging.geometry import Quad
from imaging.model import Defect
from imaging.tick_box import TickState

FieldValue = str | bool | tuple[str, ...] | None

# Fields that are told from pixels: their place is a seal, a box, a blank or a code, and no line of print.
TOLD_BY_PIXELS = frozenset({"duties", "seal_present", "seal_text", "signature_present", "qr_code", "bar_code"})


class Kind(StrEnum):
    """Material kinds of design.md section 3; the values are stored and must not change."""

    PHOTO = "photo"
    ID_CARD_FRONT = "id_card_front"
    ID_CARD_BACK = "id_card_back"
    WORK_CERTIFICATE = "work_certificate"
    DIPLOMA = "diploma"
    DEGREE_CERTIFICATE = "degree_certificate"
    QUALIFICATION_CERTIFICATE = "qualification_certificate"
    RESIDENCE_PERMIT = "residence_permit"
    HOUSEHOLD_REGISTER = "household_register"
    STUDENT_CARD = "student_card"
    ENROLMENT_PROOF = "enrolment_proof"
    UNIT_CERTIFICATE = "unit_certificate"
    INFORMATION_FORM = "information_form"
    UNKNOWN = "unknown"


class Coverage(StrEnum):
    """Whether all of a value can be seen; the words are printed in JSON and must not change."""

    COMPLETE = "complete"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class Line:
    """One recognised line of text.

    Attributes:
        text: As the engine returned it.
        confidence: 0..1, the engine's mean character score. Not proof: wrong names are seen at 0.98-1.00.
        box: Place on the rendition.
        char_spans: For every character its (start, end) along the box, 0..1; empty when the engine gave none.
        char_confidences: One score a character; empty when the engine gave none.
        char_rivals: For every character the engine's second choice, an empty text where none came into question;
            empty when the engine gave none.
        char_gaps: Before, between and behind the characters, how much of the engine's score lay on characters that it
            did not take, 0..1; empty when the engine gave none.
    """

    text: str
    confidence: float
    box: Quad
    char_spans: tuple[tuple[float, float], ...] = ()
    char_confidences: tuple[float, ...] = ()
    char_rivals: tuple[str, ...] = ()
    char_gaps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field read from a rendition.

    Attributes:
        value: Normalised value (ISO date, folded dot, …), or None when the label was found but no value could be
            read. `duties` is a tuple, `seal_present` a bool.
        confidence: 0..1.
        box: Place of the value on the rendition; None when it was never seen as a place.
        raw: As printed, before normalising; empty for values that are not text.
        repaired: True when a check digit chose between look-alike characters; `raw` keeps what was read.
        coverage: `covered` where glare, a seal, a finger or the picture's border hides a part of the value.
    """

    value: FieldValue
    confidence: float
    box: Quad | None = None
    raw: str = ""
    repaired: bool = False
    coverage: Coverage = Coverage.COMPLETE


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal and what it says.

    Attributes:
        text: Name along the arc, without the number; in a square seal its rows, one after the other. Empty when
            nothing could be read or was not asked for.
        confidence: 0..1: certainty of the characters, low where differently made strips disagree.
        number: Digits along the bottom, or None; not reliable on photos (ocr.md 3.2).
        box: Upright rectangle around the seal.
        centre_text: Straight text in the middle, such as 财务专用章; empty for none.
        diameter_px: Geometric mean diameter in pixels of the rendition.
        colour: `red`, `blue`, or `black` on a copy without colour.
        ring: Share of the ring that carries ink, 0..1.
        visible: Share of the ring that lies on the image, 0..1.
        shape: `round`, `oval` or `square` (also for rectangles).
        middle: `star`, `emblem`, `none`, or `unknown` when it cannot be told.
        over_text: Share of the seal under which lines of print run, 0..1; None where print and seal are both black.
    """

    text: str
    confidence: float
    number: str | None
    box: Quad
    centre_text: str
    diameter_px: float
    colour: str = "red"
    ring: float = 1.0
    visible: float = 1.0
    shape: str = "round"
    middle: str = "unknown"
    over_text: float | None = None

    @property
    def words(self) -> str:
        """All that it says: the name and the straight words."""
        return f"{self.text} {self.centre_text}".strip()

    @property
    def is_special(self) -> bool:
        """True for a seal of one purpose (财务专用章, 发票专用章, ...), which does not stand for the whole unit."""
        return "专用" in self.words or self.shape == "square"


@dataclass(frozen=True, slots=True)
class TickBox:
    """One of the twelve boxes of a work certificate.

    Attributes:
        duty: The printed duty, as in `ocr.duties.DUTIES`.
        state: See `TickState`.
        confidence: 0..1.
        box: The square (or where it should be) on the rendition; None when not even the label was found.
        shape: As in `imaging.tick_box.TickMark`.
        inside: Share of the inner square that carries ink, 0..1.
    """

    duty: str
    state: TickState
    confidence: float
    box: Quad | None = None
    shape: str = "none"
    inside: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one document on one rendition.

    Attributes:
        kind: Detected (or given) kind.
        kind_confidence: 0..1.
        fields: The fields of design.md section 3 for this kind. A field never seen at all is absent.
        defects: What was noticed while reading (codes are worded by verify), such as `no-text`.
        lines: All recognised lines in reading order, for the reviewer; never logged.
        variant: Which paper of its kind it is, such as `filing-form` among diplomas; empty for the ordinary one.
        seals: All seals on the page, the clearest first; empty for kinds that carry none.
        ticks: The twelve boxes of a work certificate in print order; empty for other kinds.
        picture: Which of the renditions made of one upload the boxes refer to, from 0; more than one only where the
            upload showed two documents and was parted.
    """

    kind: Kind
    kind_confidence: float
    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))
    defects: tuple[Defect, ...] = ()
    lines: tuple[Line, ...] = ()
    picture: int = 0
    variant: str = ""
    seals: tuple[Seal, ...] = ()
    ticks: tuple[TickBox, ...] = ()
