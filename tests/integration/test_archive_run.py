"""Archive runs with real worker processes and a toolbox without models."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from intake.archive import pool as pool_module
from intake.archive.model import Outcome, RunRefusedError
from intake.archive.run import RunOrder, RunReport, run_archive

NOW = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)


class Counting:
    """Progress that only remembers; interrupts after a number of cases when asked to."""

    def __init__(self, interrupt_after: int | None = None) -> None:
        self.total = self.already = 0
        self.seen: list[Outcome] = []
        self._interrupt_after = interrupt_after

    def begin(self, *, total: int, done: int) -> None:
        self.total, self.already = total, done

    def advance(self, outcome: Outcome) -> None:
        self.seen.append(outcome)
        if len(self.seen) == self._interrupt_after:
            raise KeyboardInterrupt


def make_cases(root: Path, typed: dict[str, dict[str, object]]) -> Path:
    for name, entered in typed.items():
        folder = root / name
        folder.mkdir(parents=True)
        (folder / "entered.json").write_text(json.dumps(entered))
        (folder / "diploma.jpg").write_bytes(b"\x80")
    return root


def run(
    source: Path,
    out: Path,
    progress: Counting | None = None,
    *,
    cards: int = 10,
    factory: str = "open_fake",
    digest: str = "d",
) -> RunReport:
    order = RunOrder(
        source=source,
        out=out,
        policy="p",
        policy_digest=digest,
        workers=2,
        cards=cards,
        factory=f"tests.fake_toolbox:{factory}",
    )
    return run_archive(order, progress or Counting(), now=lambda: NOW)


def lines(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]


def test_every_case_gets_one_line_and_the_files_are_there(tmp_path: Path) -> None:
    source = make_cases(tmp_path / "in", {f"c{n}": {"score": 90 + n} for n in range(5)})
    report = run(source, tmp_path / "out")
    assert sorted(str(r["case"]) for r in lines(tmp_path / "out")) == ["c0", "c1", "c2", "c3", "c4"]
    assert report.complete
    assert report.summary["by_band"] == {"likely_pass": 4, "needs_review": 1}
    assert report.summary["cases"] == report.summary["cases_total"] == 5
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == report.summary
    assert len(list((tmp_path / "out" / "images").rglob("*.jpg"))) == 5
    assert "c4" in (tmp_path / "out" / "report.html").read_text()


def test_a_killed_worker_loses_only_its_case(tmp_path: Path) -> None:
    typed: dict[str, dict[str, object]] = {f"c{n}": {} for n in range(4)}
    typed["poison"] = {"do": "die"}
    progress = Counting()
    run(make_cases(tmp_path / "in", typed), tmp_path / "out", progress)
    found = {str(r["case"]): r for r in lines(tmp_path / "out")}
    assert sorted(found) == ["c0", "c1", "c2", "c3", "poison"]
    assert [f["code"] for f in found["poison"]["findings"]] == ["case-failed"]  # type: ignore[attr-defined]
    assert [o.failure for o in progress.seen if o.record is None] == ["worker-killed"]


def test_a_case_whose_worker_was_killed_by_chance_is_tried_again(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    source = make_cases(tmp_path / "in", {"a": {"do": "die-once", "mark": str(mark), "score": 77}, "b": {}})
    run(source, tmp_path / "out")
    assert mark.exists()
    assert {str(r["case"]): r["score"] for r in lines(tmp_path / "out")} == {"a": 77, "b": 100}


def test_a_hanging_case_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "CASE_TIMEOUT_S", 0.5)
    source = make_cases(tmp_path / "in", {"a": {"do": "sleep", "seconds": 60}, "b": {}})
    run(source, tmp_path / "out")
    found = {str(r["case"]): r for r in lines(tmp_path / "out")}
    assert [f["code"] for f in found["a"]["findings"]] == ["case-timeout"]  # type: ignore[attr-defined]
    assert found["b"]["findings"] == []


def test_an_engine_that_never_answers_costs_its_case_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "CASE_TIMEOUT_S", 0.5)
    source = make_cases(tmp_path / "in", {"dark": {}, "light": {}})
    for name, shade in (("dark", b"\x10"), ("light", b"\xf0")):
        (source / name / "diploma.jpg").write_bytes(shade)
    run(source, tmp_path / "out", factory="open_hanging")
    found = {str(r["case"]): r for r in lines(tmp_path / "out")}
    assert [f["code"] for f in found["dark"]["findings"]] == ["case-timeout"]  # type: ignore[attr-defined]
    assert found["light"]["findings"] == []


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    source = make_cases(tmp_path / "in", {f"c{n}": {} for n in range(6)})
    first = run(source, tmp_path / "out", Counting(interrupt_after=2))
    before = (tmp_path / "out" / "results.jsonl").read_bytes()
    assert not first.complete
    assert len(before.splitlines()) == 2
    progress = Counting()
    second = run(source, tmp_path / "out", progress)
    assert (progress.total, progress.already, len(progress.seen)) == (6, 2, 4)
    assert second.complete
    assert second.skipped == 2
    assert (tmp_path / "out" / "results.jsonl").read_bytes().startswith(before)
    assert len({str(r["case"]) for r in lines(tmp_path / "out")}) == len(lines(tmp_path / "out")) == 6


def test_a_torn_last_line_is_cut_and_its_case_done_again(tmp_path: Path) -> None:
    source = make_cases(tmp_path / "in", {f"c{n}": {} for n in range(3)})
    run(source, tmp_path / "out")
    path = tmp_path / "out" / "results.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    report = run(source, tmp_path / "out")
    assert report.skipped == 2
    assert sorted(str(r["case"]) for r in lines(tmp_path / "out")) == ["c0", "c1", "c2"]


def test_other_sources_and_other_rules_never_mix(tmp_path: Path) -> None:
    one, two = make_cases(tmp_path / "one", {"a": {}}), make_cases(tmp_path / "two", {"a": {}})
    run(one, tmp_path / "out")
    before = (tmp_path / "out" / "results.jsonl").read_bytes()
    for source, digest in ((two, "d"), (one, "other")):
        with pytest.raises(RunRefusedError) as refused:
            run(source, tmp_path / "out", digest=digest)
        assert refused.value.code == "out-other-run"
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == before


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    source = make_cases(tmp_path / "in", {"a": {}})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("mine")
    with pytest.raises(RunRefusedError) as refused:
        run(source, tmp_path / "out")
    assert refused.value.code == "out-not-ours"
    assert (tmp_path / "out" / "report.html").read_text() == "mine"


def test_output_inside_the_archive_is_refused(tmp_path: Path) -> None:
    source = make_cases(tmp_path / "in", {"a": {}})
    with pytest.raises(RunRefusedError) as refused:
        run(source, source / "out")
    assert refused.value.code == "out-inside-source"
    assert not (source / "out").exists()


def test_a_broken_installation_is_one_sentence_and_no_case_is_blamed(tmp_path: Path) -> None:
    source = make_cases(tmp_path / "in", {"a": {}})
    with pytest.raises(RunRefusedError) as refused:
        run(source, tmp_path / "out", factory="open_broken")
    assert refused.value.code == "worker-cannot-start"
    assert lines(tmp_path / "out") == []


def test_only_the_worst_cases_keep_pictures_and_cards(tmp_path: Path) -> None:
    source = make_cases(tmp_path / "in", {f"c{n}": {"score": 10 * n} for n in range(6)})
    run(source, tmp_path / "out", cards=2)
    page = (tmp_path / "out" / "report.html").read_text()
    assert len(list((tmp_path / "out" / "images").rglob("*.jpg"))) == 2
    assert page.count("<article") == 2
    assert "最需要核对的 2 人" in page


def test_what_a_library_prints_in_a_worker_reaches_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(make_cases(tmp_path / "in", {"a": {"do": "print"}}), tmp_path / "out")
    assert capfd.readouterr() == ("", "")
