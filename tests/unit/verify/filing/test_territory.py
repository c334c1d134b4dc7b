from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verify.filing.packs import (
    CHAOYANG,
    CITY_OFFICE,
    DEHONG,
    LIAONING,
    LINGYUAN_OFFICE,
    MANGSHI_OFFICE,
    POLICIES,
    PREFECTURE_OFFICE,
    YUNNAN,
)
from tests.unit.verify.filing.persons import circumstances
from verify.filing.circumstances import Circumstances, UnitLevel
from verify.filing.territory import NoOffice, office_in_charge
from verify.policy import available_policies, load_policy
from verify.policy_model import Office, Policy

WORKING = Circumstances(on_duty=True, qualified=False, unit_region="533103", unit_level=UnitLevel.NONE)
UNEMPLOYED = Circumstances(on_duty=False, qualified=True, student=False)
STUDENT = Circumstances(on_duty=False, qualified=True, student=True)


@given(circumstances())
def test_r06_to_r10_exactly_one_office_or_a_named_reason(person: Circumstances) -> None:
    for policy in POLICIES:
        result = office_in_charge(person, policy)
        assert (result.office is None) is not (result.reason is None)
        assert (result.other_office != "") is (result.reason is NoOffice.EXCLUDED_REGION)
        if result.office is not None:
            assert result.office in policy.collection.offices
            assert result.region == result.office.region
            assert result.region.startswith(policy.jurisdiction)


@given(circumstances(), st.sampled_from(available_policies()))
def test_r06_to_r10_hold_in_every_pack_that_comes_with_the_product(person: Circumstances, name: str) -> None:
    policy = load_policy(name)
    result = office_in_charge(person, policy)
    assert (result.office is None) is not (result.reason is None)
    assert result.why.endswith("。")


@given(circumstances())
def test_every_answer_is_a_whole_sentence(person: Circumstances) -> None:
    for policy in POLICIES:
        result = office_in_charge(person, policy)
        for sentence in (result.why, *result.notes):
            assert sentence.endswith("。") and "None" not in sentence
        assert result.source is None or result.source.title in result.why


@pytest.mark.parametrize(
    ("level", "office"),
    [
        (UnitLevel.PREFECTURE, PREFECTURE_OFFICE),
        (UnitLevel.COUNTY, MANGSHI_OFFICE),
        # 其他单位选择所在地行政区划: firms, and units of the province and the centre.
        (UnitLevel.NONE, MANGSHI_OFFICE),
        (UnitLevel.PROVINCE, MANGSHI_OFFICE),
        (UnitLevel.CENTRAL, MANGSHI_OFFICE),
    ],
)
def test_r06_dehong_goes_by_the_level_of_the_unit(level: UnitLevel, office: Office) -> None:
    result = office_in_charge(replace(WORKING, unit_level=level), DEHONG)
    assert (result.office, result.region) == (office, office.region)
    assert "德财会〔2023〕19号第一（三）项" in result.why


@pytest.mark.parametrize("level", [UnitLevel.PROVINCE, UnitLevel.CENTRAL])
def test_r06_units_of_higher_levels_are_noted(level: UnitLevel) -> None:
    assert any("省级、中央单位" in note for note in office_in_charge(replace(WORKING, unit_level=level), DEHONG).notes)


def test_r06_without_the_level_nobody_guesses() -> None:
    result = office_in_charge(replace(WORKING, unit_level=None), DEHONG)
    assert result.reason is NoOffice.WHICH_PLACE_UNKNOWN
    assert "德宏傣族景颇族自治州（533100）" in result.why and "芒市（533103）" in result.why


def test_r06_who_picks_the_prefecture_itself_says_the_level() -> None:
    result = office_in_charge(replace(WORKING, unit_region="533100", unit_level=None), DEHONG)
    assert result.office == PREFECTURE_OFFICE
    assert any("请确认" in note for note in result.notes)


@pytest.mark.parametrize("level", [UnitLevel.COUNTY, UnitLevel.NONE, UnitLevel.PROVINCE])
@pytest.mark.parametrize("region", ["533100", "530000"])
def test_r06_a_unit_below_the_prefecture_names_its_county(level: UnitLevel, region: str) -> None:
    # Yunnan as a whole, so that the province's code is not outside of the jurisdiction.
    policy = replace(DEHONG, jurisdiction="53")
    result = office_in_charge(replace(WORKING, unit_region=region, unit_level=level), policy)
    assert result.reason is NoOffice.PLACE_UNKNOWN
    assert "县（市、区）" in result.why


