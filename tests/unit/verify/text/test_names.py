from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.text.folding import fold_name
from verify.text.names import has_makeshift, with_placeholders


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("王小明", "王小明"),
        ("王(马高)", "王?"),
        ("王（马高）明", "王?明"),
        ("王【左马右高】", "王?"),
        ("王⿰马高", "王?"),
        ("王⿱⿰马高心明", "王?明"),
        # A description that breaks off is no description.
        ("王⿰马", "王⿰马"),
        ("王yan", "王?"),
        ("YAN小明", "?小明"),
        ("王Yǎn明", "王?明"),
        ("王yan3", "王?"),
        ("王□", "王?"),
        ("王**", "王??"),
        ("王\ue123", "王?"),
        ("王\U000f0001", "王?"),
        # One character in brackets is no composition, and a Latin name no pinyin.
        ("王(马)", "王(马)"),
        ("JOHN SMITH", "JOHNSMITH"),
    ],
)
def test_makeshifts(name: str, marked: str) -> None:
    assert with_placeholders(fold_name(name)) == marked


@given(st.text(max_size=20))
def test_any_text_is_taken(text: str) -> None:
    marked = with_placeholders(fold_name(text))
    assert len(marked) <= len(fold_name(text))


@pytest.mark.parametrize(
    ("name", "makeshift"),
    [
        ("王小明", False),
        ("阿依古丽·买买提", False),
        ("John Smith", False),
        ("王？", True),
        ("王（马高）", True),
        ("王yan", True),
    ],
)
def test_names_that_were_not_written_out(name: str, makeshift: bool) -> None:
    assert has_makeshift(name) is makeshift
