"""What a webhook says: enough to know what happened and to fetch the rest, and nothing of a paper's content.

A receiver may log what it gets, and proxies may keep it; so names, numbers, and what was entered or read stay here, and
the receiver asks for them with its key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from intake.instants import instant

# Paths into entered.json consist of our own words and places in lists (design.md, section 3). Whatever looks otherwise
# may be a word that the applicant wrote.
_PATH = re.compile(r"[a-z_]{1,40}(\.([a-z_]{1,40}|[0-9]{1,3})){0,5}", re.ASCII)
# More findings than a case can have; beyond it the receiver fetches the list (a body stays below 100 KB).
_MOST_FINDINGS = 500


class Event(StrEnum):
    """What happened to a submission (design.md, section 5)."""

    SCORED = "submission.scored"
    APPROVED = "submission.approved"
    RETURNED = "submission.returned"


@dataclass(frozen=True, slots=True)
class Point:
    """A finding without its content.

    Attributes:
        code: Stable code.
        level: block, mismatch, warn or info.
        field: Path into what was entered; None for none.
    """

    code: str
    level: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a receiver is told.

    Attributes:
        submission_id: Of the submission.
        number: Its revision.
        event: What happened.
        state: State of the submission after it.
        score: 0..100; None when there is none.
        band: likely_pass, needs_review or likely_return; None when there is none.
        findings: Without their content.
    """

    submission_id: str
    number: int
    event: Event
    state: str
    score: int | None = None
    band: str | None = None
    findings: tuple[Point, ...] = ()


def points_of(findings: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
    """Takes code, level and field from the findings of a result record (design.md, section 3), and nothing else."""
    return tuple(Point(str(one["code"]), str(one["level"]), one.get("field")) for one in findings)


def webhook_body(notice: Notice, *, event_id: str, sequence: int, occurred_ms: int) -> bytes:
    """The exact bytes that are signed and sent.

    Args:
        notice: What happened.
        event_id: The same over all tries.
        sequence: Rises with every event of the submission.
        occurred_ms: When it happened, milliseconds UTC.
    """
    content = {
        "event_id": event_id,
        "event": notice.event.value,
        "sequence": sequence,
        "occurred_at": instant(occurred_ms),
        "submission_id": notice.submission_id,
        "revision": notice.number,
        "state": notice.state,
        "score": notice.score,
        "band": notice.band,
        "findings": [_shown(point) for point in notice.findings[:_MOST_FINDINGS]],
        "findings_left_out": max(0, len(notice.findings) - _MOST_FINDINGS),
    }
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _shown(point: Point) -> dict[str, str | None]:
    field = point.field if point.field is not None and _PATH.fullmatch(point.field) else None
    return {"code": point.code, "level": point.level, "field": field}
