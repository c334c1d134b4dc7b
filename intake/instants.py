"""A moment as text, the same everywhere: RFC 3339 in UTC with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(at_ms: int) -> str:
    """The text of a moment, such as `2026-11-28T00:00:00.000Z`.

    Args:
        at_ms: Milliseconds UTC since 1970, as the database's clock gives them.
    """
    return instant_of(datetime.fromtimestamp(at_ms / 1000, UTC))


def instant_of(moment: datetime) -> str:
    """The text of a moment in UTC."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
