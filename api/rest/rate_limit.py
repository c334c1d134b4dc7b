"""How often one caller may call: token buckets in the memory of this process.

What this does not stop: many addresses at once (a proxy's business), and a caller who is served by several machines,
each of which counts for itself.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

# Callers remembered; the one that was seen longest ago is forgotten first and starts with a full bucket again.
_MOST_KEYS = 10_000
_MINUTE_S = 60.0
# A bucket holds what is refilled in so many seconds: a page that uploads a dozen files at once is no attack.
_BURST_S = 10.0


class RateLimit:
    """Buckets of one size, one a key. Safe for threads."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = monotonic) -> None:
        """Sets the rate.

        Args:
            per_minute: Calls; 0 lets everything through.
            clock: Seconds that never go back; for tests.
        """
        self._rate = per_minute / _MINUTE_S
        # At least one, or a rate of a few calls a minute would never let one through.
        self._size = max(1.0, self._rate * _BURST_S)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """Takes one token.

        Returns:
            0 when the call may go on, else whole seconds after which one may.
        """
        if not self._rate:
            return 0
        with self._lock:
            now = self._clock()
            tokens, at = self._buckets.pop(key, (self._size, now))
            tokens = min(self._size, tokens + (now - at) * self._rate)
            allowed = tokens >= 1.0
            self._buckets[key] = (tokens - 1.0 if allowed else tokens, now)
            if len(self._buckets) > _MOST_KEYS:
                self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1.0 - tokens) / self._rate))
