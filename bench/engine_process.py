"""One engine in a process of its own, on one core, asked one thing at a time."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.process_tree import TreeWatch, tree_cpu_s

ROOT = Path(__file__).resolve().parent.parent
# One thread everywhere: the libraries read these when they are loaded.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class EngineLostError(Exception):
    """The engine's process ended."""


class EngineProcess:
    """Starts an engine and asks it. Use as a context manager.

    Attributes:
        name: Shown in the tables.
        load_s: Seconds from the start of the process until it was ready.
        peak_bytes: Largest memory of the process and its children over all questions.
    """

    def __init__(self, name: str, *, module: str, python: Path, core: int) -> None:
        self.name = name
        started = time.perf_counter()
        # What libraries print; its last line is shown when the process ends too early.
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(
            [str(python), "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._noise,
            cwd=ROOT,
            env={**os.environ, **_ONE_THREAD},
            text=True,
            encoding="utf-8",
        )
        # Before the interpreter has started a thread or a child, so all of them inherit the core.
        os.sched_setaffinity(self._process.pid, {core})
        self.peak_bytes = int(self._answer()["peak_bytes"])
        self.load_s = time.perf_counter() - started

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()
        self._noise.close()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Sends one request and waits for its answer.

        Returns:
            The answer, with `cpu_s` of the process tree, and `peak_bytes` raised to what the tree used meanwhile.

        Raises:
            EngineLostError: The process ended instead of answering.
        """
        assert self._process.stdin is not None
        cpu_before_s = tree_cpu_s(self._process.pid)
        with TreeWatch(self._process.pid) as watch:
            # A process that is gone shows in the answer.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
                self._process.stdin.flush()
            reply = self._answer()
        reply["cpu_s"] = tree_cpu_s(self._process.pid) - cpu_before_s
        reply["peak_bytes"] = max(reply["peak_bytes"], watch.peak_bytes)
        self.peak_bytes = max(self.peak_bytes, reply["peak_bytes"])
        return reply

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise EngineLostError(f"{self.name} ended with {self._process.wait()}: {self._last_words()}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _last_words(self) -> str:
        self._noise.seek(0)
        lines = self._noise.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "no message"


def last_core() -> int:
    """The core that all engines share, one after the other; the last one, because the first serves interrupts."""
    return max(os.sched_getaffinity(0))


def own_engine(core: int) -> EngineProcess:
    """This service."""
    return EngineProcess("intake", module="bench.engine_intake", python=Path(sys.executable), core=core)


def peer_engines(core: int) -> list[EngineProcess]:
    """The peers, each plain."""
    python = ROOT / ".venv-peers" / "bin" / "python"
    return [
        EngineProcess("RapidOCR", module="bench.peer_rapidocr", python=python, core=core),
        EngineProcess("PaddleOCR", module="bench.peer_paddleocr", python=python, core=core),
    ]
