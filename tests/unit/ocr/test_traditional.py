import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.model import Field
from ocr.traditional import _SIMPLIFIED, _TRADITIONAL, doubt_other_script, fold, is_traditional

PAGE = "畢業證書學生於本校會計學專業准予畢業"


def test_every_character_is_folded_as_a_dictionary_does() -> None:
    convert = opencc.OpenCC("t2s").convert
    assert [convert(char) for char in _TRADITIONAL] == list(_SIMPLIFIED)
    assert len(set(_TRADITIONAL)) == len(_TRADITIONAL)


def test_the_words_of_certificates() -> None:
    assert fold("畢業證書於會計學專業准予畢業") == "毕业证书于会计学专业准予毕业"


@given(st.text(max_size=40))
def test_places_stay_where_they_are(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "traditional"),
    [
        (PAGE, True),
        ("毕业证书學會計業", False),
        ("毕业证书學會計業與", True),
        ("毕业证书学生于本校会计学专业", False),
        ("", False),
    ],
)
def test_a_page_is_traditional_from_five_characters_on(text: str, traditional: bool) -> None:
    assert is_traditional(text) is traditional


@pytest.mark.parametrize(
    ("value", "page", "certain"),
    [
        ("数学", PAGE, False),
        ("數學", PAGE, True),
        ("努尔", PAGE, False),
        ("王芳", PAGE, True),
        ("数学", "毕业证书学生于本校", True),
    ],
)
def test_a_value_in_the_other_script_is_doubtful(value: str, page: str, certain: bool) -> None:
    fields = doubt_other_script({"major": Field(value, 0.99), "level": Field("数学", 0.99)}, ("major",), page_text=page)
    assert fields["major"].value == value
    assert (fields["major"].confidence > 0.6) is certain
    assert fields["level"].confidence == 0.99
