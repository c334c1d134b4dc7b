"""The number of the form's identity paper, by the kind of paper (domain.md sections 2.1, 2.2 and 5.4)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verify.conftest import Papers
from tests.unit.verify.identifiers import by_hand
from verify.identifiers.id_types import IdType
from verify.model import Finding, Level

BORN = date(1990, 7, 15)
FIELD = "person.id_number"
# The codes that speak about the number alone.
NUMBER_CODES = (
    "id-type-unknown",
    "id-type-against-number",
    "id-number-malformed",
    "id-number-first-generation",
    "id-number-birth",
    "id-number-birth-future",
    "id-number-check",
    "id-number-age",
    "id-number-division-unknown",
    "id-number-division-abolished",
    "permit-number-malformed",
    "permit-number-check",
    "permit-number-birth",
    "permit-number-old-form",
    "permit-number-odd",
    "gender-against-number",
    "birth-date-against-number",
)
HK_RESIDENCE = by_hand.citizen_born("810000", BORN, 122)
FOREIGN = by_hand.citizen("95384019900715122")
EARLY_FOREIGN = by_hand.machine("USA53019007152")


def holding(papers: Papers, id_type: str | None, number: str) -> Papers:
    """The person with another paper, whose number stands on the other papers too."""
    papers.type("person.id_type", id_type).type(FIELD, number)
    for slot in ("id_card_front", "work_certificate", "qualification_certificate"):
        papers.read[slot]["id_number"] = number
    return papers


def told(papers: Papers) -> dict[str, Finding]:
    """What was said about the number."""
    return {code: found for code, found in papers.codes().items() if code in NUMBER_CODES}


# domain.md section 5.4: check digit, birth date, age at least 16, county never a reason to refuse.
@pytest.mark.parametrize(
    ("number", "code", "level"),
    [
        ("533103199007151228", "id-number-check", Level.BLOCK),
        ("53310319900715122", "id-number-malformed", Level.BLOCK),
        ("E12345678", "id-number-malformed", Level.BLOCK),
        ("533103900715122", "id-number-first-generation", Level.BLOCK),
        ("440524188001010014", "id-number-birth", Level.BLOCK),
        (by_hand.citizen("53310319900230122"), "id-number-birth", Level.BLOCK),
        (by_hand.citizen("53310320990101122"), "id-number-birth-future", Level.BLOCK),
        (by_hand.citizen("53310320261122122"), "id-number-birth-future", Level.BLOCK),
        (by_hand.citizen("53310320261121122"), "id-number-age", Level.BLOCK),
        ("999999199007151223", "id-number-division-unknown", Level.WARN),
        (by_hand.citizen("21302519900715122"), "id-number-division-unknown", Level.WARN),
        ("533121199007151229", "id-number-division-abolished", Level.INFO),
    ],
)
def test_resident_numbers(papers: Papers, number: str, code: str, level: Level) -> None:
    found = papers.type(FIELD, number).codes()[code]
    assert (found.level, found.field, found.entered) == (level, FIELD, number)


# domain.md section 2.3: all of these were refused by python-stdnum.
@pytest.mark.parametrize(
    ("code", "year"), [("530102", 1970), ("533103", 1970), ("211302", 1970), ("530111", 1979), ("533121", 1970)]
)
def test_people_older_than_their_county_are_not_refused(papers: Papers, code: str, year: int) -> None:
    born = date(year, 7, 15)
    holding(papers, None, by_hand.citizen_born(code, born, 122)).type("person.birth_date", born.isoformat())
    for slot in ("id_card_front", "diploma", "degree_certificate"):
        papers.read[slot]["birth_date"] = born.isoformat()
    assert {found.level for found in told(papers).values()} <= {Level.INFO}


def test_ways_of_typing_a_number_change_nothing(papers: Papers) -> None:
    assert told(papers.type(FIELD, " 533103-19900715-1226 ")) == {}
    assert told(papers.type(FIELD, "５３３１０３１９９００７１５１２２６")) == {}


@pytest.mark.parametrize("id_type", [None, "", "resident_id_card", "居民身份证", "身份证"])
def test_words_for_the_resident_card(papers: Papers, id_type: str | None) -> None:
    assert told(papers.type("person.id_type", id_type)) == {}
    assert "id-number-check" in told(papers.type(FIELD, "533103199007151228"))


@pytest.mark.parametrize(
    ("today", "is_told"),
    [
        (date(2006, 7, 14), True),
        (date(2006, 7, 15), False),
        (date(2101, 7, 14), False),
        (date(2101, 7, 15), True),
    ],
)
def test_age_from_sixteen_to_110(papers: Papers, today: date, is_told: bool) -> None:
    papers.today = today
    assert ("id-number-age" in papers.codes()) is is_told


@pytest.mark.parametrize(
    ("today", "limit"), [(date(2006, 7, 14), "15 岁，界限 16 岁"), (date(2101, 7, 15), "111 岁，界限 110 岁")]
)
def test_age_is_told_with_its_limit(papers: Papers, today: date, limit: str) -> None:
    papers.today = today
    assert limit in papers.codes()["id-number-age"].message


def test_birth_on_this_day_is_not_in_the_future(papers: Papers) -> None:
    papers.today = BORN
    assert "id-number-birth-future" not in papers.codes()


def test_gender_against_the_number(papers: Papers) -> None:
    found = papers.type("person.gender", "男").codes()["gender-against-number"]
    assert (found.level, found.field, found.entered, found.read) == (Level.MISMATCH, "person.gender", "男", "女")


@pytest.mark.parametrize("typed", ["1990-07-14", "1990-08", "1991"])
def test_birth_date_against_the_number(papers: Papers, typed: str) -> None:
    found = papers.type("person.birth_date", typed).codes()["birth-date-against-number"]
    assert (found.level, found.field, found.read) == (Level.MISMATCH, "person.birth_date", "1990-07-15")


@pytest.mark.parametrize("typed", ["1990-07-15", "1990-07", "1990", "1990年7月15日"])
def test_birth_date_that_agrees_as_far_as_it_goes(papers: Papers, typed: str) -> None:
    assert "birth-date-against-number" not in papers.type("person.birth_date", typed).codes()


def test_a_number_that_the_card_contradicts_accuses_nobody(papers: Papers) -> None:
    # A real number of another person: the number is the slip, not birth date and gender.
    found = papers.type(FIELD, "11010519491231002X").codes()
    assert found["id-number-differs"].level is Level.MISMATCH
    assert "birth-date-against-number" not in found


# Good numbers of every other paper.
@pytest.mark.parametrize(
    ("id_type", "number"),
    [
        ("hk_macau_permit", "H12345678"),
        ("港澳居民来往内地通行证", "M12345678"),
        ("taiwan_permit", "01234567"),
        ("台胞证", "01234567"),
        ("hmt_residence_permit", HK_RESIDENCE),
        ("hmt_residence_permit", by_hand.citizen_born("830000", BORN, 122)),
        ("foreign_permanent_residence", FOREIGN),
        ("foreign_permanent_residence", EARLY_FOREIGN),
        ("passport", "E12345678"),
        ("passport", "EA1234567"),
        ("passport", "KJ1234567"),
        ("passport", "C01X00T47"),
        ("护照", "141234567"),
        ("military_id", "军字第1234567号"),
    ],
)
def test_good_numbers_of_other_papers(papers: Papers, id_type: str, number: str) -> None:
    assert told(holding(papers, id_type, number)) == {}


@pytest.mark.parametrize(
    ("id_type", "number"),
    [
        ("hk_macau_permit", "H1234567"),
        ("hk_macau_permit", "12345678"),
        ("taiwan_permit", "1234567"),
        ("taiwan_permit", "A123456789"),
        ("hmt_residence_permit", "81000019900715122"),
        ("hmt_residence_permit", "533103900715122"),
        ("foreign_permanent_residence", "USA5301900715"),
        ("foreign_permanent_residence", "12345"),
        ("passport", "E123456789"),
        ("passport", "护照1234"),
        ("military_id", "军官"),
    ],
)
def test_impossible_forms_block(papers: Papers, id_type: str, number: str) -> None:
    found = told(holding(papers, id_type, number))
    assert list(found) == ["permit-number-malformed"]
    only = found["permit-number-malformed"]
    assert (only.level, only.field, only.entered) == (Level.BLOCK, FIELD, number)
    assert number in only.message
    assert "应为：" in only.message


@pytest.mark.parametrize(
    ("id_type", "number", "code"),
    [
        ("hmt_residence_permit", HK_RESIDENCE[:17] + "0", "permit-number-check"),
        ("foreign_permanent_residence", FOREIGN[:17] + "0", "permit-number-check"),
        ("foreign_permanent_residence", EARLY_FOREIGN[:14] + "0", "permit-number-check"),
        ("hmt_residence_permit", by_hand.citizen("81000019900230122"), "permit-number-birth"),
        ("foreign_permanent_residence", by_hand.citizen("95384019900230122"), "permit-number-birth"),
        ("foreign_permanent_residence", by_hand.machine("USA53019013152"), "permit-number-birth"),
        ("hmt_residence_permit", by_hand.citizen("81000020270101122"), "id-number-birth-future"),
        ("foreign_permanent_residence", by_hand.citizen("95384020270101122"), "id-number-birth-future"),
        ("hmt_residence_permit", by_hand.citizen("81000020150101122"), "id-number-age"),
    ],
)
def test_numbers_that_do_not_hold_block(papers: Papers, id_type: str, number: str, code: str) -> None:
    found = told(papers.type("person.id_type", id_type).type(FIELD, number))
    assert list(found) == [code]
    assert (found[code].level, found[code].field) == (Level.BLOCK, FIELD)


@pytest.mark.parametrize(
    ("id_type", "number", "part"),
    [
        ("hk_macau_permit", "H00000000", "全部相同"),
        ("taiwan_permit", "11111111", "全部相同"),
        ("passport", "E00000000", "全部相同"),
        ("passport", "EI1234567", "不使用I和O"),
        ("passport", "ABCDEFG", "没有数字"),
        ("foreign_permanent_residence", by_hand.citizen("99984019900715122"), "受理地"),
        ("foreign_permanent_residence", by_hand.machine("USA99019007152"), "受理地"),
        ("military_id", "ABC12345", "军人证件"),
    ],
)
def test_odd_numbers_warn(papers: Papers, id_type: str, number: str, part: str) -> None:
    found = told(holding(papers, id_type, number))
    assert list(found) == ["permit-number-odd"]
    assert (found["permit-number-odd"].level, found["permit-number-odd"].field) == (Level.WARN, FIELD)
    assert part in found["permit-number-odd"].message


@pytest.mark.parametrize(
    ("id_type", "number"),
    [("hk_macau_permit", "H1234567801"), ("taiwan_permit", "0123456789"), ("passport", "G12345678")],
)
def test_older_series_ask_for_the_end_of_validity(papers: Papers, id_type: str, number: str) -> None:
    found = told(holding(papers, id_type, number))
    assert list(found) == ["permit-number-old-form"]
    assert found["permit-number-old-form"].level is Level.WARN
    assert "有效期" in found["permit-number-old-form"].message


@pytest.mark.parametrize(
    ("id_type", "number", "meant"),
    [
        ("resident_id_card", HK_RESIDENCE, "港澳台居民居住证"),
        ("resident_id_card", FOREIGN, "外国人永久居留身份证"),
        ("passport", "533103199007151226", "居民身份证"),
        ("military_id", "533103199007151226", "居民身份证"),
        ("hk_macau_permit", HK_RESIDENCE, "港澳台居民居住证"),
        ("hmt_residence_permit", "533103199007151226", "居民身份证"),
        ("hmt_residence_permit", "H12345678", "港澳居民来往内地通行证"),
        ("taiwan_permit", "E12345678", "护照"),
        ("passport", EARLY_FOREIGN, "外国人永久居留身份证"),
        ("foreign_permanent_residence", "EA1234567", "护照"),
    ],
)
def test_number_of_another_paper(papers: Papers, id_type: str, number: str, meant: str) -> None:
    found = told(holding(papers, id_type, number))
    assert list(found) == ["id-type-against-number"]
    only = found["id-type-against-number"]
    assert f"像是{meant}的号码" in only.message
    assert (only.level, only.field, only.entered, only.read) == (Level.WARN, "person.id_type", id_type, meant)


def test_passport_under_a_resident_card_says_both(papers: Papers) -> None:
    found = told(papers.type(FIELD, "E12345678"))
    assert set(found) == {"id-type-against-number", "id-number-malformed"}


@pytest.mark.parametrize("number", ["533103199007151226", "E12345678", None])
def test_unknown_paper_is_told_and_nothing_checked(papers: Papers, number: str | None) -> None:
    papers.type("person.id_type", "驾驶证").type(FIELD, number)
    found = told(papers)
    assert list(found) == ["id-type-unknown"]
    assert (found["id-type-unknown"].level, found["id-type-unknown"].field) == (Level.WARN, "person.id_type")


def test_gender_and_birth_of_a_residence_permit(papers: Papers) -> None:
    holding(papers, "hmt_residence_permit", HK_RESIDENCE)
    papers.type("person.gender", "男").type("person.birth_date", "1990-07-14")
    assert {"gender-against-number", "birth-date-against-number"} <= set(told(papers))


@pytest.mark.parametrize("id_type", ["foreign_permanent_residence", "resident_id_card"])
def test_gender_of_a_foreigner_is_not_in_the_number(papers: Papers, id_type: str) -> None:
    holding(papers, id_type, FOREIGN)
    papers.type("person.gender", "男").type("person.birth_date", "1990-07-14")
    found = told(papers)
    assert "birth-date-against-number" in found
    assert "gender-against-number" not in found


@pytest.mark.parametrize(
    ("typed", "is_told"),
    [
        ("1990-07-15", False),
        ("1990-07", False),
        ("1990", False),
        ("1990-07-16", True),
        ("1990-08", True),
        ("1991", True),
    ],
)
def test_birth_of_an_early_permanent_residence(papers: Papers, typed: str, is_told: bool) -> None:
    holding(papers, "foreign_permanent_residence", EARLY_FOREIGN).type("person.birth_date", typed)
    assert ("birth-date-against-number" in told(papers)) is is_told


def test_without_a_number_nothing_is_told(papers: Papers) -> None:
    for id_type in IdType:
        assert told(papers.type("person.id_type", id_type.value).type(FIELD, None)) == {}


@given(st.sampled_from([*(t.value for t in IdType), None, "驾驶证"]), st.text(max_size=24))
def test_any_number_gets_a_verdict(id_type: str | None, number: str) -> None:
    papers = Papers().type("person.id_type", id_type).type(FIELD, number)
    assert all(found.message and found.level for found in papers.verdict().findings)
