"""`archive run`: the steps in order, from SOURCE to results.jsonl, report.html and summary.json.

Running the same command again goes on where the last run stopped. The folder remembers what it belongs to
(run.json), so that results of two archives, or of two policies, never mix.
"""

from __future__ import annotations

import datetime
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from intake.archive.model import CaseRef, Outcome, RunRefusedError
from intake.archive.pool import CASE_TIMEOUT_S, Pool
from intake.archive.results import RESULTS_NAME, ResultsFile, read_records
from intake.archive.source import list_cases
from intake.archive.summary import SUMMARY_NAME, Session, count_records, describe_cost, write_json
from intake.archive.worker import WorkerOrder
from intake.case_folder import shown_name
from intake.record import failed_record
from intake.report.keep import WorstCases
from intake.report.pictures import drop_pictures
from intake.report.render import REPORT_NAME, write_report

RUN_NAME = "run.json"
IMAGES_NAME = "images"


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What the operator asked for.

    Attributes:
        source: Folder of case folders, or a manifest.
        out: Output folder.
        policy: Name or path of the policy.
        policy_digest: Hex digest of the policy's content, so that changed rules never mix with old results.
        workers: Worker processes.
        may_resume: False refuses a folder that already holds a run.
        cards: How many cases get a card (and pictures) in the report.
        factory: See `WorkerOrder`.
    """

    source: Path
    out: Path
    policy: str
    policy_digest: str
    workers: int
    may_resume: bool = True
    cards: int = 500
    factory: str = "intake.toolbox:worker_toolbox"


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run ended.

    Attributes:
        summary: The content of summary.json.
        out: The output folder.
        skipped: Cases that were already done when the run began.
        complete: False when it was interrupted.
    """

    summary: Mapping[str, Any]
    out: Path
    skipped: int
    complete: bool


class Progress(Protocol):
    """Shows progress: a bar on a terminal, plain lines elsewhere."""

    def begin(self, *, total: int, done: int) -> None: ...
    def advance(self, outcome: Outcome) -> None: ...


def run_archive(
    order: RunOrder,
    progress: Progress,
    *,
    now: Callable[[], datetime.datetime],
) -> RunReport:
    """Runs the archive to its end, or until the operator interrupts it.

    Args:
        order: What to do.
        progress: Told about every case.
        now: The clock, in UTC.

    Raises:
        SourceError: SOURCE cannot be used.
        RunRefusedError: The output folder cannot be used, or no worker starts.
        OSError: The disk is full or gone; what was written stays valid.
    """
    refs = list_cases(order.source)
    _claim(order)
    with ResultsFile(order.out) as results:
        state = _Progressed(order, results, now())
        left = [ref for ref in refs if ref.name not in results.done]
        skipped = len(refs) - len(left)
        progress.begin(total=len(refs), done=skipped)
        ended = "failed"
        try:
            ended = state.work(left, progress)
        finally:
            summary = state.close(ended, total=len(refs))
    return RunReport(summary=summary, out=order.out, skipped=skipped, complete=ended == "complete")


