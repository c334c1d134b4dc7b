"""Runs the command as its users do: as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ACCEPT = ROOT / "fixtures" / "accept"
REJECT = ROOT / "fixtures" / "reject"
# Only a hang gets here; the slowest call takes a few seconds on one core.
HANG_S = 240


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on its standard output; anything else there is an error of the command."""
        return [json.loads(line) for line in self.out.splitlines()]


def invocation() -> list[str]:
    """The installed `intake` beside this interpreter, or the module when the project is not installed."""
    installed = Path(sys.executable).with_name("intake")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "api.cli"]


def intake(*arguments: str | Path, before: tuple[str, ...] = (), cwd: Path = ROOT) -> Ended:
    """Runs `intake` with the arguments; `before` is a wrapper such as `unshare --net`."""
    done = subprocess.run(
        [*before, *invocation(), *(str(a) for a in arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=HANG_S,
        check=False,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
