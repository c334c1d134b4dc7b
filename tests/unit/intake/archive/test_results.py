from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.archive.model import RunRefusedError
from intake.archive.results import ResultsFile, encode_line, read_records


def names(folder: Path) -> list[str]:
    return [str(r["case"]) for r in read_records(folder / "results.jsonl")]


def test_lines_come_back_in_order(tmp_path: Path) -> None:
    with ResultsFile(tmp_path) as results:
        for name in ("甲", "乙"):
            results.append({"case": name})
        assert results.done == {"甲", "乙"}
    assert names(tmp_path) == ["甲", "乙"]


@pytest.mark.parametrize("torn", [b"{", b'{"case":"c"}', b'{"case":"\xe4', b"x" * 200_000])
def test_a_torn_tail_is_cut_and_nothing_else(tmp_path: Path, torn: bytes) -> None:
    whole = encode_line({"case": "a"}) + encode_line({"case": "b"})
    (tmp_path / "results.jsonl").write_bytes(whole + torn)
    with ResultsFile(tmp_path) as results:
        assert results.done == {"a", "b"}
        results.append({"case": "c"})
    assert (tmp_path / "results.jsonl").read_bytes() == whole + encode_line({"case": "c"})


def test_a_file_of_one_torn_line_starts_over(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_bytes(b'{"case":"a"')
    with ResultsFile(tmp_path) as results:
        assert results.done == set()
    assert (tmp_path / "results.jsonl").read_bytes() == b""


def test_a_damaged_line_in_the_middle_costs_only_its_case(tmp_path: Path) -> None:
    lines = encode_line({"case": "a"}) + b"\x00\x00garbage\n[1]\n" + encode_line({"case": "b"})
    (tmp_path / "results.jsonl").write_bytes(lines)
    assert names(tmp_path) == ["a", "b"]


def test_two_runs_never_write_into_one_folder(tmp_path: Path) -> None:
    with ResultsFile(tmp_path), pytest.raises(RunRefusedError) as refused:
        ResultsFile(tmp_path)
    assert refused.value.code == "out-busy"
    with ResultsFile(tmp_path):
        pass


def test_text_that_utf8_cannot_hold_is_escaped_and_not_lost() -> None:
    assert encode_line({"case": "\ud800"}) == b'{"case":"\\ud800"}\n'


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.text(max_size=10), unique=True, max_size=6), st.integers(min_value=0))
def test_cutting_the_file_anywhere_keeps_every_whole_line(tmp_path: Path, cases: list[str], cut: int) -> None:
    lines = [encode_line({"case": case}) for case in cases]
    data = b"".join(lines)
    cut %= len(data) + 1
    (tmp_path / "results.jsonl").write_bytes(data[:cut])
    ends = [sum(map(len, lines[: n + 1])) for n in range(len(lines))]
    with ResultsFile(tmp_path) as results:
        assert results.done == {case for case, end in zip(cases, ends, strict=True) if end <= cut}
