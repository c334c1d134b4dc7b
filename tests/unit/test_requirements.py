"""docs/requirements.md against the tests: every requirement once, every proof exists, every such test is listed."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "requirements.md"
# domain.md section 1.1 numbers the requirements of the notices.
REQUIREMENTS = range(1, 54)
ROW = re.compile(r"\| R(?P<number>\d+) \|(?P<said>[^|]*)\|(?P<where>[^|]*)\|(?P<proof>[^|]*)\|")
PROOF = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<test>test_\w+)`")
NAMED = re.compile(r"test_r\d{2}_\w+")
# A test may be named after several: test_r04_r05_…, test_r06_to_r10_….
NUMBER = re.compile(r"(?<=_)r(\d{2})(?=_)")
SPAN = re.compile(r"_r(\d{2})_to_r(\d{2})_")
# A row without a test says who sees to it, or why nobody here does.
EXCUSE = re.compile(r"(later: \S|not ours: \S)")


@cache
def rows() -> dict[int, tuple[re.Match[str], ...]]:
    found: dict[int, list[re.Match[str]]] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        row = ROW.fullmatch(line.strip())
        if row is not None:
            found.setdefault(int(row["number"]), []).append(row)
    return {number: tuple(matches) for number, matches in found.items()}


def proofs(number: int) -> list[tuple[str, str]]:
    return [(proof["file"], proof["test"]) for proof in PROOF.finditer(rows()[number][0]["proof"])]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def numbers_of(name: str) -> frozenset[int]:
    """The requirements that a test is named after."""
    spans = (range(int(span[1]), int(span[2]) + 1) for span in SPAN.finditer(name))
    return frozenset(int(number) for number in NUMBER.findall(name)) | frozenset(n for span in spans for n in span)


@cache
def named_tests() -> frozenset[tuple[int, str, str]]:
    """Every test of the repository that is named after a requirement: number, file, name."""
    return frozenset(
        (number, file, name)
        for path in (ROOT / "tests").rglob("test_*.py")
        for file in [path.relative_to(ROOT).as_posix()]
        for name in names_in(file)
        if NAMED.fullmatch(name)
        for number in numbers_of(name)
    )


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("test_r04_box", {4}),
        ("test_r04_r05_boxes", {4, 5}),
        ("test_r06_to_r10_one_office", {6, 7, 8, 9, 10}),
        ("test_r17_asks_and_r45_names_it", {17, 45}),
        ("test_nothing", set()),
    ],
)
def test_numbers_of_a_name(name: str, numbers: set[int]) -> None:
    assert numbers_of(name) == numbers


def test_every_requirement_has_one_row() -> None:
    assert sorted(rows()) == list(REQUIREMENTS)
    assert {number: len(found) for number, found in rows().items() if len(found) != 1} == {}


@pytest.mark.parametrize("number", REQUIREMENTS)
def test_every_row_says_what_where_and_how_it_is_proved(number: int) -> None:
    row = rows()[number][0]
    assert row["said"].strip()
    assert row["where"].strip()
    assert proofs(number) or EXCUSE.search(row["proof"])
    # What looks like a test must be written in the form that is checked here.
    assert len(re.findall(r"test_\w+`", row["proof"])) == len(proofs(number))


@pytest.mark.parametrize("number", REQUIREMENTS)
def test_every_test_that_is_named_exists(number: int) -> None:
    for file, name in proofs(number):
        assert (ROOT / file).is_file(), file
        assert name in names_in(file), name
        assert number in numbers_of(name), name


def test_every_test_named_after_a_requirement_is_listed() -> None:
    listed = {(number, file, name) for number in rows() for file, name in proofs(number)}
    assert len(listed) > 30
    assert named_tests() - listed == set()
