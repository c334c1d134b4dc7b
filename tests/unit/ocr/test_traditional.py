import opencc
from hypothesis import given
from hypothesis import strategies as st

from ocr.traditional import _SIMPLIFIED, _TRADITIONAL, fold


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
