from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocr.duties import DUTIES
from verify.compare import FieldKind, compare, compare_duties, compare_units, seal_similarity
from verify.model import Match

# Texts near each other, so that all classes are met, and any texts at all, half surrogate pairs among them.
near = st.text(alphabet="张章玉王小·. （）()12年月日本科X長期\n德宏州市学士", max_size=12)
anything = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)
texts = near | anything
kinds = st.sampled_from(list(FieldKind))
spaces = st.text(alphabet=" \t\n\u3000", max_size=3)


@given(kinds, texts, texts)
def test_comparison_is_symmetric(kind: FieldKind, a: str, b: str) -> None:
    assert compare(kind, a, b) == compare(kind, b, a)


@given(st.sampled_from((None, True, False)), texts, texts)
def test_comparison_with_a_code_is_symmetric(same_code: bool | None, a: str, b: str) -> None:
    assert compare_units(a, b, same_code=same_code) == compare_units(b, a, same_code=same_code)


@given(kinds, texts)
def test_every_text_is_itself(kind: FieldKind, text: str) -> None:
    assert compare(kind, text, text).match is Match.EXACT


@given(kinds, near, near)
@example(FieldKind.NAME, "Ren\u00e9", "Rene\u0301")
@example(FieldKind.NAME, "豈", "\uf900")
def test_exact_is_the_same_text_in_nfc(kind: FieldKind, a: str, b: str) -> None:
    same = unicodedata.normalize("NFC", a) == unicodedata.normalize("NFC", b)
    assert (compare(kind, a, b).match is Match.EXACT) == same


@given(kinds, texts, texts, spaces, spaces)
def test_spaces_around_a_value_change_nothing_but_exactness(
    kind: FieldKind, a: str, b: str, before: str, after: str
) -> None:
    bare, spaced = compare(kind, a.strip(), b), compare(kind, before + a.strip() + after, b)
    if Match.EXACT in (bare.match, spaced.match):
        assert {bare.match, spaced.match} <= {Match.EXACT, Match.NORMALISED}
    else:
        assert bare == spaced


@given(kinds, texts, texts)
@example(FieldKind.UNIT, "", "·")
@example(FieldKind.UNIT, "()", "·")
@example(FieldKind.SEAL, "", "·")
@example(FieldKind.ADDRESS, "", "·")
@example(FieldKind.OFFICE, "财政局", "·")
def test_edits_only_where_something_differs(kind: FieldKind, a: str, b: str) -> None:
    found = compare(kind, a, b)
    assert (found.edits == 0) == (found.match in (Match.EXACT, Match.NORMALISED, Match.VARIANT))


@pytest.mark.parametrize(
    ("typed", "read", "match"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提", Match.NORMALISED),
        ("王小明", "王 小 明", Match.NORMALISED),
        ("阿依古丽·买买提", "阿依古丽买买提", Match.VARIANT),
        ("吴昇", "吳升", Match.VARIANT),
        ("沈阳", "瀋阳", Match.VARIANT),
        ("王子未", "王子末", Match.FUZZY),
        ("王小明", "王明", Match.FUZZY),
        ("王喆", "王吉", Match.FUZZY),
        ("王?明", "王小明", Match.FUZZY),
        ("王莀", "王", Match.FUZZY),
        ("王小明", "王小明性别", Match.FUZZY),
        ("王小明", "王小军", Match.DIFFERENT),
        ("王小明", "李大军", Match.DIFFERENT),
        ("王小明", "明小王", Match.DIFFERENT),
    ],
)
def test_names(typed: str, read: str, match: Match) -> None:
    assert compare(FieldKind.NAME, typed, read).match is match


@pytest.mark.parametrize(
    ("typed", "read", "match"),
    [
        ("红光（北京）酒业有限公司", "红光(北京)酒业有限公司", Match.NORMALISED),
        ("北京红光酒业有限公司", "红光（北京）酒业有限公司", Match.VARIANT),
        ("芒市金色商贸有限公司", "芒市金色商贸有限责任公司", Match.VARIANT),
        ("芒市金色商贸有限公司", "芒市金色商货有限公司", Match.FUZZY),
        ("芒市金色商贸有限公司", "金色商贸有限公司", Match.FUZZY),
        ("云南金色商贸有限公司", "云南金色商贸有限公司芒市分公司", Match.FUZZY),
        ("芒市金色商贸有限公司", "盈江大盈江水电有限公司", Match.DIFFERENT),
        ("云南大学", "云南学院", Match.DIFFERENT),
        ("云南财经大学", "云南民族大学", Match.DIFFERENT),
    ],
)
def test_units_and_schools(typed: str, read: str, match: Match) -> None:
    assert compare(FieldKind.UNIT, typed, read).match is match


