"""What `intake policy show` and `check` print: a Chinese notice with the source of every figure, one line a fault."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import policy_words
from api.output import Output
from api.policy_notice import Section, notice_head, notice_sections
from api.show_policy import show_checked, show_list, show_policy
from imaging.photo.standards import STANDARDS
from imaging.scanned import READABLE_FORMATS
from ocr.model import Kind
from verify.model import Level
from verify.policy import available_policies, load_policy
from verify.policy_model import (
    BACKGROUNDS,
    CATEGORIES,
    CLEAN_UP_ACTIONS,
    EVENTS,
    FIELD_SITUATIONS,
    NOTE_SECTIONS,
    OCCUPIED_THEN,
    SITUATIONS,
    TERRITORY_BY,
    TOLD_BACKGROUNDS,
    CategoryRule,
    CleanUpRule,
    CollectionRules,
    DeadlineRule,
    ExcludedRegion,
    FilingWindow,
    Mandatory,
    Note,
    OccupiedNumber,
    Office,
    Policy,
    Requirement,
    Source,
    TerritoryRule,
)

HEADINGS = (
    "一、采集范围",
    "二、需提交的材料",
    "三、照片和文件要求",
    "四、必填项",
    "五、属地",
    "六、时限",
    "七、清理和注销",
    "八、联系方式",
    "九、评分",
)
# Words of the packs and of the code that no office would publish.
STORED = {
    *SITUATIONS,
    *TERRITORY_BY,
    *EVENTS,
    *CLEAN_UP_ACTIONS,
    *OCCUPIED_THEN,
    *BACKGROUNDS,
    *NOTE_SECTIONS,
    *(level.value for level in Level),
    *(kind.value for kind in Kind),
    *(
        name
        for kind in (Policy, CollectionRules, Office, Source)
        for name in (f.name for f in dataclasses.fields(kind))
    ),
    "None",
    "True",
    "False",
    "default",
    "one-inch",
    "JPEG",
}


def written(sections: tuple[Section, ...]) -> str:
    cells = [
        cell
        for section in sections
        if section.grid is not None
        for row in (section.grid.heads, *section.grid.rows)
        for cell in row
    ]
    return "\n".join([*cells, *(line for section in sections for line in section.lines)])


def stored_words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z][A-Za-z_-]*", text)) & STORED | set(re.findall(r"[a-z]+_[a-z_]+", text))


def printed(policy: Policy, *, as_json: bool = False) -> str:
    output = Output(io.StringIO(), io.StringIO())
    show_policy(output, policy, as_json=as_json)
    assert isinstance(output.out, io.StringIO)
    return output.out.getvalue()


@pytest.mark.parametrize("name", available_policies())
def test_a_pack_reads_as_a_notice(name: str) -> None:
    policy = load_policy(name)
    sections = notice_sections(policy)
    assert tuple(section.heading for section in sections) == HEADINGS
    assert all(section.lines or section.grid is not None for section in sections)
    text = printed(policy)
    places = [text.index(heading) for heading in HEADINGS]
    assert places == sorted(places)
    assert policy.title in text
    assert policy.effective_from.isoformat() in text


@pytest.mark.parametrize("name", available_policies())
def test_nothing_of_the_code_is_printed(name: str) -> None:
    sections = notice_sections(load_policy(name))
    assert stored_words(written(sections)) == set()
    assert "{" not in written(sections)


@pytest.mark.parametrize("name", available_policies())
def test_every_row_and_every_rule_has_its_source(name: str) -> None:
    for section in notice_sections(load_policy(name)):
        if section.grid is not None:
            assert section.grid.heads[-1] == "依据"
            assert all(len(row) == len(section.grid.heads) for row in section.grid.rows)
            assert all(row[-1] for row in section.grid.rows)
        for line in section.lines:
            # A line with a figure says where it comes from; 满分 is what a score is, not a rule of a notice.
            assert "依据：" in line or not re.search(r"\d", line) or line.startswith("满分 100 分"), line


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("yunnan-2023", "20,480 字节（20 KB）"),
        ("yunnan-2023", "请直接登录，不要重复注册"),
        ("yunnan-dehong-2023", "每年12月31日，对连续 3 年没有更新个人信息（含继续教育）的，进行清理"),
        ("yunnan-dehong-2023", "开始从事会计工作的，应在 1 个月内办理。依据：《德宏州财政局关于"),
        ("yunnan-dehong-2023", "发生变动的，应及时办理，没有规定天数"),
        ("yunnan-dehong-2023", "德宏傣族景颇族自治州（5331）"),
        ("liaoning-2019", "大连市（2102）不适用本规则，按大连市财政局的要求办理"),
        ("liaoning-2019", "集中采集时间：2019年4月15日至2019年6月15日"),
        ("liaoning-2019", "原有会计人员在2020年12月31日前没有更新和确认信息的，视为不再从事会计工作，删除系统内信息"),
        ("liaoning-2019", "请联系当地会计管理部门核实处理"),
        ("liaoning-2019", "《中华人民共和国民法典》第二百零一条至第二百零三条"),
        ("liaoning-chaoyang-2019", "朝阳大街三段 11 号 111 室"),
        ("liaoning-chaoyang-2019", "与省通知矛盾"),
        ("liaoning-chaoyang-2019", "（辽财会〔2019〕116号）第三（一）项（2019-03-25 起施行）"),
        ("hubei-2019", "红色、蓝色、白色均可"),
        ("hubei-2019", "（未核实）"),
        ("sichuan-2019", "宽 114、高 156"),
        ("national-2025", "宽不小于 295、高不小于 413"),
        ("national-2025", "20,001 字节（19.5 KB）"),
        ("anhui-2019", "没有公布会计管理部门的联系方式"),
        ("anhui-2019", "通知没有规定"),
    ],
)
def test_figures_stand_in_the_notice(name: str, told: str) -> None:
    policy = load_policy(name)
    text = "\n".join([*notice_head(policy), written(notice_sections(policy))])
    assert told in text


def test_a_pack_names_what_it_builds_on() -> None:
    assert any("liaoning-2019、default-2018" in line for line in notice_head(load_policy("liaoning-chaoyang-2019")))
    assert len(notice_head(load_policy("yunnan-2023"))) == 2


def test_sentences_of_its_own_are_shown() -> None:
    policy = replace(load_policy("yunnan-2023"), wording={"name-differs": "请核对姓名。"})
    assert notice_sections(policy)[-1].heading == "附：本规则的提示语"
    assert "请核对姓名。" in printed(policy)


def test_brackets_of_a_pack_are_no_marks_of_the_terminal() -> None:
    policy = replace(load_policy("yunnan-2023"), notes=(Note("contact", "[red]电话[/red]", Source("《某通知》")),))
    assert "[red]电话[/red]" in printed(policy)


def test_every_stored_word_has_a_chinese_one() -> None:
    assert set(policy_words.TERRITORY) == set(TERRITORY_BY)
    assert set(policy_words.EVENTS) == set(EVENTS)
    assert set(policy_words.OCCUPIED) == set(OCCUPIED_THEN)
    assert set(policy_words.BACKGROUNDS) == set(BACKGROUNDS)
    assert set(policy_words.STANDARDS) == set(STANDARDS)
    assert policy_words.formats(READABLE_FORMATS) == "jpg（jpeg）、png、webp、heic"
    for when in SITUATIONS:
        assert re.search("[一-鿿]", policy_words.situation(when)), when


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("", "全国"),
        ("53", "云南省（53）"),
        ("5331", "德宏傣族景颇族自治州（5331）"),
        ("533103", "芒市（533103）"),
        ("99", "99"),
    ],
)
def test_places_are_named(prefix: str, name: str) -> None:
    assert policy_words.place(prefix) == name


@pytest.mark.parametrize(
    ("count", "text"), [(20_480, "20,480 字节（20 KB）"), (20_000, "20,000 字节（19.5 KB）"), (0, "0 字节（0 KB）")]
)
def test_bytes_are_given_in_both_units(count: int, text: str) -> None:
    assert policy_words.bytes_of(count) == text


CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
SOURCES = st.builds(Source, CHINESE, st.just("") | CHINESE, st.none() | DAYS, st.none() | DAYS)
DIGITS = st.text("0123456789", min_size=6, max_size=6)


def tuples(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=3).map(tuple)


COLLECTIONS = st.builds(
    CollectionRules,
    categories=tuples(st.builds(CategoryRule, st.sampled_from(CATEGORIES), st.booleans(), SOURCES)),
    territory=tuples(st.builds(TerritoryRule, st.sampled_from(CATEGORIES), st.sampled_from(TERRITORY_BY), SOURCES)),
    excluded=tuples(st.builds(ExcludedRegion, DIGITS | DIGITS.map(lambda code: code[:4]), CHINESE, SOURCES)),
    offices=tuples(st.builds(Office, DIGITS, CHINESE, DIGITS | st.just(""), CHINESE | st.just(""), SOURCES)),
    deadlines=tuples(st.builds(DeadlineRule, st.sampled_from(EVENTS), st.none() | st.integers(1, 120), SOURCES)),
    windows=tuples(st.builds(FilingWindow, DAYS, DAYS, SOURCES, CHINESE | st.just(""))),
    clean_up=tuples(
        st.builds(
            CleanUpRule, st.sampled_from(CLEAN_UP_ACTIONS), st.integers(1, 9), st.just((12, 31)), st.none(), SOURCES
        )
        | st.builds(CleanUpRule, st.sampled_from(CLEAN_UP_ACTIONS), st.none(), st.none(), DAYS, SOURCES)
    ),
    occupied_number=st.none() | st.builds(OccupiedNumber, st.sampled_from(OCCUPIED_THEN), SOURCES),
)
KINDS = st.lists(st.sampled_from([kind for kind in Kind if kind is not Kind.UNKNOWN]), min_size=1, max_size=3)
REQUIRED = tuples(
    st.builds(Requirement, st.sampled_from(SITUATIONS), KINDS.map(tuple), SOURCES, st.sampled_from(Level))
)
MANDATORY = tuples(
    st.builds(
        Mandatory,
        st.sampled_from([when for when in FIELD_SITUATIONS if when != "per_education"]),
        st.sampled_from(["person.name", "work.uscc", "qualification.level"]),
        st.sampled_from(Level),
        SOURCES,
    )
    | st.builds(
        Mandatory, st.just("per_education"), st.sampled_from(["school", "level"]), st.sampled_from(Level), SOURCES
    )
)
NOTES = tuples(st.builds(Note, st.sampled_from(NOTE_SECTIONS), CHINESE, SOURCES))
SIZES = st.none() | st.tuples(st.integers(1, 4000), st.integers(1, 4000))
COLOURS = st.lists(st.sampled_from(TOLD_BACKGROUNDS), max_size=3, unique=True).map(tuple)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(available_policies()),
    collection=COLLECTIONS,
    required=REQUIRED,
    mandatory=MANDATORY,
    notes=NOTES,
    exact_px=SIZES,
    min_px=SIZES,
    backgrounds=COLOURS,
    end=st.none() | DAYS,
)
def test_any_policy_can_be_shown(
    name: str,
    collection: CollectionRules,
    required: tuple[Requirement, ...],
    mandatory: tuple[Mandatory, ...],
    notes: tuple[Note, ...],
    exact_px: tuple[int, int] | None,
    min_px: tuple[int, int] | None,
    backgrounds: tuple[str, ...],
    end: date | None,
) -> None:
    base = load_policy(name)
    policy = replace(
        base,
        collection=collection,
        required=required,
        mandatory=mandatory,
        notes=notes,
        photo=replace(base.photo, exact_px=exact_px, min_px=min_px, backgrounds=backgrounds),
        effective_to=end,
    )
    sections = notice_sections(policy)
    assert tuple(section.heading for section in sections) == HEADINGS
    assert stored_words(written(sections)) == set()
    assert "None" not in printed(policy)
    for note in notes:
        assert note.text in written(sections)
    assert json.loads(printed(policy, as_json=True))["name"] == name


def test_json_holds_every_value() -> None:
    shown = json.loads(printed(load_policy("liaoning-chaoyang-2019"), as_json=True))
    assert len(shown["collection"]["offices"]) == 8
    assert shown["collection"]["clean_up"][0]["not_confirmed_by"] == "2020-12-31"
    assert shown["photo"]["limits"]["source"]["title"] == "《辽宁省会计人员信息采集操作指南》（转载件）"
    assert set(shown) == {field.name for field in dataclasses.fields(Policy)}


def checked(faults: tuple[str, ...], *, as_json: bool) -> str:
    output = Output(io.StringIO(), io.StringIO())
    show_checked(output, "mine.toml", faults, as_json=as_json)
    assert isinstance(output.out, io.StringIO)
    return output.out.getvalue()


def test_a_usable_pack_is_one_line() -> None:
    assert checked((), as_json=False) == "mine.toml：可用\n"
    assert json.loads(checked((), as_json=True)) == {
        "policy": "mine.toml",
        "usable": True,
        "reason": None,
        "faults": [],
    }


def test_every_fault_is_one_line_however_long() -> None:
    faults = ("[photo] background：写的是 “plaid”，" + "应为白色" * 60, "[notes]：缺少 text")
    assert checked(faults, as_json=False).splitlines() == [f"mine.toml：{fault}" for fault in faults]
    told = json.loads(checked(faults, as_json=True))
    assert (told["usable"], told["faults"]) == (False, list(faults))
    assert told["reason"] == "；".join(faults)


def test_the_list_has_a_row_for_every_pack() -> None:
    output = Output(io.StringIO(), io.StringIO())
    show_list(output, [load_policy(name) for name in available_policies()], as_json=False)
    assert isinstance(output.out, io.StringIO)
    assert all(name in output.out.getvalue() for name in available_policies())


@pytest.mark.parametrize("name", available_policies())
def test_no_cell_loses_its_end(name: str) -> None:
    """A source's number stands at its end, and a table that is too narrow would cut it there first."""
    text = printed(load_policy(name))
    assert "…" not in text
    # The last column folds: its pieces stand under each other, at the end of each line.
    last = "".join(line.rsplit("│", 2)[1].strip() for line in text.splitlines() if line.count("│") > 1)
    for section in notice_sections(load_policy(name)):
        for row in section.grid.rows if section.grid is not None else ():
            assert row[-1].replace(" ", "") in last.replace(" ", "")


