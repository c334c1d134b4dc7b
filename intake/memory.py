"""Keeps a worker's memory flat from page to page.

Pictures of different sizes leave holes in the C library's heap: a process that had read 150 pages held 750 MB, of which
230 were in use. Freed memory is handed back after every page; that takes 7 ms (measured 2026-11-27).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back_freed() -> None:
    """Hands freed memory back to the system; does nothing where the C library cannot."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """`malloc_trim` of glibc (malloc_trim(3)); None elsewhere."""
    try:
        found = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    found.argtypes, found.restype = (ctypes.c_size_t,), ctypes.c_int
    return found
