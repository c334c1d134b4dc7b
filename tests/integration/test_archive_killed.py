"""A batch whose own process is killed or interrupted: nothing is lost, nothing stays behind, and it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import datetime, signal, sys
from pathlib import Path
from intake.archive.run import RunOrder, run_archive
sys.path.insert(0, {root!r})
class Said:
    def begin(self, *, total, done): print("begin", done, flush=True)
    def advance(self, outcome): print("done", outcome.ref.name, flush=True)
if __name__ == "__main__":
    # A shell starts what runs in its background with this signal ignored, and a test may run there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    order = RunOrder(source=Path(sys.argv[1]), out=Path(sys.argv[2]), policy="p", policy_digest="d", workers=2,
                     factory="tests.fake_toolbox:open_fake")
    report = run_archive(order, Said(), now=lambda: datetime.datetime.now(datetime.UTC))
    print("complete" if report.complete else "interrupted", report.skipped, flush=True)
"""


@pytest.fixture
def batch(tmp_path: Path) -> tuple[list[str], Path]:
    """The command line of a batch of ten cases, and its output folder.

    The first two are quick, so that something is done soon; the others take long enough that a signal sent then
    still meets a running batch on a busy machine.
    """
    for number in range(10):
        folder = tmp_path / "in" / f"c{number}"
        folder.mkdir(parents=True)
        (folder / "entered.json").write_text(json.dumps({"do": "sleep", "seconds": 0.3 if number < 2 else 1.5}))
    script = tmp_path / "batch.py"
    script.write_text(SCRIPT.format(root=str(ROOT)))
    return [sys.executable, str(script), str(tmp_path / "in"), str(tmp_path / "out")], tmp_path / "out"


def start(command: list[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True)


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(text):
            return
    raise AssertionError(f"the batch ended without saying {text}")


def group_members(leader: int) -> list[int]:
    """Processes of a session that are still there, the dead ones not yet collected left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, session = entry.joinpath("stat").read_text().rpartition(")")[2].split()[:4]
            except (OSError, ValueError):
                continue
            if int(session) == leader and state not in "ZX":
                found.append(int(entry.name))
    return found


def gone(leader: int, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not group_members(leader):
            return True
        time.sleep(0.1)
    return False


def finish(command: list[str], out: Path) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120, check=True
    )
    names = sorted(json.loads(line)["case"] for line in (out / "results.jsonl").read_text().splitlines())
    assert names == [f"c{n}" for n in range(10)]
    return done.stdout


def test_a_killed_batch_leaves_no_process_and_goes_on(batch: tuple[list[str], Path]) -> None:
    command, out = batch
    process = start(command)
    wait_for(process, "done")
    process.kill()
    process.communicate()
    assert gone(process.pid, within_s=20)
    kept = (out / "results.jsonl").read_bytes()
    assert kept
    said = finish(command, out)
    assert said.splitlines()[-1] == f"complete {len(kept.splitlines())}"
    assert (out / "results.jsonl").read_bytes().startswith(kept)


def test_an_interrupted_batch_says_so_and_goes_on(batch: tuple[list[str], Path]) -> None:
    command, out = batch
    process = start(command)
    wait_for(process, "done")
    # As a terminal does: the whole group gets the signal.
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert rest.splitlines()[-1].startswith("interrupted")
    assert gone(process.pid, within_s=20)
    assert not json.loads((out / "summary.json").read_text())["complete"]
    assert (out / "report.html").exists()
    assert finish(command, out).splitlines()[-1].startswith("complete")
    assert json.loads((out / "summary.json").read_text())["complete"]
