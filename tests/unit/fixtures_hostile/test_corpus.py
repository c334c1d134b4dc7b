"""Every hostile family meets the fate it was built for, within its budget of memory, and alone."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.hostile import corpus as corpus_module
from fixtures.hostile.cases import write_cases, write_files
from fixtures.hostile.corpus import FAMILIES
from fixtures.hostile.model import DECODE_BUDGET, HEADER_BUDGET, WITH_HEIC, Hostile
from fixtures.hostile.mutators import mutants
from fixtures.hostile.png_writer import packed_zeros
from imaging.errors import ImageRefused
from imaging.prescan import DEFAULT_LIMITS, prescan
from imaging.sandbox import Decoder
from verify.wording import known_codes

# Seconds each; `bench/run hostile` decodes them all. Here are the two that need the most memory.
_LARGEST = "40-megapixels"
_LARGEST_HERE = ("webp-40-megapixels-lossless", "jpeg-40-megapixels-progressive")


@pytest.fixture(scope="module")
def files() -> tuple[Hostile, ...]:
    chosen = (family for family in FAMILIES if _LARGEST not in family.name or family.name in _LARGEST_HERE)
    return tuple(family.make(0) for family in chosen)


@pytest.fixture
def few_families(monkeypatch: pytest.MonkeyPatch) -> int:
    """A tenth of the families, those that are too slow to build left out."""
    few = tuple(family for family in FAMILIES if _LARGEST not in family.name)[::10]
    monkeypatch.setattr("fixtures.hostile.corpus.FAMILIES", few)
    return len(few)


def outcome(hostile: Hostile, decoder: Decoder) -> str | None:
    """The refusal's code; the decoder is asked only where the header is not enough."""
    try:
        scanned = prescan(hostile.data, replace(DEFAULT_LIMITS, formats=hostile.formats))
        if hostile.budget == DECODE_BUDGET:
            decoder.decode_scanned(scanned)
    except ImageRefused as refused:
        return refused.code
    return None


def test_every_family_ends_as_expected_within_memory(files: tuple[Hostile, ...]) -> None:
    """reliability.md, G1: no child of the decoder passes 768 MB."""
    ends: dict[str, str | None] = {}
    peaks: dict[str, int] = {}
    with Decoder() as decoder:
        for hostile in files:
            ends[hostile.name] = outcome(hostile, decoder)
            cost = decoder.last_cost
            peaks[hostile.name] = 0 if cost is None or hostile.budget == HEADER_BUDGET else cost.peak_bytes
    assert ends == {hostile.name: hostile.expected_code for hostile in files}
    assert not {
        hostile.name: peaks[hostile.name] for hostile in files if peaks[hostile.name] > hostile.budget.child_bytes
    }


def test_every_expected_code_is_worded() -> None:
    assert {family.expected_code for family in FAMILIES} - {None} <= known_codes()


def test_every_format_has_families_of_both_budgets() -> None:
    for start in ("jpeg-", "png-", "webp-", "heic-"):
        budgets = {family.budget.child_bytes for family in FAMILIES if family.name.startswith(start)}
        assert budgets == {HEADER_BUDGET.child_bytes, DECODE_BUDGET.child_bytes}


def test_a_heic_is_refused_where_no_policy_asks_for_it(files: tuple[Hostile, ...]) -> None:
    judged = [hostile for hostile in files if hostile.formats == WITH_HEIC and len(hostile.data) < 12 * 1024 * 1024]
    assert len(judged) > 40
    for hostile in judged:
        with pytest.raises(ImageRefused) as refused:
            prescan(hostile.data)
        assert refused.value.code == hostile.code_by_default == "format-not-allowed"


def test_there_are_many_families_with_unique_names() -> None:
    names = [family.name for family in FAMILIES]
    assert len(names) == len(set(names)) >= 60


def test_a_seed_builds_the_same_file_again() -> None:
    for family in FAMILIES[::7]:
        assert family.make(5).data == family.make(5).data


def test_another_seed_builds_another_file() -> None:
    drawn = [family for family in FAMILIES if family.name in ("jpeg-four-inks", "png-bad-data", "webp-noise", "noise")]
    assert len(drawn) == 4
    assert all(family.make(1).data != family.make(2).data for family in drawn)


def test_files_are_small_although_they_claim_gigabytes(files: tuple[Hostile, ...]) -> None:
    sizes = {hostile.name: len(hostile.data) for hostile in files}
    # 50 000 x 50 000 pixels in colour are 7.5 GB unpacked.
    assert sizes["png-50000-colour"] < 12 * 1024 * 1024
    assert sum(sizes.values()) < 200 * 1024 * 1024


@pytest.mark.parametrize("count", [0, 1, 1000, 258 * 4096, 258 * 4096 + 1, 5_000_000])
def test_packed_zeros_are_a_valid_stream(count: int) -> None:
    assert zlib.decompress(packed_zeros(count)) == bytes(count)


def test_case_folders_are_complete(tmp_path: Path, few_families: int) -> None:
    count = write_cases(tmp_path, seed=0)
    folders = sorted(tmp_path.iterdir())
    assert count == len(folders) == few_families > 10
    for folder in folders:
        entered = json.loads((folder / "entered.json").read_text(encoding="utf-8"))
        assert entered["person"]["id_number"]
        assert len(list(folder.glob("*.jpg"))) == 1


def test_files_come_with_their_expectation(tmp_path: Path, few_families: int) -> None:
    count = write_files(tmp_path, seed=0)
    expected = json.loads((tmp_path / "expected.json").read_text(encoding="utf-8"))
    assert len(expected) == count == few_families == len(list(tmp_path.glob("*.jpg")))
    codes = {family.name: family.make(0).code_by_default for family in corpus_module.FAMILIES}
    assert expected == {f"{name}.jpg": code for name, code in codes.items()}


def test_mutants_repeat_and_differ() -> None:
    base = (bytes(range(256)) * 8, b"\x89PNG" * 300)
    first, again = list(mutants(base, seed=1, count=50)), list(mutants(base, seed=1, count=50))
    other = list(mutants(base, seed=2, count=50))
    assert first == again
    assert first != other
    assert len(set(first)) > 40
