"""Signs of life: there while the block runs, and none where nobody asked for them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from intake.queue import beat
from intake.queue.beat import beating


def age_s(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def test_the_file_is_touched_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat, "BEAT_EVERY_S", 0.01)
    path = tmp_path / "a.beat"
    with beating({"INTAKE_BEAT_FILE": str(path)}):
        for _ in range(3):
            while not path.exists() or age_s(path) > 100:
                time.sleep(0.005)
            os.utime(path, (0, 0))
            while path.stat().st_mtime == 0:
                time.sleep(0.005)
    os.utime(path, (0, 0))
    time.sleep(0.05)
    assert path.stat().st_mtime == 0


@pytest.mark.parametrize("environment", [{}, {"INTAKE_BEAT_FILE": ""}])
def test_without_a_supervisor_nothing_is_written(tmp_path: Path, environment: dict[str, str]) -> None:
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        with beating(environment):
            pass
    finally:
        os.chdir(before)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    with beating({"INTAKE_BEAT_FILE": str(tmp_path / "none" / "a.beat")}):
        pass