@pytest.mark.parametrize(
    ("level", "region", "office"),
    [(UnitLevel.PREFECTURE, "211302", CITY_OFFICE), (UnitLevel.COUNTY, "211382", LINGYUAN_OFFICE)],
)
def test_r06_r45_chaoyang_city_units_go_to_the_city_itself(level: UnitLevel, region: str, office: Office) -> None:
    result = office_in_charge(replace(WORKING, unit_region=region, unit_level=level), CHAOYANG)
    assert result.office == office
    assert office.phone in result.why and office.address in result.why


def test_r06_yunnan_goes_by_the_place_alone() -> None:
    policy = replace(YUNNAN, collection=replace(YUNNAN.collection, offices=(MANGSHI_OFFICE, PREFECTURE_OFFICE)))
    assert office_in_charge(replace(WORKING, unit_level=UnitLevel.PREFECTURE), policy).office == MANGSHI_OFFICE


@pytest.mark.parametrize("policy", [DEHONG, replace(LIAONING, jurisdiction="")])
def test_r07_the_unit_comes_before_the_household(policy: Policy) -> None:
    person = replace(WORKING, household_region="110105", residence_region="110105")
    result = office_in_charge(person, policy)
    assert result.region == "533103"
    assert any("工作单位优先" in note and "110105" in note for note in result.notes)


def test_r07_no_note_where_both_are_one_place() -> None:
    assert office_in_charge(replace(WORKING, household_region="533103"), DEHONG).notes == ()


def test_r07_no_note_while_the_unit_is_not_known() -> None:
    assert office_in_charge(replace(WORKING, unit_region=None, household_region="533103"), DEHONG).notes == ()


def test_r07_an_unknown_unit_is_not_replaced_by_the_household() -> None:
    person = replace(WORKING, unit_region=None, household_region="533103")
    assert office_in_charge(person, DEHONG).reason is NoOffice.PLACE_UNKNOWN


def test_r08_students_go_to_their_school() -> None:
    person = replace(STUDENT, school_region="533103", household_region="533100")
    assert office_in_charge(person, DEHONG).office == MANGSHI_OFFICE


def test_r08_after_graduation_the_work_unit_takes_over() -> None:
    student = replace(STUDENT, school_region="211302", unit_region="211382", unit_level=UnitLevel.COUNTY)
    assert office_in_charge(student, CHAOYANG).region == "211302"
    assert office_in_charge(replace(student, student=False, on_duty=True), CHAOYANG).office == LINGYUAN_OFFICE


def test_r08_a_student_without_a_school_place_is_asked() -> None:
    result = office_in_charge(STUDENT, DEHONG)
    assert result.reason is NoOffice.PLACE_UNKNOWN
    assert "学校所在地" in result.why


@pytest.mark.parametrize(("chosen", "office"), [("household", MANGSHI_OFFICE), ("residence", PREFECTURE_OFFICE)])
def test_r09_the_unemployed_choose(chosen: str, office: Office) -> None:
    person = replace(UNEMPLOYED, household_region="533103", residence_region="533100", chosen=chosen)
    assert office_in_charge(person, DEHONG).office == office


@pytest.mark.parametrize("chosen", [None, "somewhere"])
def test_r09_a_choice_not_made_is_asked_for(chosen: str | None) -> None:
    person = replace(UNEMPLOYED, household_region="533103", residence_region="533100", chosen=chosen)
    assert office_in_charge(person, DEHONG).reason is NoOffice.CHOICE_NOT_MADE


def test_r09_no_choice_is_needed_where_both_are_one_place() -> None:
    person = replace(UNEMPLOYED, household_region="533103", residence_region="533103")
    assert office_in_charge(person, DEHONG).office == MANGSHI_OFFICE


def test_r09_a_made_choice_is_kept_where_both_are_one_place() -> None:
    person = replace(UNEMPLOYED, household_region="533103", residence_region="533103", chosen="residence")
    assert "按居住地确定属地" in office_in_charge(person, DEHONG).why


def test_r09_a_chosen_place_that_was_not_given_is_asked_for() -> None:
    person = replace(UNEMPLOYED, residence_region="533103", chosen="household")
    assert office_in_charge(person, DEHONG).reason is NoOffice.PLACE_UNKNOWN


