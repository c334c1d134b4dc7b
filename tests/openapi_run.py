"""`python -m tests.openapi_run [--examples N]`: every operation of the OpenAPI document against the running interface,
with all checks of schemathesis. Real server, database, seals and blobs; uploads are looked at by nobody.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tests.rest_server import running
from tests.rest_site import Site, rest_site, with_limits

_COMMAND = (sys.executable, "-m", "schemathesis.cli")


def check_all(site: Site, folder: Path, *, examples: int, seed: int | None = None) -> subprocess.CompletedProcess[str]:
    """Runs all checks.

    Args:
        site: Where to.
        folder: For what the program writes.
        examples: Most of one operation and phase.
        seed: For the same run again; None for another one.
    """
    site.tell()
    over = threading.Event()
    worker = threading.Thread(target=_work, args=(site, over), name="quick-worker")
    worker.start()
    try:
        with running(site.app) as port:
            words = [
                "run", f"http://127.0.0.1:{port}/openapi.json",
                "--header", f"Authorization: Bearer {site.place.key}",
                "--checks", "all",
                "--max-examples", str(examples),
                "--request-timeout", "10",
                "--no-color",
            ]  # fmt: skip
            words += [] if seed is None else ["--seed", str(seed)]
            return subprocess.run(
                [*_COMMAND, *words], cwd=folder, env=_environment(), text=True, capture_output=True, check=False
            )
    finally:
        over.set()
        worker.join()


def _environment() -> dict[str, str]:
    # A proxy of the environment would be asked for this machine too.
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    root = str(Path(__file__).parents[1])
    return {**kept, "SCHEMATHESIS_HOOKS": "tests.openapi_hooks", "PYTHONPATH": root}


def _work(site: Site, over: threading.Event) -> None:
    """Reads and judges what was rung for, so that answers of every state are seen."""
    while not over.wait(0.05):
        site.work()


def main(arguments: list[str] | None = None) -> int:
    """Runs it and prints what schemathesis says."""
    parser = argparse.ArgumentParser(prog="python -m tests.openapi_run", description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="most examples of one operation and phase")
    parser.add_argument("--seed", type=int, help="the same run again")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'intake.sqlite3'}"
        with rest_site(url, folder, change=with_limits(stream_s=0.2)) as site:
            done = check_all(site, folder, examples=chosen.examples, seed=chosen.seed)
    sys.stdout.write(done.stdout + done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
