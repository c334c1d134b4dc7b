"""The child's side of an engine: answers every JSON line on stdin with one on stdout. Standard library only.

The peers run in another environment, so nothing of the service may be imported here.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]


def serve(load: Callable[[], Answer]) -> None:
    """Loads an engine and answers until stdin ends.

    Every answer gets `seconds`, the wall time of the call, and `peak_bytes`, the process's largest resident memory
    since the call began.

    Args:
        load: Imports and loads everything, and gives the function that answers one request.
    """
    # ONNX Runtime reports to its maker otherwise, which costs time and leaves the machine.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    # Libraries print on stdout; the protocol keeps it for itself.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    started = time.perf_counter()
    answer = load()
    _send(out, {"seconds": time.perf_counter() - started, "peak_bytes": peak_bytes()})
    for line in sys.stdin:
        forget_peak()
        started = time.perf_counter()
        try:
            reply = answer(json.loads(line))
        except Exception as fault:
            # A peer that cannot read a picture has read nothing; the run goes on and the faults are counted.
            reply = {"fault": type(fault).__name__}
        reply["seconds"] = time.perf_counter() - started
        reply["peak_bytes"] = peak_bytes()
        _send(out, reply)


def _send(out: Any, reply: Mapping[str, Any]) -> None:
    out.write(json.dumps(reply, ensure_ascii=False) + "\n")


def peak_bytes() -> int:
    """High-water mark of resident memory (proc(5), VmHWM, in KiB)."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def forget_peak() -> None:
    """Sets the high-water mark back to what is used now; where the kernel refuses, peaks are those since the start."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as marks:
            # proc(5): 5 resets the peak resident set size.
            marks.write("5")
    except OSError:
        return
