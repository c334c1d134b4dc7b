"""Policies of the filing tests, written by hand from the notices; they need no pack but Yunnan's files and photo.

Offices with a phone are those that the notices name; those without one are made up so that a county has an office.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ocr.model import Kind
from verify.model import Level
from verify.policy import load_policy
from verify.policy_model import (
    CategoryRule,
    CleanUpRule,
    CollectionRules,
    DeadlineRule,
    ExcludedRegion,
    FilingWindow,
    OccupiedNumber,
    Office,
    Policy,
    Requirement,
    Source,
    TerritoryRule,
)

GUIDE = Source("《云南省会计人员信息采集操作说明》", "1.3")
DEHONG_NOTICE = Source("德财会〔2023〕19号", "一（三）")
DEHONG_ANSWERS = Source("德财会〔2023〕19号", "一（四）")
LIAONING_NOTICE = Source("辽财会〔2019〕116号", "二（四）")
LIAONING_TIMES = Source("辽财会〔2019〕116号", "三（一）")
LIAONING_WINDOW = Source("辽财会〔2019〕116号", "三（二）")
CHAOYANG_NOTICE = Source("朝财会〔2019〕127号", "二2")
DIRECTORY = Source("朝财会〔2019〕127号附件1")

WORKING = ("working_qualified", "working_unqualified")


def _territory(by: dict[str, str], source: Source) -> tuple[TerritoryRule, ...]:
    return tuple(TerritoryRule(category, way, source) for category, way in by.items())


def _collected(*categories: str, source: Source) -> tuple[CategoryRule, ...]:
    return tuple(CategoryRule(category, True, source) for category in categories)


# R1, R2, R8: holders of a qualification, and whoever does accounting work.
_YUNNAN_CATEGORIES = _collected(*WORKING, "not_working_qualified", "student_qualified", source=GUIDE)
# Seed 004 section 1.3.
YUNNAN = replace(
    load_policy("yunnan-2023"),
    collection=CollectionRules(
        categories=_YUNNAN_CATEGORIES,
        territory=_territory(
            dict.fromkeys(WORKING, "unit_region")
            | {"not_working_qualified": "household_or_residence", "student_qualified": "school_region"},
            GUIDE,
        ),
        occupied_number=OccupiedNumber("log_in", Source("《云南省会计人员信息采集操作说明》", "4")),
    ),
)

PREFECTURE_OFFICE = Office("533100", "德宏州财政局会计资产管理科", "0692-3990435", "", DEHONG_NOTICE)
MANGSHI_OFFICE = Office("533103", "芒市财政局", "", "", DEHONG_NOTICE)
# Seed 000, sections 1(三) and 1(四).
DEHONG = replace(
    YUNNAN,
    name="test-dehong",
    jurisdiction="5331",
    effective_from=date(2023, 7, 13),
    collection=CollectionRules(
        categories=_YUNNAN_CATEGORIES,
        territory=_territory(
            dict.fromkeys(WORKING, "unit_level")
            | {"not_working_qualified": "household_or_residence", "student_qualified": "school_region"},
            DEHONG_NOTICE,
        ),
        offices=(PREFECTURE_OFFICE, MANGSHI_OFFICE),
        deadlines=(
            DeadlineRule("started_work", 1, DEHONG_ANSWERS),
            DeadlineRule("changed", None, DEHONG_ANSWERS),
        ),
        clean_up=(CleanUpRule("clean_up", 3, (12, 31), None, DEHONG_ANSWERS),),
    ),
)

_LIAONING_WINDOW = FilingWindow(date(2019, 4, 15), date(2019, 6, 15), LIAONING_WINDOW)
# Seed 001, the province's notice.
LIAONING = replace(
    YUNNAN,
    name="test-liaoning",
    jurisdiction="21",
    effective_from=date(2019, 3, 25),
    collection=CollectionRules(
        categories=_collected(
            *WORKING, "not_working_qualified", "student_qualified", "exam_candidate", source=LIAONING_NOTICE
        ),
        territory=_territory(
            dict.fromkeys(WORKING, "unit_region")
            | {"student_qualified": "school_region", "student_unqualified": "school_region"},
            LIAONING_NOTICE,
        ),
        excluded=(ExcludedRegion("2102", "大连市财政局", Source("辽财会〔2019〕116号", "二（五）")),),
        deadlines=(DeadlineRule("started_work", 1, LIAONING_TIMES), DeadlineRule("changed", 1, LIAONING_TIMES)),
        windows=(_LIAONING_WINDOW,),
        clean_up=(CleanUpRule("delete", None, None, date(2020, 12, 31), Source("辽财会〔2019〕116号", "二（三）")),),
        occupied_number=OccupiedNumber("contact_office", LIAONING_NOTICE),
    ),
)

CITY_OFFICE = Office("211300", "市本级", "0421-3608136", "朝阳大街三段 11 号 111 室", DIRECTORY)
LINGYUAN_OFFICE = Office("211382", "凌源市财政局", "0421-7955041", "凌源市红山路西段 169 号", DIRECTORY)
CONTRADICTION = "省通知的截止日为 2019年6月15日，市通知为 2019年6月30日"
# Seed 001, the city's notice: by the unit's level, another last day, offices.
CHAOYANG = replace(
    LIAONING,
    name="test-chaoyang",
    jurisdiction="2113",
    collection=replace(
        LIAONING.collection,
        territory=_territory(
            dict.fromkeys(WORKING, "unit_level") | {"student_qualified": "school_region"}, CHAOYANG_NOTICE
        ),
        offices=(CITY_OFFICE, LINGYUAN_OFFICE),
        windows=(
            _LIAONING_WINDOW,
            FilingWindow(date(2019, 4, 15), date(2019, 6, 30), CHAOYANG_NOTICE, CONTRADICTION),
        ),
    ),
)

POLICIES = (YUNNAN, DEHONG, LIAONING, CHAOYANG)


def asking(*rows: tuple[str, tuple[Kind, ...]]) -> Policy:
    """Yunnan's policy with these requirements instead of its own: situation or category, and kinds."""
    required = tuple(Requirement(when, one_of, GUIDE, Level.BLOCK) for when, one_of in rows)
    return replace(YUNNAN, required=required)
