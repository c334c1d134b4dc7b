"""Every hostile family meets the fate it was built for, within its budget of memory, and alone."""

from __future__ import annotations

import json
import resource
import zlib
from pathlib import Path

import pytest

from fixtures.hostile.cases import write_cases, write_files
from fixtures.hostile.corpus import FAMILIES, corpus
from fixtures.hostile.model import AT_ONCE_S, Hostile
from fixtures.hostile.mutators import mutants
from fixtures.hostile.png_writer import packed_zeros
from imaging.errors import ImageRefused
from imaging.prescan import prescan
from imaging.sandbox import Decoder


@pytest.fixture(scope="module")
def files() -> tuple[Hostile, ...]:
    return tuple(corpus(0))


def outcome(hostile: Hostile, decoder: Decoder) -> str | None:
    """The refusal's code; families that say the header is enough get no more than a look at it."""
    try:
        scanned = prescan(hostile.data)
        if hostile.budget_s > AT_ONCE_S:
            decoder.decode_scanned(scanned)
    except ImageRefused as refused:
        return refused.code
    return None


def test_every_family_ends_as_expected_within_memory(files: tuple[Hostile, ...]) -> None:
    """reliability.md, G1: no child of the decoder passes 768 MB."""
    with Decoder() as decoder:
        ends = {hostile.name: outcome(hostile, decoder) for hostile in files}
    assert ends == {hostile.name: hostile.expected_code for hostile in files}
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 768 * 1024


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
    assert sum(sizes.values()) < 100 * 1024 * 1024


@pytest.mark.parametrize("count", [0, 1, 1000, 258 * 4096, 258 * 4096 + 1, 5_000_000])
def test_packed_zeros_are_a_valid_stream(count: int) -> None:
    assert zlib.decompress(packed_zeros(count)) == bytes(count)


def test_case_folders_are_complete(tmp_path: Path) -> None:
    count = write_cases(tmp_path, seed=0)
    folders = sorted(tmp_path.iterdir())
    assert count == len(folders) == len(FAMILIES)
    for folder in folders:
        entered = json.loads((folder / "entered.json").read_text(encoding="utf-8"))
        assert entered["person"]["id_number"]
        assert len(list(folder.glob("*.jpg"))) == 1


def test_files_come_with_their_expectation(tmp_path: Path) -> None:
    count = write_files(tmp_path, seed=0)
    expected = json.loads((tmp_path / "expected.json").read_text(encoding="utf-8"))
    assert len(expected) == count == len(list(tmp_path.glob("*.jpg")))
    assert expected["gif-named-jpg.jpg"] == "format-not-allowed"


def test_mutants_repeat_and_differ() -> None:
    base = (bytes(range(256)) * 8, b"\x89PNG" * 300)
    first, again = list(mutants(base, seed=1, count=50)), list(mutants(base, seed=1, count=50))
    other = list(mutants(base, seed=2, count=50))
    assert first == again
    assert first != other
    assert len(set(first)) > 40
