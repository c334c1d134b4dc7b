"""What the fast checks and the photo service answer, as values and as JSON between the checker and its child.

Light on purpose: the API imports this, and no image library with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from imaging.geometry import Quad
from imaging.model import Defect
from intake.record import finding_json
from ocr.model import Kind
from verify.model import Finding, Level
from verify.wording import finding_of_defect


@dataclass(frozen=True, slots=True)
class FastCheck:
    """What could be told of an upload at once, without reading it.

    Attributes:
        findings: Worded for people. Boxes are fractions of the upright upload: nothing has been straightened yet.
        source_format: `JPEG`, `PNG`, `WEBP` or `HEIC`, told from the content; None when the bytes were refused.
        source_width_px: Width of the upload as a person sees it, 0 when refused.
        source_height_px: Height, likewise.
        width_px: Width of the rendition that will be read, before a paper in it is straightened; 0 when refused.
        height_px: Height, likewise.
        accepted: False when something blocks: another picture is needed.
        photo_will_be_made: A compliant 1-inch photo is going to be made of it.
    """

    findings: tuple[Finding, ...]
    source_format: str | None = None
    source_width_px: int = 0
    source_height_px: int = 0
    width_px: int = 0
    height_px: int = 0
    photo_will_be_made: bool = False

    @property
    def accepted(self) -> bool:
        return is_accepted(self.findings)


@dataclass(frozen=True, slots=True)
class PhotoServiceAnswer:
    """What the photo service says of one upload.

    Attributes:
        findings: Worded for people; of a made photo, what is left after making it.
        measures: Measured values by name (see `imaging.photo.measures`).
        data: The made JPEG; None for a check and for a refusal.
        width_px: Width of the made photo, 0 without one.
        height_px: Height, likewise.
        background_replaced: Whether its background was made white.
        turned_deg: Quarter turn that was applied.
        accepted: False when something blocks.
    """

    findings: tuple[Finding, ...]
    measures: Mapping[str, float] = field(default_factory=dict)
    data: bytes | None = None
    width_px: int = 0
    height_px: int = 0
    background_replaced: bool = False
    turned_deg: int = 0

    @property
    def accepted(self) -> bool:
        return is_accepted(self.findings)


def is_accepted(findings: Sequence[Finding]) -> bool:
    """Whether nothing blocks."""
    return not any(finding.level is Level.BLOCK for finding in findings)


def refused_check(defect: Defect, kind: Kind) -> FastCheck:
    """The answer for bytes that gave no pixels, and for a check that came to no end."""
    return FastCheck((finding_of_defect(defect, material=kind.value),))


def refused_photo(defect: Defect) -> PhotoServiceAnswer:
    """The same for the photo service."""
    return PhotoServiceAnswer((finding_of_defect(defect, material=Kind.PHOTO.value),))


def check_to_wire(check: FastCheck) -> dict[str, Any]:
    """The answer as JSON."""
    return {
        "findings": [_finding_to_wire(finding) for finding in check.findings],
        "source_format": check.source_format,
        "source_width_px": check.source_width_px,
        "source_height_px": check.source_height_px,
        "width_px": check.width_px,
        "height_px": check.height_px,
        "photo_will_be_made": check.photo_will_be_made,
    }


def check_from_wire(message: Mapping[str, Any]) -> FastCheck:
    """The answer out of JSON.

    Raises:
        KeyError, TypeError, ValueError: It is none.
    """
    source_format = message["source_format"]
    return FastCheck(
        findings=tuple(_finding_from_wire(item) for item in message["findings"]),
        source_format=None if source_format is None else str(source_format),
        source_width_px=int(message["source_width_px"]),
        source_height_px=int(message["source_height_px"]),
        width_px=int(message["width_px"]),
        height_px=int(message["height_px"]),
        photo_will_be_made=bool(message["photo_will_be_made"]),
    )


def photo_to_wire(answer: PhotoServiceAnswer) -> dict[str, Any]:
    """The answer as JSON; the photo itself travels beside it."""
    return {
        "findings": [_finding_to_wire(finding) for finding in answer.findings],
        "measures": {name: value for name, value in answer.measures.items() if math.isfinite(value)},
        "has_photo": answer.data is not None,
        "width_px": answer.width_px,
        "height_px": answer.height_px,
        "background_replaced": answer.background_replaced,
        "turned_deg": answer.turned_deg,
    }


def photo_from_wire(message: Mapping[str, Any], data: bytes) -> PhotoServiceAnswer:
    """The answer out of JSON and the bytes beside it.

    Raises:
        KeyError, TypeError, ValueError: It is none.
    """
    return PhotoServiceAnswer(
        findings=tuple(_finding_from_wire(item) for item in message["findings"]),
        measures={str(name): float(value) for name, value in dict(message["measures"]).items()},
        data=data if message["has_photo"] else None,
        width_px=int(message["width_px"]),
        height_px=int(message["height_px"]),
        background_replaced=bool(message["background_replaced"]),
        turned_deg=int(message["turned_deg"]),
    )


def _finding_to_wire(finding: Finding) -> dict[str, Any]:
    """The keys of a record's finding, and the numbers behind its sentence."""
    return {
        **finding_json(finding),
        "measured": _number(finding.measured),
        "limit": _number(finding.limit),
        "value": finding.value,
    }


def _finding_from_wire(item: Mapping[str, Any]) -> Finding:
    box, measured, limit = item["box"], item["measured"], item["limit"]
    return Finding(
        code=str(item["code"]),
        level=Level(item["level"]),
        message=str(item["message"]),
        material=str(item["material"]),
        short=str(item["short"]),
        box=None if box is None else _quad(box),
        measured=None if measured is None else float(measured),
        limit=None if limit is None else float(limit),
        value=str(item["value"]),
    )


def _quad(points: Sequence[Sequence[float]]) -> Quad:
    first, second, third, fourth = ((float(x), float(y)) for x, y in points)
    return Quad((first, second, third, fourth))


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
