"""Which processes there are, from /proc (Linux only)."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    """What a process does; what a nemesis picks from."""

    API = "api"
    WORKER = "worker"
    DELIVER = "deliver"
    DECODER = "decoder"
    CHECKER = "checker"
    SWEEPER = "sweeper"
    REDIS = "redis"


@dataclass(frozen=True, slots=True)
class Victim:
    """A process that may be killed.

    Attributes:
        pid: Its id.
        role: What it does.
        name: What its supervisor calls it; empty for a child of a child.
    """

    pid: int
    role: Role
    name: str = ""


# Words of a command line that tell what a process does, in this order.
_MARKS = (
    (Role.DECODER, "decode_child.py"),
    (Role.CHECKER, "intake.checker_child"),
    (Role.API, "api.serve_http"),
    (Role.SWEEPER, "sweep"),
    (Role.DELIVER, "deliver"),
    (Role.WORKER, "live"),
    (Role.REDIS, "valkey-server"),
    (Role.REDIS, "redis-server"),
)


def victims_below(root: int) -> list[Victim]:
    """The descendants of a process that have a role."""
    found = []
    for pid in descendants(root):
        words = command_of(pid)
        role = next((role for role, mark in _MARKS if any(Path(word).name == mark for word in words)), None)
        if role is not None:
            found.append(Victim(pid, role, environment_of(pid, "INTAKE_PROCESS")))
    return found


def descendants(root: int) -> list[int]:
    """All processes below one, without itself."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state not in "ZX":
                    children.setdefault(int(parent), []).append(int(entry.name))
    found, waiting = [], list(children.get(root, ()))
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, ())
    return found


def command_of(pid: int) -> list[str]:
    """Its command line; empty when it is gone."""
    with contextlib.suppress(OSError):
        # Servers write a title over their arguments, with blanks between its words.
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ").split()
    return []


def environment_of(pid: int, name: str) -> str:
    """One variable that it was started with; empty when there is none."""
    with contextlib.suppress(OSError):
        for word in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if word.startswith(name.encode() + b"="):
                return word.partition(b"=")[2].decode("utf-8", "replace")
    return ""


def kill(pid: int) -> bool:
    """SIGKILL; False when it was gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
