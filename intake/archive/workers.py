"""How many worker processes this machine carries."""

from __future__ import annotations

import os

# One worker peaks at about 1.2 GB (issue 2's promise); a quarter more keeps the machine out of swap.
_BYTES_A_WORKER = 1_500_000_000


def fitting_workers() -> int:
    """As many as there are processors for this process, as long as memory lasts; at least one."""
    processors = len(os.sched_getaffinity(0))
    return max(1, min(processors, _available_bytes() // _BYTES_A_WORKER))


def _available_bytes() -> int:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return _BYTES_A_WORKER
