"""Findings about a document: its slot, its picture and what it is are the same for every rule that looks at it."""

from __future__ import annotations

from ocr.model import Field
from verify.model import Finding, Level, Match
from verify.policy_model import Policy, Source
from verify.rules.case import Document
from verify.wording import finding


def finding_on(
    document: Document,
    code: str,
    *,
    level: Level,
    of: Field | None = None,
    policy: Policy | None = None,
    source: Source | None = None,
    field: str | None = None,
    entered: str | None = None,
    read: str | None = None,
    match: Match | None = None,
    measured: float | None = None,
    limit: float | None = None,
    value: str = "",
) -> Finding:
    """A finding about a document, drawn where its field stands.

    Args:
        document: What it is about.
        code: As in `wording.finding`, with everything not named here.
        of: The field that was read: gives place and confidence; None for a finding about the whole document.
    """
    return finding(
        code,
        level=level,
        policy=policy,
        source=source,
        field=field,
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        entered=entered,
        read=read,
        match=match,
        confidence=of.confidence if of is not None else 1.0,
        box=of.box if of is not None else None,
        measured=measured,
        limit=limit,
        value=value,
    )
