from __future__ import annotations

import copy
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verify.conftest import ENTERED, by_code
from verify.entered import (
    MAX_EDUCATIONS,
    MAX_TEXT_CHARS,
    Entered,
    EnteredEducation,
    EnteredPerson,
    EnteredQualification,
    EnteredWork,
    parse_entered,
)
from verify.model import Level

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def test_the_contract_is_taken_whole() -> None:
    entered, findings = parse_entered(ENTERED)
    assert findings == ()
    assert entered.person.name == "岩温香"
    assert entered.work.duties == ("出纳", "稽核")
    assert entered.education[0].level == "本科"
    assert entered.qualification == EnteredQualification("初级", "2015053000001", "2015-10-20")
    assert entered.usable


@pytest.mark.parametrize(
    ("section", "kind"),
    [("person", EnteredPerson), ("work", EnteredWork), ("qualification", EnteredQualification)],
)
def test_every_key_of_the_contract_is_known(section: str, kind: Any) -> None:
    assert set(ENTERED[section]) == {field.name for field in fields(kind)}
    assert set(ENTERED["education"][0]) == {field.name for field in fields(EnteredEducation)}


@pytest.mark.parametrize("document", [{}, {"person": None, "work": None, "education": None, "qualification": None}])
def test_everything_may_be_absent(document: dict[str, Any]) -> None:
    entered, findings = parse_entered(document)
    assert findings == ()
    assert entered == Entered()


def test_every_value_may_be_null() -> None:
    document = {
        "person": dict.fromkeys(ENTERED["person"]),
        "work": dict.fromkeys(ENTERED["work"]),
        "education": [dict.fromkeys(ENTERED["education"][0])],
        "qualification": dict.fromkeys(ENTERED["qualification"]),
    }
    entered, findings = parse_entered(document)
    assert findings == ()
    assert entered == Entered(education=(EnteredEducation(),))


def test_no_document_is_not_usable() -> None:
    assert parse_entered(None) == (Entered(usable=False), ())


@given(json_values)
def test_any_json_is_parsed_without_an_exception(document: object) -> None:
    entered, findings = parse_entered(document)
    assert isinstance(entered, Entered)
    assert all(item.message for item in findings)


@given(st.sampled_from(["person", "work", "education", "qualification"]), json_values)
def test_any_section_is_parsed_without_an_exception(section: str, value: object) -> None:
    document = copy.deepcopy(ENTERED)
    document[section] = value
    assert isinstance(parse_entered(document)[0], Entered)


@given(st.sampled_from(sorted(ENTERED["person"])), json_values)
def test_any_value_is_parsed_without_an_exception(key: str, value: object) -> None:
    entered, _ = parse_entered({"person": {key: value}})
    assert getattr(entered.person, key) is None or isinstance(getattr(entered.person, key), str)


@pytest.mark.parametrize(
    ("document", "code", "field"),
    [
        ([], "entered-wrong-type", None),
        ("text", "entered-wrong-type", None),
        ({"person": []}, "entered-wrong-type", "person"),
        ({"person": {"name": ["王"]}}, "entered-wrong-type", "person.name"),
        ({"person": {"name": True}}, "entered-wrong-type", "person.name"),
        ({"person": {"name": 1.5}}, "entered-wrong-type", "person.name"),
        ({"person": {"gender": "X"}}, "entered-bad-value", "person.gender"),
        ({"person": {"birth_date": "昨天"}}, "entered-bad-date", "person.birth_date"),
        ({"person": {"birth_date": "2001-02-30"}}, "entered-bad-date", "person.birth_date"),
        ({"person": {"id_valid_until": "很久"}}, "entered-bad-date", "person.id_valid_until"),
        ({"person": {"name": "王" * (MAX_TEXT_CHARS + 1)}}, "entered-too-long", "person.name"),
        ({"work": {"on_duty": "也许"}}, "entered-bad-value", "work.on_duty"),
        ({"work": {"duties": ["出纳", "开车"]}}, "entered-bad-value", "work.duties"),
        ({"work": {"duties": [1]}}, "entered-wrong-type", "work.duties"),
        ({"work": {"duties": {"a": 1}}}, "entered-wrong-type", "work.duties"),
        ({"education": "本科"}, "entered-wrong-type", "education"),
        ({"education": ["本科"]}, "entered-wrong-type", "education.0"),
        ({"education": [{}, {"level": "小学"}]}, "entered-bad-value", "education.1.level"),
        ({"education": [{}] * (MAX_EDUCATIONS + 1)}, "entered-too-long", "education"),
        ({"qualification": {"level": "特级"}}, "entered-bad-value", "qualification.level"),
        ({"hobbies": 1}, "entered-unknown-key", None),
        ({"person": {"nickname": "x"}}, "entered-unknown-key", None),
    ],
)
def test_what_cannot_be_taken_is_a_warning_at_its_place(document: object, code: str, field: str | None) -> None:
    entered, findings = parse_entered(document)
    assert [(item.code, item.level, item.field) for item in findings] == [(code, Level.WARN, field)]
    assert isinstance(entered, Entered)


def test_the_longest_text_is_kept() -> None:
    assert parse_entered({"person": {"address": "路" * MAX_TEXT_CHARS}})[1] == ()


def test_bad_values_are_left_out_of_the_comparison() -> None:
    entered, _ = parse_entered({"person": {"gender": "X"}, "work": {"duties": ["出纳", "开车"]}})
    assert (entered.person.gender, entered.work.duties) == (None, None)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [(533103199007151226, "533103199007151226"), ("  王 ", "王"), ("", None), ("   ", None)],
)
def test_texts_are_trimmed_and_numbers_are_digits(typed: object, taken: str | None) -> None:
    assert parse_entered({"person": {"id_number": typed}})[0].person.id_number == taken


@pytest.mark.parametrize(
    ("typed", "taken"), [(True, True), (False, False), ("是", True), ("否", False), ("true", True), (None, None)]
)
def test_on_duty_in_its_spellings(typed: object, taken: bool | None) -> None:
    assert parse_entered({"work": {"on_duty": typed}})[0].work.on_duty is taken


@pytest.mark.parametrize("typed", ["无", "没有", "/", "-"])
def test_nothing_in_words_is_nothing(typed: str) -> None:
    entered, findings = parse_entered(
        {"education": [{"degree": typed, "degree_number": typed}], "qualification": {"level": typed}}
    )
    assert findings == ()
    assert entered.education[0] == EnteredEducation()
    assert entered.qualification is None


def test_a_person_may_be_called_what_stands_for_nothing() -> None:
    assert parse_entered({"person": {"name": "无"}})[0].person.name == "无"


def test_spellings_of_closed_sets_are_made_one() -> None:
    entered, findings = parse_entered(
        {
            "person": {"gender": "女性"},
            "education": {"level": "大专", "study_mode": "函授"},
            "work": {"duties": ["其他会计工作", "会计机构负责人（会计主管）"]},
        }
    )
    assert findings == ()
    assert entered.person.gender == "女"
    assert (entered.education[0].level, entered.education[0].study_mode) == ("专科", "part_time")
    assert entered.work.duties == ("其它会计工作", "会计机构负责人(会计主管)")


def test_long_term_is_a_date_only_for_the_end() -> None:
    entered, findings = parse_entered({"person": {"id_valid_until": "长期", "id_valid_from": "长期"}})
    assert entered.person.id_valid_until == "长期"
    assert by_code(findings)["entered-bad-date"].field == "person.id_valid_from"


def test_messages_hold_no_control_characters() -> None:
    _, findings = parse_entered({"a\nb\x1b[31m": 1})
    assert findings[0].message.isprintable()
