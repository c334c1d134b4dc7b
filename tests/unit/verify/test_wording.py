from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.model import Defect
from ocr.model import Kind
from verify.model import Level, Match
from verify.policy import load_policy
from verify.rules.fields import RULES
from verify.wording import (
    field_name,
    finding,
    finding_of_defect,
    kind_name,
    known_codes,
    material_name,
    sentence_of,
)

ROOT = Path(__file__).parents[3]
# A code is written once, as a literal, where it arises: that is what makes the registry greppable.
RAISED = re.compile(
    r'(?:Defect|ImageRefused|finding|_fault|_internal|_boxes|_about|_date|_missing|_over|_under|_Unusable)\(\s*"([a-z]+(?:-[a-z]+)+)"'
)
MESSAGES = tomllib.loads(files("verify").joinpath("messages.toml").read_text(encoding="utf-8"))


def raised_codes() -> dict[str, str]:
    """Every code that a stage can raise, with the file it comes from."""
    return {
        code: str(path.relative_to(ROOT))
        for package in ("imaging", "ocr", "verify", "intake")
        for path in (ROOT / package).rglob("*.py")
        for code in RAISED.findall(path.read_text(encoding="utf-8"))
    }


def test_every_code_that_can_arise_has_a_sentence() -> None:
    raised = raised_codes()
    assert len(raised) > 80
    assert {code: place for code, place in raised.items() if code not in known_codes()} == {}


def test_every_code_of_a_field_has_an_entry() -> None:
    assert {rule.code for rules in RULES.values() for rule in rules} <= known_codes()


def test_every_path_of_a_rule_has_a_label() -> None:
    for rules in RULES.values():
        for rule in rules:
            assert re.search("[一-鿿]", field_name(rule.path.replace("*", "0"))), rule.path


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_name(kind: Kind) -> None:
    assert re.search("[一-鿿]", kind_name(kind))


@pytest.mark.parametrize("code", sorted(known_codes()))
def test_every_sentence_is_chinese_and_complete(code: str) -> None:
    for match in (None, Match.DIFFERENT, Match.FUZZY):
        text = finding(
            code,
            level=Level.WARN,
            field="person.name",
            material="diploma-2",
            entered="甲",
            read="乙",
            match=match if not sentence_of(code).what or match else Match.DIFFERENT,
            measured=1.0,
            limit=2.0,
            value="丙",
        ).message
        assert re.search("[一-鿿]{3}", text)
        assert "{" not in text
        assert text.endswith("。")
        assert "。。" not in text


@pytest.mark.parametrize("code", sorted(known_codes()))
def test_sources_and_units_exist(code: str) -> None:
    row = MESSAGES["codes"][code]
    assert row.get("source", "") in {"", *MESSAGES["sources"]}
    assert row.get("unit", "plain") in {"plain", "share", "px", "bytes", "degrees", "count"}
    assert set(row) <= {"what", "values", "todo", "source", "unit", "severe", "mild", "repairable"}


@given(st.text(max_size=30), st.sampled_from(sorted(known_codes())))
def test_what_people_typed_is_never_a_template(typed: str, code: str) -> None:
    item = finding(code, level=Level.WARN, field="person.name", entered=typed, read=typed, match=Match.FUZZY)
    assert isinstance(item.message, str)


def test_braces_that_people_typed_stay() -> None:
    item = finding("name-differs", level=Level.WARN, field="person.name", entered="{read}", read="x", match=Match.FUZZY)
    assert "“{read}”" in item.message


@given(st.text(max_size=20), st.booleans(), st.none() | st.floats(0, 1e9), st.none() | st.floats(0, 1e9))
def test_unknown_codes_get_a_general_sentence(
    code: str, severe: bool, measured: float | None, limit: float | None
) -> None:
    item = finding_of_defect(Defect(code, measured, limit, severe), material="diploma")
    assert item.code == code
    assert "人工核对" in item.message or code in known_codes()


@pytest.mark.parametrize(
    ("code", "measured", "limit", "part"),
    [
        ("file-too-large", 12_000_001, 12_000_000, "（12,000,001 字节，上限 12,000,000 字节）"),
        ("page-glare", 0.123, 0.05, "（最大一处占页面 12.3%，上限 5%）"),
        ("photo-wrong-size", 300, 295, "（有一边为 300 像素，应为 295 像素）"),
        ("photo-roll", 12.4, 8, "（偏 12.4 度，最多 8 度）"),
        ("photo-noisy", 7.1234, 5.0, "（噪点强度 7.12，最多 5）"),
        ("too-few-pixels", 90, 100, "（90 像素，至少 100 像素）"),
    ],
)
def test_values_are_written_in_their_unit(code: str, measured: float, limit: float, part: str) -> None:
    assert part in finding_of_defect(Defect(code, measured, limit)).message


def test_values_that_are_not_known_are_left_out() -> None:
    assert "（" not in finding_of_defect(Defect("file-too-large"), material="diploma").message


@pytest.mark.parametrize(
    ("severe", "repaired", "level"),
    [(True, False, Level.BLOCK), (False, False, Level.WARN), (True, True, Level.INFO), (False, True, Level.INFO)],
)
def test_what_the_service_repairs_is_only_told(severe: bool, repaired: bool, level: Level) -> None:
    assert finding_of_defect(Defect("photo-wrong-size", severe=severe), repaired=repaired).level is level


def test_a_policy_may_word_a_code_its_own_way() -> None:
    policy = replace(load_policy("yunnan-2023"), wording={"name-differs": "姓名应为{read}。"})
    item = finding(
        "name-differs", level=Level.WARN, policy=policy, field="person.name", read="乙", match=Match.DIFFERENT
    )
    assert item.message == "姓名应为乙。"


def test_slots_and_entries_are_counted() -> None:
    assert material_name("diploma-2") == "学历证书（第2份）"
    assert material_name("diploma") == "学历证书"
    assert field_name("education.1.school") == "第2项学历的毕业学校"
    assert field_name("somewhere.else") == "somewhere.else"