@pytest.mark.parametrize(
    ("employer", "seal", "match"),
    [
        ("芒市金色商贸有限公司", "商贸有限公司芒市金色", Match.NORMALISED),
        ("中国芒市金色商贸有限公司", "芒市金色商贸有限公司", Match.NORMALISED),
        ("芒市金色商贸有限公司", "芒市金色商贸有限公司财务专用章", Match.NORMALISED),
        ("芒市金色商贸有限公司", "芒市金邑商贸有限公", Match.FUZZY),
        ("景洪绿野能源股份有限公司", "繁洪绿野能源股份有限公码", Match.FUZZY),
        ("芒市金色商贸有限公司", "盈江大盈江水电厂", Match.DIFFERENT),
        ("芒市金色商贸有限公司", "", Match.DIFFERENT),
    ],
)
def test_seals(employer: str, seal: str, match: Match) -> None:
    assert compare(FieldKind.SEAL, employer, seal).match is match


def test_seal_likeness_counts_after_folding() -> None:
    assert seal_similarity("芒市金色商贸有限责任公司", "芒市金色商贸有限公司财务专用章") == 1.0
    assert seal_similarity("芒市金色商贸有限公司", "盈江大盈江水电厂") < 0.5


@pytest.mark.parametrize(
    ("typed", "read", "match"),
    [
        ("2012-07-01", "2012年7月", Match.NORMALISED),
        ("2012-07-01", "2012年7月1日", Match.NORMALISED),
        ("长期", "长期有效", Match.NORMALISED),
        ("2012-07-01", "2012-07-07", Match.FUZZY),
        ("2012-07-01", "2012-01-01", Match.FUZZY),
        ("2012-07-11", "2012-07-1", Match.FUZZY),
        ("2012-07-01", "不清", Match.FUZZY),
        ("2012-07-01", "2012-09-05", Match.DIFFERENT),
        ("2012-07-01", "2016-07-01", Match.DIFFERENT),
        ("2012-07-01", "长期", Match.DIFFERENT),
    ],
)
def test_dates(typed: str, read: str, match: Match) -> None:
    assert compare(FieldKind.DATE, typed, read).match is match


@pytest.mark.parametrize(
    ("typed", "read", "match"),
    [
        ("2012-07-01", "2012-07-15", Match.NORMALISED),
        ("2012-07-05", "2012-07-24", Match.FUZZY),
        ("2012-07-01", "2012-06-30", Match.FUZZY),
        # 62 days is the most that a delay of the issue explains.
        ("2012-07-01", "2012-09-01", Match.FUZZY),
        ("2012-07-01", "2012-09-02", Match.DIFFERENT),
        ("2012-07-01", "2014-07", Match.DIFFERENT),
    ],
)
def test_graduation_is_a_month(typed: str, read: str, match: Match) -> None:
    assert compare(FieldKind.GRADUATION, typed, read).match is match


@pytest.mark.parametrize(
    ("typed", "read", "match"),
    [
        ("533103199007151226", "533103900715122", Match.NORMALISED),
        ("11010519491231002x", "１１０１０５ 19491231 002X", Match.NORMALISED),
        # The read number fails its own check: a misread explains it.
        ("533103199007151226", "533103199007151228", Match.FUZZY),
        ("533103199007151226", "53310319900715122", Match.FUZZY),
        # Both hold: these are two numbers, however alike.
        ("533103199007151226", "533103199007151242", Match.DIFFERENT),
        ("533103199007151226", "110105194912310021", Match.DIFFERENT),
    ],
)
def test_resident_numbers(typed: str, read: str, match: Match) -> None:
    assert compare(FieldKind.RESIDENT_NUMBER, typed, read).match is match


@pytest.mark.parametrize(
    ("typed", "read", "match"),
    [
        ("91533103MAURQ2839N", "91533103mau rq2839n", Match.NORMALISED),
        ("91533103MAURQ2839N", "9I533I03MAURQ2839N", Match.NORMALISED),
        ("91533103MAURQ2839N", "91533103MAURQ2838N", Match.FUZZY),
        ("91533103MAURQ2839N", "91533103MAH4BXKF13", Match.DIFFERENT),
    ],
)
def test_credit_codes(typed: str, read: str, match: Match) -> None:
    assert compare(FieldKind.CREDIT_CODE, typed, read).match is match


