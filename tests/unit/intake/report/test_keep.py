from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from intake.report.keep import WorstCases


@given(st.lists(st.integers(0, 100), max_size=40), st.integers(0, 10))
def test_the_worst_are_kept_and_every_other_is_named_once(scores: list[int], limit: int) -> None:
    records = [{"case": f"c{n:03}", "score": score} for n, score in enumerate(scores)]
    kept = WorstCases(limit)
    dropped = [name for record in records if (name := kept.offer(record)) is not None]
    expected = sorted(records, key=lambda r: (r["score"], r["case"]))[:limit]
    assert kept.records() == expected
    assert sorted(dropped) == sorted(str(r["case"]) for r in records if r not in expected)


def test_equal_records_do_not_break_the_order() -> None:
    kept = WorstCases(2)
    for _ in range(3):
        kept.offer({"case": "a", "score": 1})
    assert len(kept.records()) == 2
