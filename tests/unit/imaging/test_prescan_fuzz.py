"""The fuzz target's own function, without the fuzzer: seeds, files that once broke it, and random damage."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.hostile.mutators import mutants
from imaging.scanned import Scanned
from tests.fuzz import invariants
from tests.fuzz.invariants import BrokenInvariant, scan_one
from tests.fuzz.write_corpus import MAX_SEED_BYTES, seeds

CRASHES = Path(invariants.__file__).parent / "crashes"


@pytest.fixture(scope="module")
def corpus() -> tuple[bytes, ...]:
    return tuple(seeds())


def test_seeds_are_small_and_of_both_fates(corpus: tuple[bytes, ...]) -> None:
    ends = [scan_one(data) for data in corpus]
    assert ends.count(None) > 20
    assert len(set(ends)) > 8
    assert max(map(len, corpus)) <= MAX_SEED_BYTES


@pytest.mark.parametrize("path", sorted(p for p in CRASHES.iterdir() if p.suffix != ".md"), ids=lambda p: p.name)
def test_files_that_once_broke_it(path: Path) -> None:
    code = scan_one(path.read_bytes())
    assert code is None or code in invariants.CODES


def test_mutated_seeds_keep_the_invariants(corpus: tuple[bytes, ...]) -> None:
    bases = tuple(data for data in corpus if len(data) > 100)
    ends = [scan_one(data) for data in mutants(bases, seed=20261121, count=4000)]
    assert ends.count(None) > 400
    assert len(set(ends)) > 8


@given(st.data())
def test_headers_with_any_tail(corpus: tuple[bytes, ...], data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(corpus))
    kept = data.draw(st.integers(0, min(len(seed), 600)))
    code = scan_one(seed[:kept] + data.draw(st.binary(max_size=200)))
    assert code is None or code in invariants.CODES


def test_a_scan_that_contradicts_itself_is_noticed(monkeypatch: pytest.MonkeyPatch, corpus: tuple[bytes, ...]) -> None:
    """The invariants can fail: a target that cannot would prove nothing."""
    honest = invariants.prescan

    def turned_wrong(data: bytes, limits: object) -> Scanned:
        from dataclasses import replace

        return replace(honest(data, limits), orientation=9)  # type: ignore[arg-type]

    monkeypatch.setattr(invariants, "prescan", turned_wrong)
    accepted = next(data for data in corpus if data.startswith(b"\xff\xd8"))
    with pytest.raises(BrokenInvariant):
        scan_one(accepted)
