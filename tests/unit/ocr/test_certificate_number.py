from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.model import Field
from ocr.readers.certificate_number import doubted, find_number, is_degree_number, is_diploma_number
from tests.unit.ocr.pages import page_of

DIPLOMA = "106891201205001234"
DEGREE = "1068942012001234"


@pytest.mark.parametrize(
    ("number", "whole"),
    [
        (DIPLOMA, True),
        (DIPLOMA[:-1], False),
        (DIPLOMA + "0", False),
        # 17 digits in the first two years only.
        ("10689120010500123", True),
        ("10689120020500123", True),
        ("10689120030500123", False),
        ("106895201205001234", True),
        ("106890201205001234", False),
        ("65530102031454004", True),
        ("655301021110986872", True),
        ("6553010203145400", False),
        ("", False),
    ],
)
def test_forms_of_diploma_numbers(number: str, whole: bool) -> None:
    assert is_diploma_number(number) is whole


@pytest.mark.parametrize(
    ("number", "whole"),
    [
        (DEGREE, True),
        (DEGREE[:-1], False),
        (DEGREE + "1", False),
        ("C" + DEGREE, True),
        ("Z" + DEGREE, True),
        ("X" + DEGREE, False),
        ("1068942012S01234", True),
        ("1068952012001234", False),
        ("", False),
    ],
)
def test_forms_of_degree_numbers(number: str, whole: bool) -> None:
    assert is_degree_number(number) is whole


@pytest.mark.parametrize("number", [DIPLOMA[:-1], DIPLOMA[1:], DIPLOMA + "1"])
@pytest.mark.parametrize("regulated", [True, None])
def test_a_number_cut_short_is_never_certain(number: str, regulated: bool | None) -> None:
    field = doubted(Field(number, 0.99), is_whole=is_diploma_number, regulated=regulated)
    assert field is not None
    assert field.value == number
    assert field.confidence <= 0.6


@pytest.mark.parametrize(("number", "regulated"), [(DIPLOMA, True), ("9101234", False), ("9101234", None)])
def test_whole_numbers_and_free_forms_keep_their_confidence(number: str, regulated: bool | None) -> None:
    field = Field(number, 0.99)
    assert doubted(field, is_whole=is_diploma_number, regulated=regulated) == field


def test_doubt_never_raises_a_confidence() -> None:
    field = Field("123", 0.2)
    assert doubted(field, is_whole=is_diploma_number, regulated=True) == replace(field, confidence=0.2)


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (("证书编号：106891201205001234",), DIPLOMA),
        (("证书编号", "106891201205001234"), DIPLOMA),
        (("毕业证书编号：106891201205001234|2012年7月1日",), DIPLOMA),
        # Two boxes of one number.
        (("证书编号：|1068912012|05001234",), DIPLOMA),
        (("電子註冊號", "106891201205001234"), DIPLOMA),
        (("编号：（1990）云岭字第168号",), "（1990）云岭字第168号"),
        (("编号：(1990)云岭字第168号|1990年7月1日",), "（1990）云岭字第168号"),
        (("證書編號：雲嶺畢字第970168號",), "雲嶺畢字第970168號"),
        (("编号：云党函字第201304560",), "云党函字第201304560"),
    ],
)
def test_numbers_behind_labels(rows: tuple[str, ...], value: str) -> None:
    field = find_number(page_of("毕业证书", *rows), is_whole=is_diploma_number)
    assert field is not None
    assert field.value == value


def test_a_page_without_a_number_has_none() -> None:
    assert find_number(page_of("毕业证书", "学生王芳，女", "2012年7月1日"), is_whole=is_diploma_number) is None


@given(st.text(alphabet="证书编号：:0123456789年字第（）()X \n毕", max_size=50))
def test_what_is_found_stands_on_the_page(text: str) -> None:
    page = page_of(*(text.split("\n")))
    field = find_number(page, is_whole=is_degree_number)
    if field is not None:
        assert field.raw in page.by_row.text
