"""A policy as the notice that an office would publish: nine parts in Chinese, every figure with its source.

Plain values: `api.show_policy` prints them, and what people read can be tested without a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from api import policy_words as words
from api.policy_words import cited, line
from intake.report.labels import BANDS, LEVELS
from intake.rules import photo_standard
from ocr.model import Kind
from verify.filing.circumstances import Category
from verify.filing.sentences import category_name, day_name
from verify.model import Level
from verify.policy_model import (
    FULL_SCORE,
    CleanUpRule,
    DeadlineRule,
    FileLimits,
    FilingWindow,
    Policy,
    Source,
    TerritoryRule,
    WorkCertificateRules,
)

# How a period in months is counted, which the notices do not say (domain.md 1.6, 7).
_COUNTED = (
    "按月计算的期间，开始的当日不计入，到期月的对应日为最后一日，没有对应日的为月末日；"
    "最后一日是法定休假日的，以休假日结束的次日为最后一日。依据：《中华人民共和国民法典》第二百零一条至第二百零三条。"
)
# Said where a pack holds nothing of a part.
_SILENT = "通知没有规定。"
# What every notice owes its readers beside the clean-up rules (R36: 长期; domain.md 1.6, 8).
_ON_RECORD = "已记入会计人员诚信档案的记录不随清理、删除而消除；系统只作提示，由财政部门决定。"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its heads, and rows of as many cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the notice: its heading, a table where it has one, and whole sentences under it."""

    heading: str
    lines: tuple[str, ...]
    grid: Grid | None = None


def notice_head(policy: Policy) -> tuple[str, ...]:
    """Title, days in force, place, and what the rest comes from."""
    behind = (f"没有另行规定的，沿用：{'、'.join(policy.extends)}",) if policy.extends else ()
    days = words.span(policy.effective_from, policy.effective_to)
    return (f"{policy.title}（{policy.name}）", f"{days}；适用地区：{words.place(policy.jurisdiction)}", *behind)


def notice_sections(policy: Policy) -> tuple[Section, ...]:
    """All parts in the order of a notice."""
    return (
        _collected(policy),
        _materials(policy),
        _files(policy),
        _fields(policy),
        _territory(policy),
        _deadlines(policy),
        _clean_up(policy),
        _contact(policy),
        _score(policy),
        *_wording(policy),
    )


def _notes(policy: Policy, section: str) -> tuple[str, ...]:
    return tuple(line(note.text, note.source) for note in policy.notes if note.section == section)