class _Progressed:
    """A run in motion: appends results, keeps the worst cases' pictures, adds up the cost."""

    def __init__(self, order: RunOrder, results: ResultsFile, started: datetime.datetime) -> None:
        self._order = order
        self._results = results
        self._started, self._clock = started, time.monotonic()
        self._worst = WorstCases(order.cards)
        for record in read_records(order.out / RESULTS_NAME):
            self._worst.offer(record)
        self._cases, self._case_seconds, self._peak = 0, 0.0, 0

    def work(self, left: list[CaseRef], progress: Progress) -> str:
        pictures = self._order.out / IMAGES_NAME if self._order.cards > 0 else None
        worker_order = WorkerOrder(self._order.policy, pictures, self._order.factory)
        pool = Pool(worker_order, workers=max(1, min(self._order.workers, len(left))))
        try:
            for outcome in pool.run(left):
                record = outcome.record or failed_record(
                    outcome.ref.name, outcome.failure or "worker-killed", limit_s=CASE_TIMEOUT_S
                )
                self._results.append(record)
                dropped = self._worst.offer(record)
                if dropped is not None and pictures is not None:
                    drop_pictures(pictures, dropped)
                self._cases += 1
                self._case_seconds += outcome.seconds
                self._peak = max(self._peak, outcome.peak_rss_bytes)
                progress.advance(outcome)
        except KeyboardInterrupt:
            pool.close()
            return "interrupted"
        return "complete"

    def close(self, ended: str, *, total: int) -> dict[str, Any]:
        """Writes summary.json and report.html from what results.jsonl holds now."""
        self._results.sync()
        session = Session(
            started=self._started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self._clock, 3),
            cases=self._cases,
            case_seconds=round(self._case_seconds, 3),
            peak_rss_bytes=self._peak,
            workers=self._order.workers,
            ended=ended,
        )
        sessions = _remember(self._order.out, session)
        counts = count_records(read_records(self._order.out / RESULTS_NAME))
        summary = {
            "source": shown_name(str(self._order.source.resolve())),
            "policy": self._order.policy,
            "complete": ended == "complete",
            "cases_total": total,
            **counts,
            **describe_cost(sessions),
            "workers": self._order.workers,
            "sessions": [asdict(s) for s in sessions],
        }
        write_json(self._order.out / SUMMARY_NAME, summary)
        write_report(self._order.out / REPORT_NAME, self._worst.records(), summary, images=IMAGES_NAME)
        return summary


def _claim(order: RunOrder) -> None:
    """Makes the output folder ours, or refuses it. Nothing that lies there is ever overwritten."""
    out, source = order.out.resolve(), order.source.resolve()
    if out == source or source in out.parents:
        raise RunRefusedError("out-inside-source", "输出文件夹不能放在档案文件夹之内：请在别处指定 --out。")
    try:
        # Results and pictures are personal data: a folder that we make is the operator's alone.
        order.out.mkdir(mode=0o700, parents=True, exist_ok=True)
        listed = {entry for entry in os.listdir(order.out) if not entry.startswith(".")}
    except OSError as exc:
        raise RunRefusedError("out-not-writable", f"无法写入输出文件夹 {shown_name(str(order.out))}。") from exc
    run_file = order.out / RUN_NAME
    if RUN_NAME not in listed:
        if listed:
            raise RunRefusedError("out-not-ours", "输出文件夹不为空，也不是本命令的输出：请换一个空文件夹。")
        write_json(run_file, {**_identity(order), "sessions": []})
        return
    if not order.may_resume:
        raise RunRefusedError("out-other-run", "输出文件夹已有结果：去掉 --no-resume 可继续，或换一个文件夹。")
    known = _read_run(run_file)
    for key, word in (("source", "档案来源"), ("policy", "采集规则"), ("policy_digest", "采集规则的内容")):
        if known.get(key) != _identity(order)[key]:
            raise RunRefusedError("out-other-run", f"输出文件夹属于另一次运行（{word}不同）：请换一个文件夹。")


def _identity(order: RunOrder) -> dict[str, str]:
    source = str(order.source.resolve()).encode("utf-8", "backslashreplace").decode("utf-8")
    return {"source": source, "policy": order.policy, "policy_digest": order.policy_digest}


def _read_run(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise RunRefusedError("out-not-ours", "输出文件夹中的 run.json 已损坏：请换一个文件夹。") from exc
    return value if isinstance(value, dict) else {}


def _remember(out: Path, session: Session) -> list[Session]:
    """Adds this invocation to run.json and returns all of them."""
    known = _read_run(out / RUN_NAME)
    stored = [*known.get("sessions", []), asdict(session)]
    write_json(out / RUN_NAME, {**known, "sessions": stored})
    return [Session(**entry) for entry in stored]
