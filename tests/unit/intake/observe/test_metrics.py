"""Counters of one process, of several that share a folder, and of one that was killed."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from intake.observe.measured import measured
from intake.observe.metrics import CONTENT_TYPE, FOLDER, Metrics, empty_folder
from intake.toolbox import Toolbox

COUNT = """
import sys
from intake.observe.metrics import metrics
metrics().uploaded(sys.argv[1])
metrics().stage_took("read", 1.0)
"""
RENDER = """
import sys
from intake.observe.metrics import metrics
sys.stdout.buffer.write(metrics().render(None, redis_up=False))
"""


@dataclass(frozen=True, slots=True)
class Figure:
    queue: str
    state: str
    count: int
    oldest_ms: int


def run(folder: Path, process: str, script: str, *arguments: str) -> str:
    environment = {**os.environ, FOLDER: str(folder), "INTAKE_PROCESS": process}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_everything_that_is_counted_is_shown() -> None:
    own = Metrics(None, "here")
    own.uploaded("accepted")
    own.work_ended("live", "done")
    own.found("name-different", "mismatch")
    own.webhook_tried("delivered")
    own.bell_refused("wrong-task")
    own.child_restarted("live-0")
    own.answered("/api/v1/materials", "POST", 201, 0.2)
    with own.stage("decode"):
        pass
    text = own.render([Figure("live", "ready", 7, 12_500)], redis_up=True).decode()
    for line in (
        'intake_uploads_total{answer="accepted"} 1.0',
        'intake_work_total{outcome="done",queue="live"} 1.0',
        'intake_findings_total{code="name-different",level="mismatch"} 1.0',
        'intake_webhooks_total{result="delivered"} 1.0',
        'intake_bells_refused_total{reason="wrong-task"} 1.0',
        'intake_child_restarts_total{child="live-0"} 1.0',
        'intake_http_requests_total{method="POST",route="/api/v1/materials",status="201"} 1.0',
        'intake_http_seconds_bucket{le="0.25",route="/api/v1/materials"} 1.0',
        'intake_stage_seconds_count{stage="decode"} 1.0',
        'intake_queue_length{queue="live",state="ready"} 7.0',
        'intake_queue_oldest_seconds{queue="live",state="ready"} 12.5',
        "intake_redis_up 1.0",
        "intake_database_up 1.0",
        "intake_counters_up 1.0",
    ):
        assert line in text.splitlines()
    assert CONTENT_TYPE.startswith("text/plain; version=0.0.4")


def test_a_stage_that_raises_is_measured_too() -> None:
    own = Metrics(None, "here")
    with pytest.raises(ValueError), own.stage("read"):
        raise ValueError
    assert 'intake_stage_seconds_count{stage="read"} 1.0' in own.render([], redis_up=True).decode()


def test_a_database_that_does_not_answer_shows() -> None:
    text = Metrics(None, "here").render(None, redis_up=False).decode()
    assert "intake_database_up 0.0" in text and "intake_redis_up 0.0" in text


def test_processes_of_one_machine_add_up_and_a_new_one_goes_on_where_the_old_one_stopped(tmp_path: Path) -> None:
    empty_folder(tmp_path)
    run(tmp_path, "live-0", COUNT, "accepted")
    run(tmp_path, "live-1", COUNT, "accepted")
    run(tmp_path, "live-0", COUNT, "accepted")
    files = sorted(path.name for path in tmp_path.glob("*.db"))
    assert files == ["counter_live-0.db", "counter_live-1.db", "histogram_live-0.db", "histogram_live-1.db"]
    text = run(tmp_path, "api", RENDER)
    assert 'intake_uploads_total{answer="accepted"} 3.0' in text
    assert 'intake_stage_seconds_sum{stage="read"} 3.0' in text


def test_a_torn_file_does_not_hide_the_rest(tmp_path: Path) -> None:
    empty_folder(tmp_path)
    run(tmp_path, "live-0", COUNT, "accepted")
    (tmp_path / "counter_live-9.db").write_bytes(struct.pack("=iii", 60, 0, 1000) + bytes(64))
    text = run(tmp_path, "api", RENDER)
    assert "intake_counters_up 0.0" in text and "intake_database_up 0.0" in text


def test_the_folder_is_emptied_of_counters_only(tmp_path: Path) -> None:
    for name in ("counter_a.db", "other.txt"):
        (tmp_path / name).write_bytes(b"")
    empty_folder(tmp_path, unused_s=3600)
    assert (tmp_path / "counter_a.db").exists()
    empty_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


def test_the_pipelines_functions_are_measured_and_do_what_they_did() -> None:
    own = Metrics(None, "here")

    @dataclass(frozen=True)
    class Level:
        value: str

    @dataclass(frozen=True)
    class Finding:
        code: str
        level: Level

    @dataclass(frozen=True)
    class Verdict:
        findings: tuple[Finding, ...]

    verdict = Verdict((Finding("card-expired", Level("block")), Finding("card-expired", Level("block"))))
    tools = Toolbox(
        decode=lambda data: ("decoded", data),  # type: ignore[arg-type,return-value]
        read=lambda rendition, kind: ("read", rendition, kind),  # type: ignore[arg-type,return-value]
        check_photo=lambda rendition, data: (rendition, data),  # type: ignore[arg-type,return-value]
        judge=lambda *arguments: verdict,  # type: ignore[arg-type,return-value]
    )
    same = measured(tools, own)
    assert same.decode(b"x") == ("decoded", b"x")
    assert same.read("r", None) == ("read", "r", None)  # type: ignore[arg-type,comparison-overlap]
    assert same.check_photo("r", b"x") == ("r", b"x")  # type: ignore[arg-type,comparison-overlap]
    assert same.judge(None, {}, ()) is verdict  # type: ignore[comparison-overlap]
    text = own.render([], redis_up=True).decode()
    assert 'intake_findings_total{code="card-expired",level="block"} 2.0' in text
    for stage in ("decode", "read", "photo", "judge"):
        assert f'intake_stage_seconds_count{{stage="{stage}"}} 1.0' in text
