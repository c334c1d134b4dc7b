from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import replace
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.model import Defect
from ocr.model import Kind
from tests.unit.verify.conftest import Papers
from verify.entered import EDUCATION_LEVELS, MAX_EDUCATIONS, MAX_TEXT_CHARS, QUALIFICATION_LEVELS
from verify.model import Level, Match
from verify.policy import available_policies, load_policy
from verify.policy_model import Source
from verify.rules.education import DEGREE_BEFORE_DIPLOMA_DAYS, MIN_GRADUATION_AGE_YEARS
from verify.rules.field_rules import RULES
from verify.wording import (
    ALWAYS_OPEN,
    field_name,
    finding,
    finding_of_defect,
    kind_name,
    known_codes,
    material_name,
    reword,
    sentence_of,
)

ROOT = Path(__file__).parents[3]
MESSAGES = tomllib.loads(files("verify").joinpath("messages.toml").read_text(encoding="utf-8"))
CODES = sorted(known_codes())
# A code is written once, as a literal of this form, where it arises: that is what makes the registry greppable.
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
# Literals of that form that are no codes of findings.
NO_CODES = {
    # Names of the package, of a photo standard and of encodings.
    "accountant-intake", "one-inch", "utf-8", "utf-8-sig",
    # States of tick boxes, and how one is crossed out.
    "crossed-out", "not-found", "struck-label",
    # Why a picture is written anew (imaging.compliance.Reason).
    "deep-colour", "other-format", "over-limit", "print-colours",
    # A variant of the enrolment proof.
    "online-report",
    # Why a batch does not start (intake.archive): told by the command, which has a sentence for each.
    "out-busy", "out-inside-source", "out-not-ours", "out-not-writable", "out-other-run", "source-empty",
    "source-missing", "source-not-supported", "source-unreadable", "worker-cannot-start",
    # Told as case-failed.
    "worker-killed",
}  # fmt: skip
STAGES = ("imaging", "ocr", "verify", "intake")
# Answers about filing (which office, which day) are no findings; their sentences lie beside that package.
ANSWERS = ROOT / "verify" / "filing"
# Parts of the service that notice nothing about documents: their codes are of problems, events and log lines, whose
# words are tested beside them (tests/unit/api/rest/test_problems.py and their own tests).
SERVICE = tuple(ROOT / "intake" / name for name in ("observe", "queue", "storage", "tasks", "webhooks")) + tuple(
    ROOT / "intake" / f"{name}.py" for name in ("checker", "checker_child", "receive", "service_settings")
)
# What a reviewer with 300 cases takes in at a glance; the brief of the catalogue.
MOST_SHORT_CHARS = 16
PLACEHOLDER = re.compile(r"\{[a-z_]*\}")