@pytest.mark.parametrize(
    ("typed", "read", "match"),
    [
        ("106891201205001234", "10689 1201205 001234", Match.NORMALISED),
        ("S0123", "SO123", Match.NORMALISED),
        ("106891201205001234", "106891201205001284", Match.FUZZY),
        ("106891201205001234", "10689120120500123", Match.FUZZY),
        ("106891201205001234", "106891201205001264", Match.DIFFERENT),
        ("106891201205001234", "106891201205001243", Match.DIFFERENT),
        ("106891201205001234", "2012050", Match.DIFFERENT),
    ],
)
def test_numbers_without_a_check(typed: str, read: str, match: Match) -> None:
    assert compare(FieldKind.NUMBER, typed, read).match is match


@pytest.mark.parametrize(
    ("kind", "typed", "read", "match"),
    [
        (FieldKind.GENDER, "女", "女性", Match.NORMALISED),
        (FieldKind.GENDER, "女", "男", Match.DIFFERENT),
        (FieldKind.ETHNICITY, "傣族", "傣", Match.NORMALISED),
        (FieldKind.ETHNICITY, "白", "自", Match.FUZZY),
        (FieldKind.ETHNICITY, "傣", "彝", Match.DIFFERENT),
        (FieldKind.EDUCATION_LEVEL, "专科", "大专", Match.NORMALISED),
        (FieldKind.EDUCATION_LEVEL, "专科", "本科", Match.DIFFERENT),
        (FieldKind.STUDY_MODE, "part_time", "函授", Match.NORMALISED),
        (FieldKind.STUDY_MODE, "full_time", "脱产", Match.FUZZY),
        (FieldKind.STUDY_MODE, "full_time", "业余", Match.DIFFERENT),
        (FieldKind.QUALIFICATION_LEVEL, "中级", "会计师", Match.NORMALISED),
        (FieldKind.QUALIFICATION_LEVEL, "中级", "助理会计师", Match.DIFFERENT),
        (FieldKind.DEGREE, "管理学学士", "管理学学士学位", Match.NORMALISED),
        (FieldKind.DEGREE, "管理学学士", "工学学士", Match.DIFFERENT),
        (FieldKind.TEXT, "会计学", "会计学（注册会计师方向）", Match.FUZZY),
        (FieldKind.TEXT, "會計學", "会计学", Match.VARIANT),
        (FieldKind.TEXT, "会计学", "财务管理", Match.DIFFERENT),
        (FieldKind.ADDRESS, "云南省芒市勐焕路12号", "云南省芒市 勐焕路12号。", Match.NORMALISED),
        (FieldKind.ADDRESS, "云南省芒市勐焕路12号", "云南省芒市勐焕路14号", Match.DIFFERENT),
        (FieldKind.ADDRESS, "云南省芒市勐焕路12号", "昆明市五华区翠湖南路3号", Match.DIFFERENT),
        (FieldKind.OFFICE, "芒市", "芒", Match.NORMALISED),
        (FieldKind.OFFICE, "芒市财政局", "芒市", Match.NORMALISED),
        (FieldKind.OFFICE, "德宏州芒市", "芒市", Match.NORMALISED),
        (FieldKind.OFFICE, "朝阳县", "朝阳市", Match.DIFFERENT),
        (FieldKind.OFFICE, "楚雄市", "楚碓", Match.FUZZY),
        (FieldKind.OFFICE, "红塔区", "红", Match.FUZZY),
        (FieldKind.OFFICE, "芒市", "盈江县", Match.DIFFERENT),
    ],
)
def test_other_kinds(kind: FieldKind, typed: str, read: str, match: Match) -> None:
    assert compare(kind, typed, read).match is match


@given(st.permutations(DUTIES))
def test_order_of_duties_does_not_count(duties: list[str]) -> None:
    assert compare_duties(tuple(duties), DUTIES).match in (Match.EXACT, Match.NORMALISED)


@given(st.sets(st.sampled_from(DUTIES)), st.sampled_from(DUTIES))
def test_one_more_duty_is_different(duties: set[str], more: str) -> None:
    found = compare_duties(tuple(duties), tuple(duties ^ {more}))
    assert (found.match, found.edits) == (Match.DIFFERENT, 1)


def test_spellings_of_duties() -> None:
    assert (
        compare_duties(("会计机构负责人（会计主管）", "总账;"), ("会计机构负责人(会计主管)", "总帐")).match
        is Match.NORMALISED
    )