def _or_silent(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(lines) or (_SILENT,)


def _collected(policy: Policy) -> Section:
    answers = {True: "应采集", False: "不采集"}
    rows = tuple(
        (answers[rule.collected], category_name(Category(rule.category)), cited(rule.source))
        for rule in policy.collection.categories
    )
    notes = _notes(policy, "collected")
    if not rows:
        return Section("一、采集范围", (_SILENT, *notes))
    return Section("一、采集范围", notes, Grid(("采集", "人员", "依据"), rows))


def _materials(policy: Policy) -> Section:
    rows = tuple(
        (words.situation(row.when), words.materials(row.one_of), LEVELS[row.level.value], cited(row.source))
        for row in policy.required
    )
    grid = Grid(("适用", "材料（写“或”的任交一种）", "缺少时", "依据"), rows)
    asked = any(Kind.WORK_CERTIFICATE in row.one_of for row in policy.required)
    lines = _work_certificate(policy.work_certificate) if asked else ()
    return Section("二、需提交的材料", (*lines, *_notes(policy, "materials")), grid)


def _work_certificate(work: WorkCertificateRules) -> Iterator[str]:
    yield line("工作证明应加盖单位公章", work.source)
    if work.refused_seal_words:
        yield line(
            f"不能代替单位公章的印章：{'、'.join(work.refused_seal_words)}", work.source_for("refused_seal_words")
        )
    if work.allowed_seal_words:
        yield line(f"印章文字中可以有：{'、'.join(work.allowed_seal_words)}", work.source_for("allowed_seal_words"))
    yield line(f"工作证明开具超过 {work.max_age_days} 天的，请人工核对", work.max_age_source)


def _files(policy: Policy) -> Section:
    rows = (*_photo_rows(policy), *(("其他材料", *row) for row in _limit_rows(policy.documents)))
    opened = words.formats(policy.opened_formats)
    lines = (
        f"能打开的文件格式：{opened}；不是上面所列格式的，转换后使用。依据：本系统设置。",
        *_notes(policy, "files"),
    )
    return Section("三、照片和文件要求", lines, Grid(("文件", "项目", "要求", "依据"), rows))


def _photo_rows(policy: Policy) -> Iterator[tuple[str, ...]]:
    photo = policy.photo
    standard = photo_standard(policy)
    # A notice that says 1寸 and no pixels: they follow from the standard's millimetres.
    pixels = cited(photo.limits.source_for("exact_px")) if photo.exact_px else f"按规格，每英寸 {standard.dpi} 点换算"
    yield "照片", "规格", words.STANDARDS[photo.standard], cited(photo.limits.source_for("standard"))
    yield "照片", "像素", f"宽 {standard.width_px}、高 {standard.height_px}", pixels
    if photo.min_px is not None:
        least = f"宽不小于 {photo.min_px[0]}、高不小于 {photo.min_px[1]}"
        yield "照片", "最小像素", least, cited(photo.limits.source_for("min_px"))
    colours = "、".join(words.BACKGROUNDS[colour] for colour in photo.backgrounds or (photo.background,))
    key = "backgrounds" if photo.backgrounds else "background"
    yield "照片", "底色", colours + ("均可" if len(photo.backgrounds) > 1 else ""), cited(photo.limits.source_for(key))
    for row in _limit_rows(photo.limits):
        yield "照片", *row


def _limit_rows(limits: FileLimits) -> Iterator[tuple[str, str, str]]:
    yield "格式", words.formats(limits.formats), cited(limits.source_for("formats"))
    yield "大小上限", words.bytes_of(limits.accepted_bytes), cited(limits.source_for("accepted_bytes"))
    yield "本系统写出上限", words.bytes_of(limits.written_bytes), cited(limits.source_for("written_bytes"))
    if limits.min_accepted_bytes:
        yield "大小下限", words.bytes_of(limits.min_accepted_bytes), cited(limits.source_for("min_accepted_bytes"))
    if limits.min_written_bytes:
        least = words.bytes_of(limits.min_written_bytes)
        yield "本系统写出下限", least, cited(limits.source_for("min_written_bytes"))


def _fields(policy: Policy) -> Section:
    rows = tuple(
        (words.situation(row.when), words.field(row.path, row.when), LEVELS[row.level.value], cited(row.source))
        for row in policy.mandatory
    )
    return Section("四、必填项", _notes(policy, "fields"), Grid(("适用", "必填项", "缺少时", "依据"), rows))


def _territory(policy: Policy) -> Section:
    rules = policy.collection
    lines = [
        *_places(rules.territory),
        *(
            line(f"{words.place(row.prefix)}不适用本规则，按{row.office}的要求办理", row.source)
            for row in rules.excluded
        ),
        *_notes(policy, "territory"),
    ]
    return Section("五、属地", _or_silent(lines))


def _places(rows: Iterable[TerritoryRule]) -> Iterator[str]:
    """Categories that the same clause sends to the same place stand in one sentence."""
    for (by, source), alike in groupby(rows, key=lambda row: (row.by, row.source)):
        persons = "；".join(category_name(Category(row.category)) for row in alike)
        yield line(f"{persons}：{words.TERRITORY[by]}", source)


def _deadlines(policy: Policy) -> Section:
    rules = policy.collection
    lines = [
        *(_deadline(row) for row in rules.deadlines),
        *(_window(row) for row in rules.windows),
        *_notes(policy, "deadlines"),
    ]
    counted = (_COUNTED,) if any(row.months is not None for row in rules.deadlines) else ()
    return Section("六、时限", (*_or_silent(lines), *counted))


def _deadline(row: DeadlineRule) -> str:
    limit = "应及时办理，没有规定天数" if row.months is None else f"应在 {row.months} 个月内办理"
    return line(f"{words.EVENTS[row.event]}的，{limit}", row.source)


def _window(row: FilingWindow) -> str:
    note = f"（{row.note.rstrip('。')}）" if row.note else ""
    return line(f"集中采集时间：{day_name(row.first)}至{day_name(row.last)}{note}", row.source)


def _clean_up(policy: Policy) -> Section:
    rules = policy.collection
    lines = [*(_cleaned(row) for row in rules.clean_up), *_notes(policy, "clean_up")]
    kept = (_ON_RECORD,) if rules.clean_up else ()
    return Section("七、清理和注销", (*_or_silent(lines), *kept))


def _cleaned(row: CleanUpRule) -> str:
    act = {"clean_up": "进行清理", "delete": "视为不再从事会计工作，删除系统内信息"}[row.action]
    if row.not_confirmed_by is not None:
        who = f"原有会计人员在{day_name(row.not_confirmed_by)}前没有更新和确认信息的"
        return line(f"{who}，{act}", row.source)
    month, day = row.month_day or (12, 31)
    who = f"连续 {row.years_without_update} 年没有更新个人信息（含继续教育）的"
    return line(f"每年{month}月{day}日，对{who}，{act}", row.source)


def _contact(policy: Policy) -> Section:
    rules = policy.collection
    occupied = rules.occupied_number
    said = () if occupied is None else (line(f"提示证件号被占用的，{words.OCCUPIED[occupied.then]}", occupied.source),)
    lines = (*said, *_notes(policy, "contact"))
    if not rules.offices:
        return Section("八、联系方式", ("没有公布会计管理部门的联系方式。", *lines))
    rows = tuple((row.name, row.region, row.phone, row.address, cited(row.source)) for row in rules.offices)
    heads = ("会计管理部门", "行政区划", "联系电话", "办公地址", "依据")
    return Section("八、联系方式", lines, Grid(heads, rows))


def _score(policy: Policy) -> Section:
    score = policy.score
    sources = dict(score.source_of)

    def row(item: str, points: str, key: str) -> tuple[str, str, str]:
        return item, points, cited(sources.get(key, Source("")))

    rows = [
        row(f"一项“{LEVELS[level.value]}”", f"扣 {points} 分", level.value) for level, points in _worst_first(policy)
    ]
    rows.append(row("明显不同但把握不足的“请核对”", f"扣 {score.different_warn} 分", "different_warn"))
    rows += [
        row(f"请核对：{words.short_of(code)}", f"扣 {points} 分", f"warn_points.{code}")
        for code, points in score.by_warn_code.items()
    ]
    rows += [
        row("同一原因合计", f"至多扣 {score.group_cap} 分", "group_cap"),
        row("同一原因只有“请核对”", f"至多扣 {score.warn_group_cap} 分", "warn_group_cap"),
        row(BANDS["likely_pass"], f"{score.likely_pass_from} 分以上", "likely_pass_from"),
        row(BANDS["likely_return"], f"不满 {score.likely_return_below} 分", "likely_return_below"),
        row(BANDS["needs_review"], "其余", "likely_pass_from"),
    ]
    said = (f"满分 {FULL_SCORE} 分，分数越高问题越少；评分只供审核人员参考，不作退回依据。",)
    return Section("九、评分", said, Grid(("项目", "分值", "依据"), tuple(rows)))


def _worst_first(policy: Policy) -> Iterator[tuple[Level, int]]:
    for level in (Level.BLOCK, Level.MISMATCH, Level.WARN, Level.INFO):
        yield level, policy.score.by_level[level]


def _wording(policy: Policy) -> Iterator[Section]:
    if policy.wording:
        rows = tuple((words.short_of(code), text) for code, text in policy.wording.items())
        yield Section("附：本规则的提示语", (), Grid(("结论", "提示语"), rows))
