"""Coverage-guided fuzzing of the pre-scan: `make fuzz`. Needs atheris, which nothing else does."""

from __future__ import annotations

import random
import sys
import zlib

import atheris

with atheris.instrument_imports(include=["imaging"]):
    from tests.fuzz.invariants import scan_one

_PNG = b"\x89PNG\r\n\x1a\n"


def _one_input(data: bytes) -> None:
    scan_one(data)


def _mutated(data: bytes, max_size: int, seed: int) -> bytes:
    """A mutant; every other PNG gets right checksums, which chance would never find."""
    changed = bytes(atheris.Mutate(data, max_size))
    if changed.startswith(_PNG) and random.Random(seed).random() < 0.5:
        return _with_checksums(changed)[:max_size]
    return changed


def _with_checksums(data: bytes) -> bytes:
    out, position = [_PNG], len(_PNG)
    while position + 12 <= len(data):
        body_end = position + 8 + int.from_bytes(data[position : position + 4], "big")
        if body_end + 4 > len(data):
            break
        checked = data[position + 4 : body_end]
        out += [data[position : position + 4], checked, zlib.crc32(checked).to_bytes(4, "big")]
        position = body_end + 4
    return b"".join([*out, data[position:]])


def main() -> None:
    """Runs until time is up; libFuzzer's options come from the command line."""
    atheris.Setup(sys.argv, _one_input, custom_mutator=_mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
