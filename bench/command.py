"""Runs the `intake` command as a process of its own and measures it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.engine_process import ROOT
from bench.process_tree import TreeWatch

# A command that takes longer than this hangs; the floors lie far below.
_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the command.

    Attributes:
        code: Exit code; negative for a signal, None when it was stopped for taking too long.
        seconds: Wall time from the start of the process.
        peak_bytes: Largest memory of the process and its children.
        out: Standard output.
        err: Standard error.
    """

    code: int | None
    seconds: float
    peak_bytes: int
    out: str
    err: str

    @property
    def shows_traceback(self) -> bool:
        """True when a Python traceback reached the user."""
        return "Traceback (most recent call last)" in self.out + self.err


def run_intake(arguments: Sequence[str]) -> Ran:
    """Runs `intake` with these arguments, on all cores, as a user would."""
    command = [str(Path(sys.executable).with_name("intake")), *arguments]
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    code: int | None
    with TreeWatch(process.pid) as watch:
        try:
            out, err = process.communicate(timeout=_TIMEOUT_S)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            code = None
    return Ran(code, time.perf_counter() - started, watch.peak_bytes, out, err)
