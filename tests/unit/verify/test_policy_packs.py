"""What the packs of the product say: figures of domain.md 1.1-1.3 and 4.3 and of the notices, each with a source."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ocr.model import Kind
from verify.filing.circumstances import Category
from verify.identifiers.addresses import CodeStatus, division_of
from verify.model import Level
from verify.policy import available_policies, load_policy, pack_text, parse_policy
from verify.policy_model import CATEGORIES, SITUATIONS, FileLimits, Policy, Source

PACKS = available_policies()
# domain.md 4.3: every row with a figure that a pack can hold; docs/policies.md says why the other rows have none.
EXPECTED = {
    "anhui-2019",
    "chongqing-2022",
    "default-2018",
    "gansu-2019",
    "hebei-undated",
    "henan-2020",
    "hubei-2019",
    "hunan-undated",
    "jiangxi-2019",
    "liaoning-2019",
    "liaoning-chaoyang-2019",
    "national-2025",
    "qinghai-2019",
    "sichuan-2019",
    "tianjin-2025",
    "yunnan-2023",
    "yunnan-dehong-2023",
}


def every(value: Any, place: str = "") -> Iterator[tuple[str, Source]]:
    """All sources inside a value, with their places."""
    if isinstance(value, Source):
        yield place, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from every(getattr(value, field.name), f"{place}.{field.name}")
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from every(part, f"{place}[{number}]")


def test_there_is_a_pack_for_every_place_with_figures() -> None:
    assert set(PACKS) == EXPECTED


def test_the_words_of_categories_are_those_of_circumstances() -> None:
    assert set(CATEGORIES) == set(Category)
    assert set(CATEGORIES) < set(SITUATIONS)


@pytest.mark.parametrize("name", PACKS)
def test_every_value_has_a_source(name: str) -> None:
    policy = load_policy(name)
    found = list(every(policy))
    # At least the two tables of files, the work certificate's two, every material, every field, and the score.
    assert len(found) > 4 + len(policy.required) + len(policy.mandatory)
    assert [place for place, source in found if not source.title] == []
    for limits in (policy.photo.limits, policy.documents):
        assert {"formats", "written_bytes", "accepted_bytes"} <= set(dict(limits.source_of))
    assert {"standard", "background"} <= set(dict(policy.photo.limits.source_of))
    levels = {level.value for level in Level}
    assert levels | {"group_cap", "likely_pass_from"} <= set(dict(policy.score.source_of))
    assert {f"warn_points.{code}" for code in policy.score.by_warn_code} <= set(dict(policy.score.source_of))


@pytest.mark.parametrize("name", PACKS)
def test_days_of_sources_are_said_only_where_they_differ(name: str) -> None:
    policy = load_policy(name)
    own = (policy.effective_from, policy.effective_to)
    for place, source in every(policy):
        assert (source.effective_from, source.effective_to) != own, place
        assert source.effective_from is not None or source.effective_to is None, place


@pytest.mark.parametrize("name", PACKS)
def test_offices_are_places_of_today(name: str) -> None:
    for office in load_policy(name).collection.offices:
        assert division_of(office.region).status is CodeStatus.CURRENT, office


# domain.md 4.3, tag W: seen on weak web pages only.
WEAK = ("chongqing-2022", "hebei-undated", "hubei-2019", "hunan-undated", "jiangxi-2019", "national-2025")


@pytest.mark.parametrize("name", PACKS)
def test_weak_sources_are_marked(name: str) -> None:
    sources = {source for _, source in every(load_policy(name)) if source.title != "本系统默认值（通知未规定）"}
    weak = any(not source.verified for source in sources)
    # Tianjin's notice stands on the platform's pages, Liaoning's waiting time comes from a page too.
    assert weak == (name in {*WEAK, "tianjin-2025", "liaoning-2019", "liaoning-chaoyang-2019"})
    if name in WEAK:
        assert all(not source.verified for source in sources)


def limits_of(limits: FileLimits) -> tuple[tuple[str, ...], int, int]:
    return limits.formats, limits.min_accepted_bytes, limits.accepted_bytes


JPG, BOTH = ("JPEG",), ("JPEG", "PNG")


@pytest.mark.parametrize(
    ("name", "photo", "documents"),
    [
        ("yunnan-2023", (BOTH, 0, 20_480), (BOTH, 0, 204_800)),
        ("yunnan-dehong-2023", (BOTH, 0, 20_480), (BOTH, 0, 204_800)),
        # Less than 100 KB.
        ("liaoning-2019", (BOTH, 0, 102_399), (BOTH, 0, 204_800)),
        ("anhui-2019", (JPG, 0, 20_480), (JPG, 0, 204_800)),
        # More than 10 and less than 20 KB.
        ("sichuan-2019", (JPG, 10_001, 20_479), (BOTH, 0, 204_800)),
        ("hubei-2019", (JPG, 0, 20_480), (BOTH, 0, 204_800)),
        ("chongqing-2022", (BOTH, 0, 102_400), (BOTH, 0, 204_800)),
        ("hunan-undated", (BOTH, 0, 1_048_576), (BOTH, 0, 3_145_728)),
        ("hebei-undated", (BOTH, 0, 512_000), (BOTH, 0, 204_800)),
        # At least 10 KB; others more than 20 and up to 500 KB.
        ("national-2025", (JPG, 10_000, 512_000), (BOTH, 20_001, 512_000)),
        ("tianjin-2025", (JPG, 10_000, 512_000), (BOTH, 20_001, 512_000)),
    ],
)
def test_limits_of_files(name: str, photo: tuple[Any, ...], documents: tuple[Any, ...]) -> None:
    policy = load_policy(name)
    assert limits_of(policy.photo.limits) == photo
    assert limits_of(policy.documents) == documents


@pytest.mark.parametrize("name", PACKS)
def test_what_we_write_holds_in_the_strict_reading_of_kilobytes(name: str) -> None:
    """20 KB is 20 000 bytes or 20 480: what is written is right in both readings, at either end."""
    for limits in (load_policy(name).photo.limits, load_policy(name).documents):
        assert limits.written_bytes <= limits.accepted_bytes * 1000 / 1024 + 1
        assert limits.min_written_bytes * 1000 / 1024 >= limits.min_accepted_bytes - 1


def photo_of(name: str) -> tuple[Any, ...]:
    photo = load_policy(name).photo
    return photo.standard, photo.exact_px, photo.min_px, photo.accepted_backgrounds


@pytest.mark.parametrize(
    ("name", "photo"),
    [
        ("yunnan-2023", ("one-inch", None, None, ("white",))),
        ("sichuan-2019", ("one-inch", (114, 156), None, ("white",))),
        ("hubei-2019", ("one-inch", (295, 413), None, ("red", "blue", "white"))),
        ("henan-2020", ("one-inch", (295, 413), None, ("white",))),
        ("national-2025", ("one-inch", None, (295, 413), ("white",))),
        ("tianjin-2025", ("one-inch", None, (295, 413), ("white",))),
        ("hebei-undated", ("ga461", None, None, ("white",))),
    ],
)
def test_size_and_background_of_the_photo(name: str, photo: tuple[Any, ...]) -> None:
    assert photo_of(name) == photo


def collected(policy: Policy) -> dict[str, bool]:
    return {rule.category: rule.collected for rule in policy.collection.categories}


@pytest.mark.parametrize("name", [name for name in PACKS if name != "default-2018"])
def test_r01_r02_who_holds_a_qualification_or_does_accounting_work_is_collected(name: str) -> None:
    answers = collected(load_policy(name))
    for category in ("working_qualified", "working_unqualified", "not_working_qualified", "student_qualified"):
        assert answers[category] is True, category
    assert answers["other"] is False


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("liaoning-2019", True),
        ("liaoning-chaoyang-2019", True),
        ("qinghai-2019", True),
        ("tianjin-2025", True),
        ("yunnan-2023", False),
        ("yunnan-dehong-2023", False),
        ("anhui-2019", None),
    ],
)
def test_r03_the_third_class_is_collected_only_where_the_notice_names_it(name: str, answer: bool | None) -> None:
    assert collected(load_policy(name)).get("exam_candidate") is answer


def test_r08_yunnan_collects_students_only_when_qualified() -> None:
    answers = collected(load_policy("yunnan-2023"))
    assert (answers["student_qualified"], answers["student_unqualified"]) == (True, False)


@pytest.mark.parametrize(
    ("name", "working"),
    [
        ("yunnan-2023", "unit_region"),
        ("yunnan-dehong-2023", "unit_level"),
        ("liaoning-2019", "unit_region"),
        ("liaoning-chaoyang-2019", "unit_level"),
        ("gansu-2019", "unit_level"),
        ("anhui-2019", "unit_region"),
    ],
)
def test_r06_r08_r09_which_place_decides(name: str, working: str) -> None:
    by = {rule.category: rule.by for rule in load_policy(name).collection.territory}
    assert (by["working_qualified"], by["working_unqualified"]) == (working, working)
    assert by["student_qualified"] == "school_region"
    assert by["not_working_qualified"] == "household_or_residence"


@pytest.mark.parametrize("name", ["liaoning-2019", "liaoning-chaoyang-2019"])
def test_r10_dalian_follows_its_own_office(name: str) -> None:
    assert [(row.prefix, row.office) for row in load_policy(name).collection.excluded] == [("2102", "大连市财政局")]


@pytest.mark.parametrize(
    ("name", "then"), [("yunnan-2023", "log_in"), ("yunnan-dehong-2023", "log_in"), ("liaoning-2019", "contact_office")]
)
def test_r17_what_an_occupied_number_means(name: str, then: str) -> None:
    rule = load_policy(name).collection.occupied_number
    assert rule is not None
    assert rule.then == then


@pytest.mark.parametrize(
    ("name", "months"),
    [
        ("yunnan-2023", {}),
        # 及时: no number.
        ("yunnan-dehong-2023", {"started_work": 1, "changed": None}),
        ("liaoning-2019", {"started_work": 1, "changed": 1}),
        ("liaoning-chaoyang-2019", {"started_work": 1, "changed": 1}),
        ("sichuan-2019", {"started_work": 1, "changed": 1}),
        ("hubei-2019", {}),
    ],
)
def test_r31_r32_deadlines(name: str, months: dict[str, int | None]) -> None:
    assert {rule.event: rule.months for rule in load_policy(name).collection.deadlines} == months


def test_r33_dehong_cleans_up_every_year_after_three_years() -> None:
    (rule,) = load_policy("yunnan-dehong-2023").collection.clean_up
    assert (rule.action, rule.years_without_update, rule.month_day, rule.not_confirmed_by) == (
        "clean_up",
        3,
        (12, 31),
        None,
    )


def test_r34_liaoning_deletes_who_did_not_confirm() -> None:
    (rule,) = load_policy("liaoning-2019").collection.clean_up
    assert (rule.action, rule.years_without_update, rule.month_day, rule.not_confirmed_by) == (
        "delete",
        None,
        None,
        date(2020, 12, 31),
    )


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("liaoning-2019", date(2019, 4, 15), date(2019, 6, 15)),
        ("liaoning-chaoyang-2019", date(2019, 4, 15), date(2019, 6, 30)),
        ("sichuan-2019", date(2019, 5, 13), date(2019, 6, 25)),
        ("qinghai-2019", date(2019, 4, 15), date(2019, 6, 15)),
        ("gansu-2019", date(2019, 4, 15), date(2019, 9, 30)),
    ],
)
def test_r35_windows(name: str, first: date, last: date) -> None:
    assert [(window.first, window.last) for window in load_policy(name).collection.windows] == [(first, last)]


def test_r35_the_city_says_that_its_window_contradicts_the_province() -> None:
    (window,) = load_policy("liaoning-chaoyang-2019").collection.windows
    assert "矛盾" in window.note
    assert "2019-06-15" in window.note


# Annex 1 of 朝财会〔2019〕127号, as printed.
ANNEX = """
市本级	0421-3608136	朝阳大街三段 11 号 111 室
凌源市财政局	0421-7955041	凌源市红山路西段 169 号
北票市财政局	0421-5086528	北票市南山街 3 段 2 号
朝阳县财政局	0421-8996561	朝阳县新县城柳城街道燕京街 12 号
建平县财政局	0421-7814337	建平县万寿街道环城路 11 号
喀左县财政局	0421-4838595	喀左县利州街道湖南路 190 号
双塔区财政局	0421-2855527	朝阳文化路二段三号
龙城区财政局	0421-2611447	朝阳友谊大街三段 14-1 号
"""


def test_r45_chaoyang_lists_the_eight_offices_of_its_annex() -> None:
    offices = load_policy("liaoning-chaoyang-2019").collection.offices
    assert [f"{one.name}\t{one.phone}\t{one.address}" for one in offices] == ANNEX.strip().splitlines()
    # The county's name in the division table begins as the office's, whatever short form it is published in.
    for one in offices[1:]:
        assert division_of(one.region).name[0] == one.name[0]
    assert offices[0].region == "211300"


def test_r45_dehong_publishes_one_office_and_names_nobody() -> None:
    (office,) = load_policy("yunnan-dehong-2023").collection.offices
    assert (office.region, office.phone) == ("533100", "0692-3990435")
    assert "@" not in (pack_text("yunnan-dehong-2023") or "")


def required(name: str) -> set[tuple[str, tuple[Kind, ...], Level]]:
    return {(row.when, row.one_of, row.level) for row in load_policy(name).required}


def test_liaoning_asks_for_the_signed_form_and_the_units_certificate() -> None:
    """S1 省二(二), domain.md 1.2: form, unit certificate, diplomas, qualification; no ID card, no work certificate."""
    assert required("liaoning-2019") == {
        ("always", (Kind.INFORMATION_FORM,), Level.BLOCK),
        ("on_duty", (Kind.UNIT_CERTIFICATE,), Level.BLOCK),
        ("per_education", (Kind.DIPLOMA,), Level.BLOCK),
        ("qualified", (Kind.QUALIFICATION_CERTIFICATE,), Level.BLOCK),
        ("always", (Kind.PHOTO,), Level.WARN),
    }


def test_dehong_asks_for_what_the_province_asks_for() -> None:
    assert required("yunnan-dehong-2023") == required("yunnan-2023")


@pytest.mark.parametrize("name", PACKS)
def test_only_a_source_that_asks_for_it_makes_a_missing_material_block(name: str) -> None:
    """What no notice asks for is only a hint; without photo and card there is nothing to verify at all."""
    for row in load_policy(name).required:
        if row.level is Level.BLOCK and row.source.title.startswith("本系统默认值"):
            assert row.one_of[0] in (Kind.PHOTO, Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK)


@pytest.mark.parametrize("name", PACKS)
def test_a_comment_says_what_is_not_known(name: str) -> None:
    assert re.match(r"# 采集规则：", pack_text(name) or "")


def test_the_example_of_the_handbook_is_a_usable_pack() -> None:
    page = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    policy = parse_policy(example[1], name="mangshi-2024")
    assert policy.extends == ("yunnan-dehong-2023", "yunnan-2023")
    assert [office.region for office in policy.collection.offices] == ["533100", "533103"]
    assert policy.photo.limits.source.cite() == "《芒市财政局关于会计人员信息采集的通知》第二项"
    assert policy.documents.source.effective_from == date(2023, 7, 13)


def test_the_handbook_names_every_pack() -> None:
    page = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
    assert [name for name in PACKS if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", ["liaoning-2019", "liaoning-chaoyang-2019", "tianjin-2025", "qinghai-2019"])
def test_r03_a_student_who_means_to_sit_the_exam_is_not_told_to_stay_away(name: str) -> None:
    """The notices know no class of students: who is enrolled, unqualified and sits the exam is of the third class."""
    assert collected(load_policy(name))["student_unqualified"] is True
