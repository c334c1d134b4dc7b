from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from tests.unit.verify.filing.packs import DEHONG, LIAONING, POLICIES, YUNNAN
from tests.unit.verify.filing.persons import circumstances
from verify.filing.circumstances import Category, Circumstances
from verify.filing.collected import Answer, must_be_collected
from verify.policy_model import CategoryRule, CollectionRules, Policy, Source


@pytest.mark.parametrize("policy", [YUNNAN, DEHONG, LIAONING])
@pytest.mark.parametrize("on_duty", [True, False, None])
def test_r01_a_qualification_is_enough_whether_or_not_they_work(policy: Policy, on_duty: bool | None) -> None:
    result = must_be_collected(Circumstances(on_duty=on_duty, qualified=True), policy)
    assert result.answer is Answer.YES
    assert (result.category is None) is (on_duty is None)


@pytest.mark.parametrize("policy", [YUNNAN, DEHONG, LIAONING])
def test_r02_accounting_work_without_a_qualification_is_enough(policy: Policy) -> None:
    result = must_be_collected(Circumstances(on_duty=True, qualified=False), policy)
    assert (result.category, result.answer) == (Category.WORKING_UNQUALIFIED, Answer.YES)
    assert result.source is not None
    assert result.source.title in result.why


@pytest.mark.parametrize(
    ("policy", "intends", "answer"),
    [
        (LIAONING, True, Answer.YES),
        (LIAONING, False, Answer.NO),
        (LIAONING, None, Answer.UNKNOWN),
        # The third class does not exist in Yunnan, whatever the person means to do.
        (YUNNAN, True, Answer.NO),
        (YUNNAN, None, Answer.NO),
    ],
)
def test_r03_who_means_to_sit_the_exam_is_collected_where_the_policy_has_the_class(
    policy: Policy, intends: bool | None, answer: Answer
) -> None:
    person = Circumstances(on_duty=False, qualified=False, intends_exam=intends)
    assert must_be_collected(person, policy).answer is answer


def test_r03_the_missing_answer_is_named() -> None:
    person = Circumstances(on_duty=False, qualified=False)
    assert "是否报考当年度会计专业技术资格考试" in must_be_collected(person, LIAONING).why


@pytest.mark.parametrize(("qualified", "answer"), [(True, Answer.YES), (False, Answer.NO)])
def test_r08_students_only_when_already_qualified(qualified: bool, answer: Answer) -> None:
    student = Circumstances(on_duty=False, qualified=qualified, student=True)
    assert must_be_collected(student, YUNNAN).answer is answer


def test_a_pack_that_says_nothing_answers_nothing() -> None:
    silent = replace(YUNNAN, collection=CollectionRules())
    result = must_be_collected(Circumstances(on_duty=True, qualified=True), silent)
    assert (result.answer, result.source) == (Answer.UNKNOWN, None)


def test_a_pack_may_say_no_and_where_it_is_said() -> None:
    rule = CategoryRule("other", False, Source("某通知"))
    policy = replace(YUNNAN, collection=replace(YUNNAN.collection, categories=(rule,)))
    result = must_be_collected(Circumstances(on_duty=False, qualified=False, intends_exam=False), policy)
    assert (result.answer, result.source) == (Answer.NO, rule.source)


@given(circumstances())
def test_every_answer_is_a_whole_sentence(person: Circumstances) -> None:
    for policy in POLICIES:
        result = must_be_collected(person, policy)
        assert result.why.endswith("。") and "{" not in result.why
        assert (result.answer is Answer.UNKNOWN) <= (result.source is None)