def literals() -> dict[str, str]:
    """Every text constant of that form in the stages, with the file it stands in."""
    return {
        node.value: str(path.relative_to(ROOT))
        for package in STAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if not path.is_relative_to(ANSWERS) and not any(path.is_relative_to(part) for part in SERVICE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEBAB.fullmatch(node.value)
    }


def codes_of_policies() -> set[str]:
    policies = [load_policy(name) for name in available_policies()]
    return {code for policy in policies for code in (*policy.score.by_warn_code, *policy.wording)}


def told(code: str, match: Match | None = None, **changes: object) -> str:
    """The sentence of a code with every word filled."""
    words = {"field": "person.name", "material": "diploma-2", "entered": "甲", "read": "乙", "value": "丙"}
    item = finding(code, level=Level.WARN, match=match, measured=1.0, limit=2.0, **{**words, **changes})  # type: ignore[arg-type]
    return item.message


def test_every_code_that_can_arise_has_both_texts() -> None:
    raised = {code: place for code, place in literals().items() if code not in NO_CODES}
    assert len(raised) > 200
    assert {code: place for code, place in raised.items() if code not in known_codes()} == {}
    assert {code for code in raised if not sentence_of(code).short} == set()


def test_no_entry_of_the_list_of_other_words_is_a_code() -> None:
    assert NO_CODES & known_codes() == set()


def test_every_code_of_the_catalogue_can_arise() -> None:
    assert set(known_codes()) - set(literals()) == set()


def test_policies_speak_of_codes_that_exist() -> None:
    assert codes_of_policies() - known_codes() == set()


def test_every_code_of_a_field_has_an_entry() -> None:
    assert {rule.code for rules in RULES.values() for rule in rules} <= known_codes()


def test_every_path_of_a_rule_has_a_label() -> None:
    for rules in RULES.values():
        for rule in rules:
            assert re.search("[一-鿿]", field_name(rule.path.replace("*", "0"))), rule.path


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_name(kind: Kind) -> None:
    assert re.search("[一-鿿]", kind_name(kind))


@pytest.mark.parametrize("code", CODES)
def test_every_sentence_is_chinese_and_complete(code: str) -> None:
    for match in (None, *Match):
        text = told(code, match)
        assert re.search("[一-鿿]{3}", text)
        assert "{" not in text
        assert text.endswith("。")
        assert "。。" not in text


@pytest.mark.parametrize("code", CODES)
def test_r27_every_sentence_says_what_to_do(code: str) -> None:
    row = MESSAGES["codes"][code]
    assert row.get("todo", "")
    assert row["todo"] in told(code) or PLACEHOLDER.search(row["todo"])


@pytest.mark.parametrize("code", CODES)
def test_r36_no_sentence_accuses(code: str) -> None:
    # People make slips; whether anything was false is for a reviewer (R36).
    assert not re.search("伪造|造假|虚假|作假|欺骗|故意|违规|拒绝", told(code))


@pytest.mark.parametrize("code", CODES)
def test_applicants_are_not_asked_to_do_the_reviewers_work(code: str) -> None:
    assert not re.search("请(审核人|人工)", told(code))


@pytest.mark.parametrize("code", CODES)
def test_the_reviewers_text_is_short(code: str) -> None:
    sentence = sentence_of(code)
    paths = [path.replace("education.", "education.0.") for path in MESSAGES["fields"]]
    fields = paths if "{field}" in sentence.short or not sentence.what else ["person.name"]
    values = [kind.value for kind in Kind] if "{value}" in sentence.short else ["甲"]
    for match, field, value in product((None, *Match), fields, values):
        short = finding(code, level=Level.WARN, match=match, field=field, material="photo", value=value).short
        assert re.search("[一-鿿]{2}", short)
        assert "{" not in short
        assert len(short) <= MOST_SHORT_CHARS, short
        assert not short.endswith("。")


@pytest.mark.parametrize(
    ("match", "short"),
    [
        (Match.DIFFERENT, "姓名不一致"),
        (Match.FUZZY, "姓名或为误读"),
        (Match.VARIANT, "姓名写法不同"),
        (None, "姓名不一致"),
    ],
)
def test_the_reviewers_text_tells_a_slip_from_a_difference(match: Match | None, short: str) -> None:
    assert finding("name-differs", level=Level.WARN, field="person.name", match=match).short == short


def test_defects_have_the_reviewers_text_too() -> None:
    assert finding_of_defect(Defect("wrong-side", detail="id_card_back"), material="id_card_front").short == (
        "放成了身份证国徽面"
    )


@pytest.mark.parametrize("code", CODES)
def test_words_of_an_entry_are_known(code: str) -> None:
    row = MESSAGES["codes"][code]
    assert set(row) <= {
        "what", "short", "values", "todo", "source", "unit", "severe", "mild", "repairable", "open",
    }  # fmt: skip
    source = row.get("source", "")
    assert source in {"", *MESSAGES["sources"]} or re.fullmatch(r"policy_(photo|documents)(\.[a-z_]+)?", source)
    assert row.get("unit", "plain") in {"plain", "share", "px", "bytes", "degrees", "count"}
    assert row.get("open", "") in {"", ALWAYS_OPEN, *MESSAGES["fields"]}
    text = "".join(row.get(key, "") for key in ("what", "short", "todo"))
    assert set(PLACEHOLDER.findall(text)) <= {"{entered}", "{read}", "{material}", "{field}", "{value}", "{allowed}"}
    assert set(PLACEHOLDER.findall(row.get("values", ""))) <= {"{measured}", "{limit}"}


def test_sources_of_a_region_are_sources() -> None:
    assert set(MESSAGES["source_region"]) <= set(MESSAGES["sources"])


@given(st.text(max_size=30), st.sampled_from(CODES))
def test_what_people_typed_is_never_a_template(typed: str, code: str) -> None:
    item = finding(code, level=Level.WARN, field="person.name", entered=typed, read=typed, match=Match.FUZZY)
    assert isinstance(item.message, str)
    assert isinstance(item.short, str)


def test_braces_that_people_typed_stay() -> None:
    item = finding("name-differs", level=Level.WARN, field="person.name", entered="{read}", read="x", match=Match.FUZZY)
    assert "“{read}”" in item.message


@given(st.text(max_size=20), st.booleans(), st.none() | st.floats(0, 1e9), st.none() | st.floats(0, 1e9))
def test_unknown_codes_get_general_texts(code: str, severe: bool, measured: float | None, limit: float | None) -> None:
    item = finding_of_defect(Defect(code, measured, limit, severe), material="diploma")
    assert item.code == code
    assert ("人工核对" in item.message and item.short == "未登记的问题") or code in known_codes()


@pytest.mark.parametrize(
    ("code", "measured", "limit", "part"),
    [
        ("file-too-large", 12_000_001, 12_000_000, "（12,000,001 字节，上限 12,000,000 字节）"),
        ("page-glare", 0.123, 0.05, "（最大一处占页面 12.3%，上限 5%）"),
        ("photo-wrong-size", 300, 295, "（有一边为 300 像素，应为 295 像素）"),
        ("photo-roll", 12.4, 8, "（偏 12.4 度，最多 8 度）"),
        ("photo-noisy", 7.1234, 5.0, "（噪点强度 7.12，最多 5）"),
        ("too-few-pixels", 90, 100, "（90 像素，至少 100 像素）"),
        ("entered-too-deep", None, 16, "（上限 16 层）"),
        ("manifest-row-bad", 7, None, "（第 7 行）"),
    ],
)
def test_values_are_written_in_their_unit(code: str, measured: float | None, limit: float | None, part: str) -> None:
    assert part in finding_of_defect(Defect(code, measured, limit)).message


@pytest.mark.parametrize(("measured", "limit"), [(None, None), (12_000_001, None), (None, 12_000_000)])
def test_values_that_are_not_known_are_left_out(measured: float | None, limit: float | None) -> None:
    assert "（" not in finding_of_defect(Defect("file-too-large", measured, limit), material="diploma").message


def test_limits_written_in_words_are_those_of_the_rules() -> None:
    assert f"一项文字最多{MAX_TEXT_CHARS}字，学历最多{MAX_EDUCATIONS}项" in told("entered-too-long")
    assert f"未满{MIN_GRADUATION_AGE_YEARS}周岁" in told("diploma-before-age")
    # A year and the odd day of a leap year.
    assert DEGREE_BEFORE_DIPLOMA_DAYS == 366
    assert "早一年以上" in told("degree-before-diploma")


@pytest.mark.parametrize(
    ("field", "allowed"),
    [
        ("person.gender", "（男、女）"),
        ("work.on_duty", "（是、否）"),
        ("education.1.level", f"（{'、'.join(EDUCATION_LEVELS)}）"),
        ("education.0.study_mode", "（全日制、非全日制）"),
        ("qualification.level", f"（{'、'.join(QUALIFICATION_LEVELS)}）"),
    ],
)
def test_a_wrong_choice_names_the_right_ones(field: str, allowed: str) -> None:
    assert allowed in told("entered-bad-value", field=field)


@pytest.mark.parametrize(
    ("severe", "repaired", "level"),
    [(True, False, Level.BLOCK), (False, False, Level.WARN), (True, True, Level.INFO), (False, True, Level.INFO)],
)
def test_what_the_service_repairs_is_only_told(severe: bool, repaired: bool, level: Level) -> None:
    assert finding_of_defect(Defect("photo-wrong-size", severe=severe), repaired=repaired).level is level


def test_a_policy_words_the_applicants_text_its_own_way_and_leaves_the_reviewers() -> None:
    policy = replace(load_policy("yunnan-2023"), wording={"name-differs": "姓名应为{read}。"})
    item = finding(
        "name-differs", level=Level.WARN, policy=policy, field="person.name", read="乙", match=Match.DIFFERENT
    )
    assert item.message == "姓名应为乙。"
    assert item.short == "姓名不一致"


@pytest.mark.parametrize(("jurisdiction", "cited"), [("53", True), ("5331", True), ("21", False), ("", False)])
def test_a_source_of_another_region_is_not_cited(jurisdiction: str, cited: bool) -> None:
    policy = replace(load_policy("yunnan-2023"), jurisdiction=jurisdiction)
    text = finding("template-differs", level=Level.WARN, policy=policy, material="work_certificate").message
    assert ("依据：《云南省会计人员信息采集操作说明》第12项" in text) is cited
    # A law of the whole country is cited everywhere.
    assert "依据：GB 11643-1999" in finding("id-number-check", level=Level.BLOCK, policy=policy).message


def test_every_finding_of_a_case_speaks_in_the_words_of_the_policy(papers: Papers) -> None:
    papers.print("work_certificate", "duties", ()).type("person.gender", None)
    other = replace(load_policy("yunnan-2023"), jurisdiction="21", wording={"entered-field-missing": "{field}必填。"})
    messages = {item.code: item.message for item in papers.verdict(other).findings}
    assert messages["entered-field-missing"] == "性别必填。"
    assert "云南" not in messages["work-certificate-no-duty"]
    assert "云南" in papers.codes()["work-certificate-no-duty"].message


def test_a_sentence_that_a_rule_put_together_stays() -> None:
    item = replace(finding("name-differs", level=Level.WARN, field="person.name"), message="三份材料均不同。")
    policy = replace(load_policy("yunnan-2023"), wording={"name-differs": "姓名应为{read}。"})
    assert reword(item, policy) == item


@given(st.sampled_from(CODES), st.text(max_size=10), st.none() | st.floats(0, 1e6), st.sampled_from([None, *Match]))
def test_rewording_equals_wording_by_the_policy(
    code: str, text: str, measured: float | None, match: Match | None
) -> None:
    policy = replace(load_policy("yunnan-2023"), jurisdiction="21", wording={"page-glare": "{material}：{value}"})
    parts = {
        "level": Level.WARN,
        "material": "diploma",
        "value": text,
        "measured": measured,
        "limit": measured,
        "match": match,
    }
    general = finding(code, **parts)  # type: ignore[arg-type]
    assert reword(general, policy) == finding(code, policy=policy, **parts)  # type: ignore[arg-type]


def test_a_limit_of_the_policy_is_cited_from_the_policy() -> None:
    policy = load_policy("yunnan-2023")
    defect = Defect("photo-too-many-bytes", 30_000, 20_480, severe=True)
    message = finding_of_defect(defect, material="photo", policy=policy).message
    assert message.endswith(f"依据：{policy.photo.limits.source_for('accepted_bytes').cite()}。")
    assert "依据" not in finding_of_defect(defect, material="photo").message


def test_a_source_given_with_the_finding_comes_first() -> None:
    item = finding("seal-type-refused", level=Level.WARN, source=Source("某通知", "三"), read="财务专用章")
    assert item.message.endswith("依据：某通知第三项。")


def test_slots_and_entries_are_counted() -> None:
    assert material_name("diploma-2") == "学历证书（第2份）"
    assert material_name("diploma") == "学历证书"
    assert field_name("education.1.school") == "第2项学历的毕业学校"
    assert field_name("education.1.new_key") == "第2项学历的new_key"
    assert field_name("somewhere.else") == "somewhere.else"
