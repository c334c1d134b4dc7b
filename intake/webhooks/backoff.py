"""When a webhook that did not arrive is tried again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

# Longest wait before each further try, seconds: a restart of the receiver, a deployment, an outage, a night, most of
# a weekend day. After the last one the delivery is dead and waits for a person.
STEPS_S = (5, 30, 2 * 60, 10 * 60, 3600, 6 * 3600, 18 * 3600)
# Even the luckiest draw leaves the receiver a breath.
_SHORTEST_MS = 1000
# A receiver that asks for more is asked again after this time all the same (issue 6: honoured up to 1 h).
RETRY_AFTER_MOST_S = 3600
# Digits only, and no more of them than a wait can have.
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)
# A date of RFC 9110 has 29 characters, the longest old form 33.
_LONGEST_DATE = 40


def next_try_ms(failed: int, *, draw: Callable[[], float], retry_after_s: int | None = None) -> int | None:
    """How long to wait after a failed try, milliseconds.

    The wait is drawn evenly between nothing and the step, so that receivers which failed together are not called
    together again.

    Args:
        failed: Tries so far, at least 1.
        draw: A number 0 <= x < 1.
        retry_after_s: What the receiver asked for; the wait is at least that, up to an hour.

    Returns:
        The wait, or None when there are no tries left.
    """
    if failed < 1:
        raise ValueError("nothing has failed yet")
    if failed > len(STEPS_S):
        return None
    wait_ms = max(_SHORTEST_MS, int(draw() * STEPS_S[failed - 1] * 1000))
    asked_s = 0 if retry_after_s is None else min(max(retry_after_s, 0), RETRY_AFTER_MOST_S)
    return max(wait_ms, asked_s * 1000)


def retry_after_s(header: str | None, *, now_s: float) -> int | None:
    """Reads a Retry-After header (RFC 9110, section 10.2.3): seconds, or a date.

    Args:
        header: Its text; None when there is none.
        now_s: Unix seconds.

    Returns:
        Whole seconds from now, at least 0; None for what is neither.
    """
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return int(text)
    if not text.isascii() or len(text) > _LONGEST_DATE:
        return None
    try:
        when = parsedate_to_datetime(text)
        # A date without a zone is UTC, as the standard's dates are.
        return max(0, int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now_s))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
