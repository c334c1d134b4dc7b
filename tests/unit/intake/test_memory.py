"""Freed memory goes back to the system."""

from __future__ import annotations

import subprocess
import sys

# Blocks of many sizes, every second one freed: the holes that pages leave. Prints what is held before and after.
HOLES = """
from intake.memory import give_back_freed

def resident_pages():
    return int(open("/proc/self/statm").read().split()[1])

blocks = [bytearray(60_000) for _ in range(4000)]
for block in blocks:
    block[::4096] = b"x" * len(block[::4096])
del blocks[1:]
before = resident_pages()
give_back_freed()
print(before, resident_pages())
"""


def test_what_was_freed_is_not_held_any_longer() -> None:
    ended = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True)
    before, after = map(int, ended.stdout.split())
    assert after <= before


def test_a_c_library_without_it_is_no_error(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from intake import memory

    memory._trim.cache_clear()
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    try:
        assert memory._trim() is None
        memory.give_back_freed()
    finally:
        memory._trim.cache_clear()
