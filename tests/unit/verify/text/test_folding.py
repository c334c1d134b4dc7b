from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.text.folding import fold_name, fold_number, fold_text, fold_width


# The dots of domain.md section 5.1.
@pytest.mark.parametrize(
    "dot",
    [
        "\u00b7",
        "\u2022",
        "\u2027",
        "\u30fb",
        "\uff65",
        "\u2219",
        "\u22c5",
        ".",
        "\uff0e",
        "\u3002",
        "\u02d9",
        "\ua78f",
        "-",
        " · ",
        "··",
    ],
)
def test_every_dot_of_a_name_is_the_right_one(dot: str) -> None:
    assert fold_name(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


def test_spaces_around_the_dot_and_inside_go() -> None:
    assert fold_name(" 阿依古丽 · 买买提 ") == "阿依古丽·买买提"
    assert fold_name("王　小　明") == "王小明"


def test_dots_at_the_ends_are_no_part_of_a_name() -> None:
    assert fold_name("王小明.") == "王小明"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("（芒市）", "(芒市)"),
        ("\u2f08", "人"),
        ("\uf900", "豈"),
        ("㈱", "㈱"),
        ("\ufeff张\u200b三", "张三"),
        ("\ue81e", "\u9fb4"),
        ("\ue863", "䶮"),
        ("\ue816", "\U00020087"),
        ("\ue78d", "\ufe10"),
        ("\u2ee2\u2ec5", "马见"),
        ("葛\U000e0101", "葛"),
        ("𠮷", "𠮷"),
    ],
)
def test_widths_radicals_and_private_use(text: str, folded: str) -> None:
    assert fold_width(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("第 0012-34 号", "001234"),
        ("No.0012", "0012"),
        ("编号：ab12", "AB12"),
        ("１２３４", "1234"),
        ("滇—001", "滇001"),
    ],
)
def test_numbers_lose_what_stands_around_them(text: str, folded: str) -> None:
    assert fold_number(text) == folded


def test_free_text_loses_punctuation() -> None:
    assert fold_text("云南省，芒市（勐焕）路 12 号。") == "云南省芒市勐焕路12号"


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    for fold in (fold_name, fold_text):
        assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_no_white_space_is_left(text: str) -> None:
    assert not any(char.isspace() for fold in (fold_name, fold_text, fold_number) for char in fold(text))
