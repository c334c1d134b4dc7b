"""Which file formats a policy lets in, and how a refusal names the one that it does not."""

from __future__ import annotations

from importlib.resources import files

import pytest

from imaging.errors import ImageRefused
from imaging.model import Defect
from imaging.prescan import prescan
from verify.errors import PolicyInvalid
from verify.policy import available_policies, load_policy, parse_policy
from verify.wording import finding_of_defect, known_codes

TEXT = files("verify").joinpath("policies", "yunnan-2023.toml").read_text(encoding="utf-8")
LINE = next(line for line in TEXT.splitlines() if line.startswith("opened_formats"))


def with_line(line: str) -> str:
    return TEXT.replace(LINE, line)


@pytest.mark.parametrize("name", available_policies())
def test_no_pack_opens_heic_unasked(name: str) -> None:
    assert "HEIC" not in load_policy(name).opened_formats


@pytest.mark.parametrize(
    ("line", "formats"),
    [
        ("", ("JPEG", "PNG", "WEBP")),
        ('opened_formats = ["JPEG", "PNG"]', ("JPEG", "PNG")),
        ('opened_formats = ["JPEG", "PNG", "WEBP", "HEIC"]', ("JPEG", "PNG", "WEBP", "HEIC")),
    ],
)
def test_formats_are_data(line: str, formats: tuple[str, ...]) -> None:
    assert parse_policy(with_line(line), name="yunnan-2023").opened_formats == formats


@pytest.mark.parametrize(
    "line",
    [
        'opened_formats = ["JPEG"]',
        "opened_formats = []",
        'opened_formats = "JPEG"',
        'opened_formats = ["JPEG", "PNG", "heic"]',
        'opened_formats = ["JPEG", "PNG", "PDF"]',
        'opened_formats = ["JPEG", "PNG", 1]',
    ],
)
def test_formats_that_make_no_sense_are_refused(line: str) -> None:
    """A slot's own formats must be readable, and a word that no reader knows would let nothing in silently."""
    with pytest.raises(PolicyInvalid):
        parse_policy(with_line(line), name="yunnan-2023")


@pytest.mark.parametrize("name", ["HEIC", "GIF", "PDF"])
def test_sentence_names_the_format(name: str) -> None:
    found = finding_of_defect(Defect("format-not-allowed", severe=True, detail=name), material="diploma")
    assert f"格式 {name} 不能使用" in found.message
    assert "jpg" in found.message


# The tables of `imaging.prescan` and `imaging.sandbox`, each with values as they are raised with.
REFUSALS = [
    Defect("file-empty", 0),
    Defect("file-too-large", 13_000_000, 12_582_912),
    Defect("not-an-image"),
    Defect("animated-image", 3, 1),
    Defect("too-many-pixels", 60_000_000, 40_000_000),
    Defect("too-few-pixels", 15, 16),
    Defect("header-lies", 1600, 640),
    Defect("too-many-scans", 33, 32),
    Defect("too-many-segments", 513, 512),
    Defect("file-incomplete", 1000, 2000),
    Defect("unsupported-encoding", 195),
    Defect("image-corrupt"),
    Defect("decoder-crashed", 11),
    Defect("decoder-timeout", 10.1, 10),
    Defect("decoder-out-of-memory", limit=2**30),
]


@pytest.mark.parametrize("defect", REFUSALS, ids=lambda defect: defect.code)
def test_every_refusal_says_what_how_much_and_what_to_do(defect: Defect) -> None:
    assert defect.code in known_codes()
    message = finding_of_defect(defect, material="photo").message
    assert message.startswith("证件照")
    assert "请" in message
    if defect.measured is not None and defect.limit is not None:
        digits = {format(round(value), ",") for value in (defect.measured, defect.limit)}
        assert all(number in message for number in digits)


def test_tables_of_the_refusing_modules_are_worded() -> None:
    """A code that is new in a table has to get words."""
    from imaging import prescan as first
    from imaging import sandbox as second

    rows = [
        line.split("|")[1]
        for doc in (first.__doc__, second.__doc__)
        for line in (doc or "").splitlines()
        if line.startswith("| ") and not line.startswith("| code")
    ]
    codes = {code.strip() for row in rows for code in row.split(",")}
    assert len(codes) >= 16
    assert codes <= known_codes()
    assert codes == {defect.code for defect in REFUSALS} | {"format-not-allowed"}


def test_a_format_that_is_readable_but_not_opened_is_named() -> None:
    from dataclasses import replace

    from imaging.prescan import DEFAULT_LIMITS

    webp = b"RIFF\x04\x00\x00\x00WEBP"
    with pytest.raises(ImageRefused) as refused:
        prescan(webp, replace(DEFAULT_LIMITS, formats=("JPEG", "PNG")))
    assert (refused.value.code, refused.value.detail) == ("format-not-allowed", "WEBP")
