"""`extends`: what a pack takes from its parents, and whose source each value keeps."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.model import Kind
from verify.errors import PolicyInvalid
from verify.policy import load_policy, pack_text, parse_policy
from verify.policy_model import Policy, Source

GUIDE = "《云南省会计人员信息采集操作说明》"
HEAD = """
extends = "{parent}"
name = "{name}"
title = "某地会计人员信息采集"
jurisdiction = "{jurisdiction}"
effective_from = {day}
[sources]
own = "《某地通知》"
"""


def head(*, parent: str = "yunnan-2023", name: str = "mine", jurisdiction: str = "53", day: str = "2024-01-01") -> str:
    return HEAD.format(parent=parent, name=name, jurisdiction=jurisdiction, day=day)


def child(body: str = "", **more: str) -> Policy:
    return parse_policy(head(**more) + body, name="mine")


def test_a_pack_that_says_nothing_has_its_parents_rules_and_its_own_head() -> None:
    mine, parent = child(), load_policy("yunnan-2023")
    assert (mine.name, mine.title, mine.effective_from, mine.effective_to) == (
        "mine",
        "某地会计人员信息采集",
        date(2024, 1, 1),
        None,
    )
    assert mine.extends == ("yunnan-2023",)
    assert mine.score.by_level == parent.score.by_level
    assert mine.photo.limits.accepted_bytes == parent.photo.limits.accepted_bytes == 20_480
    assert [(row.when, row.one_of) for row in mine.required] == [(row.when, row.one_of) for row in parent.required]
    assert mine.collection.occupied_number is not None
    assert mine.collection.occupied_number.then == "log_in"


def test_the_end_of_a_parent_is_not_inherited() -> None:
    assert load_policy("default-2018").effective_to == date(2024, 12, 31)
    assert load_policy("national-2025").effective_to is None


KEYS = {"written_bytes": 100_000, "accepted_bytes": 300_000, "min_accepted_bytes": 5, "min_written_bytes": 6}


@given(st.sets(st.sampled_from(sorted(KEYS)), min_size=1))
def test_each_value_keeps_the_source_of_the_pack_that_wrote_it(keys: set[str]) -> None:
    if "min_accepted_bytes" in keys:
        keys = keys | {"min_written_bytes"}
    body = (
        "[documents]\n" + "".join(f"{key} = {KEYS[key]}\n" for key in sorted(keys)) + 'source = "own"\nclause = "二"\n'
    )
    mine, parent = child(body).documents, load_policy("yunnan-2023").documents
    for key in KEYS:
        assert getattr(mine, key) == (KEYS[key] if key in keys else getattr(parent, key))
    for key in ("formats", "written_bytes", "accepted_bytes"):
        source = mine.source_for(key)
        expected = ("《某地通知》", "二") if key in keys else (GUIDE, "1.5")
        assert (source.title, source.clause) == expected
    assert mine.source == mine.source_for("accepted_bytes")


def test_a_source_of_a_parent_with_other_days_says_them() -> None:
    inherited = child().documents.source
    assert inherited == Source(GUIDE, "1.5", date(2023, 7, 13), None)
    # With the parent's own days nothing needs to be said, and of its own sources a pack never says it.
    assert child(day="2023-07-13").documents.source == Source(GUIDE, "1.5")
    own = child('[documents]\naccepted_bytes = 300_000\nsource = "own"\n').documents.source
    assert own == Source("《某地通知》")


def test_what_the_system_assumes_has_no_days() -> None:
    assert child().work_certificate.max_age_source == Source("本系统默认值（通知未规定）")


def test_a_source_may_have_days_of_its_own() -> None:
    body = """
late = { title = "《补充通知》", effective_from = 2025-02-01, effective_to = 2025-12-31 }
[documents]
accepted_bytes = 300_000
source = "late"
"""
    assert child(body).documents.source == Source("《补充通知》", "", date(2025, 2, 1), date(2025, 12, 31))


def test_single_values_of_a_table_may_have_another_source() -> None:
    body = """