def test_the_work_certificate_is_spoken_of_only_where_it_is_asked_for() -> None:
    assert "工作证明开具超过 365 天的" in written(notice_sections(load_policy("yunnan-2023")))
    assert "工作证明开具超过" not in written(notice_sections(load_policy("liaoning-2019")))


def test_words_of_seals_are_no_words_of_the_notice() -> None:
    lines = next(one.lines for one in notice_sections(load_policy("yunnan-2023")) if one.heading == "二、需提交的材料")
    assert lines[0].startswith("工作证明应加盖单位公章。依据：《德宏州财政局关于")
    assert all(line.endswith("依据：本系统默认值（通知未规定）。") for line in lines[1:4])


def test_pixels_that_no_notice_gives_are_said_to_follow_from_the_size() -> None:
    assert "按规格，每英寸 300 点换算" in written(notice_sections(load_policy("yunnan-2023")))
    assert "点换算" not in written(notice_sections(load_policy("sichuan-2019")))


def test_categories_of_one_clause_stand_in_one_sentence() -> None:
    (territory,) = [one for one in notice_sections(load_policy("gansu-2019")) if one.heading == "五、属地"]
    assert territory.lines[0].startswith(
        "从事会计工作并具有会计专业技术资格的人员；从事会计工作、不具有会计专业技术资格的人员：按单位级次"
    )