def test_r09_liaoning_does_not_say_where() -> None:
    person = replace(UNEMPLOYED, household_region="211382", chosen="household")
    assert office_in_charge(person, LIAONING).reason is NoOffice.WHICH_PLACE_UNKNOWN


def test_r09_employed_outside_of_accounting_is_for_a_person() -> None:
    # domain.md 1.4: box 12 is filed by employed people, but S0 sends them to household or residence.
    person = replace(UNEMPLOYED, with_unit=True, unit_region="533103", household_region="533103", chosen="household")
    result = office_in_charge(person, DEHONG)
    assert result.reason is NoOffice.BOX_12_CONFLICT
    assert "请人工确定" in result.why


def test_r10_dalian_follows_its_own_office() -> None:
    for policy in (LIAONING, CHAOYANG):
        result = office_in_charge(replace(WORKING, unit_region="210202"), policy)
        assert (result.reason, result.other_office) == (NoOffice.EXCLUDED_REGION, "大连市财政局")
        assert "第二（五）项" in result.why


@pytest.mark.parametrize(("region", "reason"), [("210202", NoOffice.EXCLUDED_REGION), ("210102", None)])
def test_r10_only_dalian_is_excluded(region: str, reason: NoOffice | None) -> None:
    result = office_in_charge(replace(WORKING, unit_region=region), LIAONING)
    assert (result.reason is NoOffice.EXCLUDED_REGION) is (reason is NoOffice.EXCLUDED_REGION)


def test_while_it_is_not_known_whether_they_work_no_place_decides() -> None:
    result = office_in_charge(Circumstances(qualified=True, unit_region="533103"), DEHONG)
    assert result.reason is NoOffice.WHICH_PLACE_UNKNOWN
    assert "是否在岗" in result.why


def test_an_unknown_qualification_does_not_matter_for_who_works() -> None:
    assert office_in_charge(replace(WORKING, qualified=None), DEHONG).office == MANGSHI_OFFICE


def test_another_province_is_a_route() -> None:
    result = office_in_charge(replace(WORKING, unit_region="110105"), DEHONG)
    assert (result.reason, result.region) == (NoOffice.OUTSIDE_JURISDICTION, "110105")
    assert "北京市朝阳区（110105）" in result.why and "请转至" in result.why


def test_an_abolished_code_is_led_to_the_place_of_today() -> None:
    result = office_in_charge(replace(WORKING, unit_region="533121"), DEHONG)
    assert result.office == MANGSHI_OFFICE
    assert any("533121" in note and "潞西县" in note for note in result.notes)


def test_an_abolished_code_without_an_heir_is_said() -> None:
    result = office_in_charge(replace(WORKING, unit_region="533101"), DEHONG)
    assert result.reason is NoOffice.PLACE_UNKNOWN
    assert "畹町市" in result.why and "1999" in result.why


def test_an_abolished_county_still_lies_in_its_prefecture() -> None:
    person = replace(WORKING, unit_region="533101", unit_level=UnitLevel.PREFECTURE)
    assert office_in_charge(person, DEHONG).office == PREFECTURE_OFFICE


def test_a_place_that_moved_to_another_prefecture_is_elsewhere_today() -> None:
    # 建昌县 was 211325 in 朝阳 until 1989 and is 211422 in 葫芦岛.
    result = office_in_charge(replace(WORKING, unit_region="211325"), CHAOYANG)
    assert (result.reason, result.region) == (NoOffice.OUTSIDE_JURISDICTION, "211422")


@pytest.mark.parametrize("region", ["", None, "芒市", "53310", "{region}", "999999", "533199"])
def test_a_place_that_is_none_is_asked_for(region: str | None) -> None:
    assert office_in_charge(replace(WORKING, unit_region=region), DEHONG).reason is NoOffice.PLACE_UNKNOWN


def test_without_a_published_office_the_next_one_above_is_named() -> None:
    result = office_in_charge(replace(WORKING, unit_region="533123"), DEHONG)
    assert (result.reason, result.region) == (NoOffice.NO_OFFICE_PUBLISHED, "533123")
    assert result.contact == PREFECTURE_OFFICE
    assert "0692-3990435" in result.why


def test_without_any_published_office_the_place_is_still_known() -> None:
    result = office_in_charge(WORKING, YUNNAN)
    assert (result.reason, result.region, result.contact) == (NoOffice.NO_OFFICE_PUBLISHED, "533103", None)
