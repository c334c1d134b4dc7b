"""What a pack may not say: every refusal names the place in the file, what stands there, and what is allowed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.errors import PolicyInvalid
from verify.policy import load_policy, pack_text, parse_policy
from verify.policy_model import CollectionRules

HEAD = """
extends = "liaoning-2019"
name = "mine"
title = "某市会计人员信息采集"
jurisdiction = "2113"
effective_from = 2020-01-01
{top}
[sources]
own = "《某市通知》"
"""


def faults_of(body: str = "", *, top: str = "") -> tuple[str, ...]:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(HEAD.format(top=top) + body, name="mine")
    return refused.value.faults


def accepted(body: str) -> CollectionRules:
    return parse_policy(HEAD.format(top="") + body, name="mine").collection


def row(table: str, **values: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in values.items())
    return f'[[{table}]]\n{lines}source = "own"\n'


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        # Numbers: min - 1, and what is no number.
        ('[photo]\nwritten_bytes = 0\nsource = "own"', "[photo] written_bytes：写的是 0，应为不小于 1 的整数"),
        ('[photo]\nwritten_bytes = 1.5\nsource = "own"', "[photo] written_bytes：写的是 1.5，应为不小于 1 的整数"),
        (
            '[photo]\nmin_accepted_bytes = -1\nsource = "own"',
            "[photo] min_accepted_bytes：写的是 -1，应为不小于 0 的整数",
        ),
        ('[photo]\nexact_px = [295]\nsource = "own"', "[photo] exact_px：写的是 [295]，应为[宽, 高]"),
        ('[photo]\nexact_px = [0, 413]\nsource = "own"', "[photo] exact_px：写的是 [0、413]"),
        ('[photo]\nmin_px = [295, true]\nsource = "own"', "[photo] min_px：写的是 [295、true]"),
        # Words of closed sets.
        (
            '[work_certificate]\nseal = "dragon"\nsource = "own"',
            "[work_certificate] seal：写的是 “dragon”，应为其中之一：unit",
        ),
        (
            '[photo]\nbackground = "plaid"\nsource = "own"',
            "[photo] background：写的是 “plaid”，应为其中之一：white、blue",
        ),
        (
            '[photo]\nbackgrounds = ["any"]\nsource = "own"',
            "[photo] backgrounds：写的是 [“any”]，应为至少一项，且只能是：white",
        ),
        ('[photo]\nbackgrounds = []\nsource = "own"', "[photo] backgrounds：写的是 []"),
        (
            '[photo]\nstandard = "two-inch"\nsource = "own"',
            "[photo] standard：写的是 “two-inch”，应为其中之一：one-inch",
        ),
        (row("required", when='"sundays"', one_of='["photo"]'), "[[required]] 第 1 条 when：写的是 “sundays”"),
        (row("required", when='"always"', one_of='["unknown"]'), "[[required]] 第 1 条 one_of：写的是 [“unknown”]"),
        (row("required", when='"always"', one_of='["photo"]', level='"fatal"'), "[[required]] 第 1 条 level"),
        (row("notes", section='"prices"', text='"x"'), "[[notes]] 第 1 条 section：写的是 “prices”"),
        # Between values.
        (
            '[photo]\nwritten_bytes = 102_400\nsource = "own"',
            "[photo] written_bytes：102,400 大于 accepted_bytes（102,399）",
        ),
        (
            '[documents]\nmin_accepted_bytes = 5\nsource = "own"',
            "[documents] min_written_bytes：0，应在 min_accepted_bytes",
        ),
        ('[documents]\nmin_written_bytes = 200_001\nsource = "own"', "[documents] min_written_bytes：200,001"),
        (
            '[photo]\nexact_px = [295, 412]\nmin_px = [295, 413]\nsource = "own"',
            "[photo] exact_px：295×412 小于 min_px",
        ),
        ('[photo]\nbackgrounds = ["red", "blue"]\nsource = "own"', "[photo] background：“white”不在 backgrounds 中"),
        (
            '[mandatory.warn]\nalways = ["person.shoe_size"]\n[mandatory]\nsource = "own"',
            "[mandatory.warn] always：“person.shoe_size”不是填报项",
        ),
        (
            '[mandatory.warn]\nper_education = ["person.name"]\n[mandatory]\nsource = "own"',
            "[mandatory.warn] per_education：“person.name”",
        ),
        (
            '[score.warn_points]\n"no-such-code" = 1\n[score]\nsource = "own"',
            "[score.warn_points] no-such-code：没有这个结论代码",
        ),
        ('[wording]\n"no-such-code" = "x"', "[wording] no-such-code：没有这个结论代码"),
        # Slips of the pen.
        (
            '[photo]\naccepted_byte = 5\nsource = "own"',
            "[photo]：不认识的键 accepted_byte；这里可以写：accepted_bytes、",
        ),
        ("[phto]\n", "顶层：不认识的键 phto"),
        (
            '[mandatory.warn]\nexam_candidate = ["person.name"]\n[mandatory]\nsource = "own"',
            "[mandatory.warn]：不认识的键 exam_candidate",
        ),
        (row("notes", section='"files"', text='"x"', day="1"), "[[notes]] 第 1 条：不认识的键 day"),
        ('required_added = "x"', "顶层：不认识的键 required_added"),
    ],
)
def test_values_that_make_no_sense_are_refused_with_their_place(body: str, fault: str) -> None:
    top, body = (body, "") if body.startswith("required_added") else ("", body)
    found = faults_of(body, top=top)
    assert any(told.startswith(fault) for told in found), found
    assert len(found) == 1


COLLECTION = [
    (row("collection.categories", categories='["poets"]', collected="true"), "第 1 条 categories：写的是 [“poets”]"),
    (
        row("collection.categories", categories='["other"]', collected='"yes"'),
        "第 1 条 collected：写的是 “yes”，应为true",
    ),
    (row("collection.categories", categories='["other"]'), "第 1 条：缺少 collected"),
    (row("collection.categories", categories='["other", "other"]', collected="true"), "：other 写了 2 次"),
    (row("collection.territory", categories='["other"]', by='"mood"'), "第 1 条 by：写的是 “mood”"),
    (row("collection.territory", categories='["other", "other"]', by='"unit_level"'), "：other 写了 2 次"),
    (row("collection.excluded", prefix='"210"', office='"某局"'), "第 1 条 prefix：写的是 “210”，应为2、4、6 位"),
    (row("collection.excluded", prefix='"5301"', office='"某局"'), "：5301 不在本规则的行政区划 21 之内"),
    (
        row("collection.offices", region='"21130"', name='"a"', phone='""', address='""'),
        "第 1 条 region：写的是 “21130”",
    ),
    (
        row("collection.offices", region='"211300"', name='"a"', phone='"面谈"', address='""'),
        "第 1 条 phone：写的是 “面谈”",
    ),
    (row("collection.offices", region='"211300"', name='"a"', phone='""'), "第 1 条：缺少 address"),
    (
        row("collection.offices", region='"210200"', name='"a"', phone='""', address='""'),
        "：210200 不在本规则的行政区划 2113",
    ),
    (row("collection.offices", region='"211300"', name='"a"', phone='""', address='""') * 2, "：211300 写了 2 次"),
    (row("collection.deadlines", event='"birth"', months="1"), "第 1 条 event：写的是 “birth”"),
    (row("collection.deadlines", event='"changed"', months="0"), "第 1 条 months：写的是 0，应为1 至 120 的整数"),
    (row("collection.deadlines", event='"changed"', months="121"), "第 1 条 months：写的是 121"),
    (row("collection.deadlines", event='"changed"'), "第 1 条：缺少 months"),
    (row("collection.deadlines", event='"changed"', months="1", promptly="true"), "第 1 条：months 和 promptly"),
    (row("collection.deadlines", event='"changed"', months="1") * 2, "：changed 写了 2 次"),
    (row("collection.windows", first="2019-04-15", last="2019-04-14"), "第 1 条：last（2019-04-14）早于 first"),
    (
        row("collection.windows", first='"2019-04-15"', last="2019-04-16"),
        "第 1 条 first：写的是 “2019-04-15”，应为不带时刻",
    ),
    (row("collection.windows", first="2019-04-15T08:00:00", last="2019-04-16"), "第 1 条 first"),
    (row("collection.clean_up", action='"delete"'), "第 1 条：要么写 years_without_update"),
    (
        row(
            "collection.clean_up",
            action='"delete"',
            years_without_update="3",
            month_day='"12-31"',
            not_confirmed_by="2020-12-31",
        ),
        "第 1 条：要么写 years_without_update",
    ),
    (row("collection.clean_up", action='"burn"', not_confirmed_by="2020-12-31"), "第 1 条 action：写的是 “burn”"),
    (
        row("collection.clean_up", action='"clean_up"', years_without_update="0", month_day='"12-31"'),
        "第 1 条 years_without_update：写的是 0",
    ),
    (row("collection.clean_up", action='"clean_up"', years_without_update="3"), "第 1 条：缺少 month_day"),
    (row("collection.clean_up", action='"clean_up"', month_day='"12-31"'), "第 1 条：缺少 years_without_update"),
    (
        row("collection.clean_up", action='"clean_up"', years_without_update="3", month_day='"2-29"'),
        "第 1 条 month_day：写的是 “2-29”",
    ),
    (
        row("collection.clean_up", action='"clean_up"', years_without_update="3", month_day='"02-29"'),
        "第 1 条：month_day：02-29",
    ),
    (
        row("collection.clean_up", action='"clean_up"', years_without_update="3", month_day='"13-01"'),
        "第 1 条：month_day：13-01",
    ),
    (
        row("collection.clean_up", action='"clean_up"', years_without_update="3", month_day='"00-10"'),
        "第 1 条：month_day：00-10",
    ),
]


@pytest.mark.parametrize(("body", "fault"), COLLECTION)
def test_rules_of_the_collection_that_make_no_sense_are_refused(body: str, fault: str) -> None:
    found = faults_of(body)
    table = re.match(r"\[\[(.*?)\]\]", body)
    assert table is not None
    place = f"[[{table[1]}]]{'' if fault.startswith('：') else ' '}"
    assert any(told.startswith(place + fault) for told in found), found


def test_an_answer_to_an_occupied_number_is_one_of_two() -> None:
    found = faults_of('[collection.occupied_number]\nthen = "shout"\nsource = "own"\n')
    assert found == ("[collection.occupied_number] then：写的是 “shout”，应为其中之一：log_in、contact_office",)


@pytest.mark.parametrize("months", [1, 120])
def test_a_deadline_may_have_its_least_and_most_months(months: int) -> None:
    rules = accepted(row("collection.deadlines", event='"changed"', months=str(months)))
    assert [rule.months for rule in rules.deadlines] == [months]


def test_a_window_of_one_day_is_one() -> None:
    rules = accepted(row("collection.windows", first="2019-04-15", last="2019-04-15"))
    assert rules.windows[0].first == rules.windows[0].last


@pytest.mark.parametrize(("written", "read"), [("02-28", (2, 28)), ("01-01", (1, 1)), ("12-31", (12, 31))])
def test_a_clean_up_day_is_one_of_every_year(written: str, read: tuple[int, int]) -> None:
    body = row("collection.clean_up", action='"clean_up"', years_without_update="1", month_day=f'"{written}"')
    assert accepted(body).clean_up[0].month_day == read


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('name = "mine"', 'name = "Mine 1"', "顶层 name：写的是 “Mine 1”，应为小写字母"),
        ('name = "mine"', 'name = "other"', "顶层 name：写的是“other”，文件名是“mine”"),
        ('title = "某市会计人员信息采集"', "", "顶层：缺少 title"),
        ('jurisdiction = "2113"', 'jurisdiction = "211"', "顶层 jurisdiction：写的是 “211”"),
        ("effective_from = 2020-01-01", "", "顶层：缺少 effective_from"),
        ("effective_from = 2020-01-01", "effective_from = 2020-01-01\neffective_to = 2019-12-31", "顶层 effective_to"),
    ],
)
def test_the_head_is_each_packs_own(old: str, new: str, fault: str) -> None:
    text = HEAD.format(top="")
    assert old in text
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text.replace(old, new), name="mine")
    assert any(told.startswith(fault) for told in refused.value.faults), refused.value.faults


def test_a_pack_may_end_on_the_day_it_starts() -> None:
    text = HEAD.format(top="effective_to = 2020-01-01")
    assert parse_policy(text, name="mine").effective_to is not None


def test_all_faults_are_told_at_once() -> None:
    found = faults_of(
        '[photo]\nbackground = "plaid"\nwritten_bytes = 0\nsource = "own"\n[wordings]\n'
        + row("collection.deadlines", event='"birth"', months="0")
    )
    assert len(found) == 5


def test_toml_that_is_none_names_line_and_column() -> None:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy('name = "mine"\ntitle = \n', name="mine")
    assert refused.value.faults == ("第 2 行第 9 列：不符合 TOML 语法",)


@pytest.mark.parametrize("text", ['name = "', "[a", "a = [1,", "a = " + "[" * 100_000])
def test_toml_that_ends_too_early_is_refused(text: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text, name="mine")
    assert refused.value.faults[0].endswith("不符合 TOML 语法")


LINES = (pack_text("liaoning-chaoyang-2019") or "").splitlines()


@given(st.integers(0, len(LINES) - 1), st.text(max_size=12))
def test_a_spoilt_line_is_a_policy_or_a_refusal_and_nothing_else(place: int, written: str) -> None:
    lines = [*LINES[:place], written, *LINES[place + 1 :]]
    try:
        policy = parse_policy("\n".join(lines), name="liaoning-chaoyang-2019")
    except PolicyInvalid as refused:
        assert refused.faults
        assert all(re.search("[一-鿿]", fault) and "\n" not in fault for fault in refused.faults)
    else:
        assert policy.name == load_policy("liaoning-chaoyang-2019").name
