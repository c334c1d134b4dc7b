"""Shows lines to the person who started a run, each as soon as it is known."""

from __future__ import annotations

import sys


def say(*lines: str) -> None:
    """Writes lines to standard output."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
