"""Days written into numbers."""

from __future__ import annotations

from datetime import date


def real_day(digits: str) -> date | None:
    """The day that eight digits `YYYYMMDD` name; None when there is no such day."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