[documents]
formats = ["JPEG"]
accepted_bytes = 300_000
source = "own"
source_of = { formats = { source = "guide", clause = "9" } }
"""
    limits = child(body).documents
    assert (limits.source_for("formats").title, limits.source_for("formats").clause) == (GUIDE, "9")
    assert limits.source_for("accepted_bytes").title == "《某地通知》"


REQUIRED = """
[[required{added}]]
when = "exam_candidate"
one_of = ["photo"]
source = "own"
"""


def test_a_list_replaces_the_parents_list() -> None:
    rows = child(REQUIRED.format(added="")).required
    assert [(row.when, row.one_of) for row in rows] == [("exam_candidate", (Kind.PHOTO,))]


def test_an_added_list_comes_behind_the_parents() -> None:
    rows, parent = child(REQUIRED.format(added="_added")).required, load_policy("yunnan-2023").required
    assert len(rows) == len(parent) + 1
    assert (rows[0].when, rows[-1].when) == (parent[0].when, "exam_candidate")
    assert rows[-1].source.title == "《某地通知》"
    assert rows[0].source.title == parent[0].source.title


def test_an_empty_list_takes_the_parents_away() -> None:
    assert load_policy("yunnan-2023").notes
    text = head().replace("[sources]", "notes = []\n[sources]")
    assert parse_policy(text, name="mine").notes == ()


def test_fields_of_one_situation_are_replaced_alone() -> None:
    mine = child('[mandatory.warn]\non_duty = ["work.employer"]\n[mandatory]\nsource = "own"\n')
    paths = {(row.when, row.path): row.source.title for row in mine.mandatory}
    assert paths[("on_duty", "work.employer")] == "《某地通知》"
    assert ("on_duty", "work.uscc") not in paths
    assert paths[("always", "person.gender")] == GUIDE


def test_a_chain_is_followed_to_its_end() -> None:
    chaoyang = load_policy("liaoning-chaoyang-2019")
    assert chaoyang.extends == ("liaoning-2019", "default-2018")
    # From the city, the province and the default pack in turn.
    assert chaoyang.collection.windows[0].last == date(2019, 6, 30)
    assert [rule.months for rule in chaoyang.collection.deadlines] == [1, 1]
    assert chaoyang.work_certificate.max_age_days == 365


def test_wording_merges() -> None:
    mine = child('[wording]\n"name-differs" = "请核对姓名。"\n')
    assert mine.wording == {"name-differs": "请核对姓名。"}


@pytest.mark.parametrize(
    ("packs", "told"),
    [
        ({"mine": head(parent="mine")}, "mine → mine"),
        ({"mine": head(parent="b"), "b": head(parent="mine", name="b")}, "mine → b → mine"),
        (
            {"mine": head(parent="b"), "b": head(parent="c", name="b"), "c": head(parent="b", name="c")},
            "mine → b → c → b",
        ),
    ],
)
def test_a_circle_is_refused(packs: dict[str, str], told: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(packs["mine"], name="mine", read_pack=packs.get)
    assert refused.value.faults == (f"顶层 extends：循环继承 {told}",)


@pytest.mark.parametrize("parent", ["atlantis-2023", "../policy", "yunnan-2023.toml", ""])
def test_an_unknown_parent_is_refused(parent: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        child(parent=parent)
    assert refused.value.faults == (f"顶层 extends：没有名为 “{parent}” 的采集规则，应为随产品提供的一套规则的名称",)


def test_a_parent_must_be_one_name() -> None:
    with pytest.raises(PolicyInvalid, match="应为一套采集规则的名称"):
        parse_policy('extends = ["yunnan-2023"]\n', name="mine")


def test_a_broken_parent_is_named() -> None:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(head(parent="b"), name="mine", read_pack={"b": "x = \n"}.get)
    assert refused.value.name == "mine"
    assert refused.value.faults[0].startswith("上级规则 b 第 1 行第 ")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("[documents]\naccepted_bytes = 300_000\n", "[documents]：缺少 source"),
        ('[documents]\naccepted_bytes = 300_000\nsource = "x"\n', "[documents] source：写的是 “x”"),
        ('[documents]\naccepted_bytes = 300_000\nsource = "own"\nclause = 5\n', "[documents] clause：写的是 5"),
        (
            '[documents]\naccepted_bytes = 300_000\nsource = "own"\nsource_of = { formats = "own" }\n',
            "[documents] source_of",
        ),
        (
            '[documents]\naccepted_bytes = 300_000\nsource_of = { accepted_bytes = "x" }\n',
            "[documents] accepted_bytes source：写的是 “x”",
        ),
        ('[[required_added]]\nwhen = "always"\none_of = ["photo"]\n', "[[required_added]] 第 1 条：缺少 source"),
        ('[[photo_added]]\nsource = "own"\n', "[[photo_added]]：photo 不是若干条"),
        ("bad = 5\n", "[sources] bad：写的是 5"),
        ('bad = { title = "" }\n', "[sources] bad"),
        ('bad = { title = "x", since = 2019-01-01 }\n', "[sources] bad"),
        ('bad = { title = "x", effective_from = "2019" }\n', "[sources] bad"),
    ],
)
def test_faults_of_sources_and_lists_name_their_place(body: str, place: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        child(body)
    assert any(fault.startswith(place) for fault in refused.value.faults), refused.value.faults


def test_one_fault_of_a_parent_is_told_once() -> None:
    broken = head(name="b") + "[documents]\naccepted_bytes = 300_000\n"
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(head(parent="b"), name="mine", read_pack=lambda name: broken if name == "b" else pack_text(name))
    assert len(refused.value.faults) == len(set(refused.value.faults)) == 1
