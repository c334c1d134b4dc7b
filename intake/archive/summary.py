"""summary.json: counts over all lines of results.jsonl, and what the run cost."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.refusal import record_refused

SUMMARY_NAME = "summary.json"


@dataclass(frozen=True, slots=True)
class Session:
    """One invocation of the command on an output folder.

    Attributes:
        started: UTC, ISO 8601.
        seconds: Wall time.
        cases: Cases that got a line in this invocation.
        case_seconds: Sum of the cases' own wall times in the workers.
        peak_rss_bytes: Highest resident memory of any worker.
        workers: Worker processes.
        ended: `complete`, `interrupted`, `failed`.
    """

    started: str
    seconds: float
    cases: int
    case_seconds: float
    peak_rss_bytes: int
    workers: int
    ended: str


def count_records(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts cases by band, findings by code and level, and the spread of scores in tens."""
    bands: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    tens: Counter[int] = Counter()
    cases, total, refused, failed = 0, 0, 0, 0
    for record in records:
        cases += 1
        score = int(record.get("score") or 0)
        total += score
        tens[min(9, score // 10)] += 1
        bands[str(record.get("band"))] += 1
        refused += record_refused(record.get("findings") or ())
        failed += any(f.get("code") in ("case-failed", "case-timeout") for f in record.get("findings") or ())
        for finding in record.get("findings") or ():
            codes[str(finding.get("code"))] += 1
            levels[str(finding.get("level"))] += 1
    return {
        "cases": cases,
        "cases_refused": refused,
        "cases_failed": failed,
        "score_mean": round(total / cases, 1) if cases else None,
        "score_histogram": {f"{ten * 10}-{ten * 10 + (10 if ten == 9 else 9)}": tens[ten] for ten in range(10)},
        "by_band": dict(sorted(bands.items())),
        "by_level": dict(sorted(levels.items())),
        "by_code": dict(codes.most_common()),
    }


def describe_cost(sessions: Iterable[Session]) -> dict[str, Any]:
    """Times, rate and memory over every invocation on the folder."""
    listed = list(sessions)
    seconds = sum(s.seconds for s in listed)
    cases = sum(s.cases for s in listed)
    return {
        "seconds": round(seconds, 3),
        "cases_per_second": round(cases / seconds, 3) if seconds > 0 else None,
        "seconds_per_case": round(sum(s.case_seconds for s in listed) / cases, 3) if cases else None,
        "peak_rss_bytes": max((s.peak_rss_bytes for s in listed), default=0),
    }


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Writes a JSON file complete or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)
