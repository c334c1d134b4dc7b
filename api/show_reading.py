"""Shows what `intake read` found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.output import Output
from intake.case_folder import shown_name
from intake.reading import FileReading
from intake.record import reading_record
from intake.report.labels import FIELDS, KINDS, SEAL_COLOURS, SEAL_MIDDLES, SEAL_SHAPES, TICK_STATES
from intake.rules import word_defects
from ocr.model import Coverage, Field, Reading, Seal, TickBox

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text


def show_reading(output: Output, item: FileReading, *, as_json: bool) -> None:
    """One object a document, or one table a document."""
    file = shown_name(str(item.path))
    # What is wrong with the page belongs to every document on it; a refused file has no document but one line.
    for reading in item.readings or (None,):
        own = () if reading is None else tuple(d for d in reading.defects if d not in item.defects)
        findings = word_defects((*item.defects, *own))
        if as_json:
            output.json_line(reading_record(file, reading, findings))
            continue
        output.show(_heading(file, reading))
        if reading is not None and reading.fields:
            output.show(_fields_table(reading))
        if reading is not None and reading.seals:
            output.show(_seals_table(reading.seals))
        if reading is not None and reading.ticks:
            output.show(_ticks_table(reading.ticks))
        if findings:
            from api.show_findings import show_findings

            show_findings(output, findings)


def _heading(file: str, reading: Reading | None) -> Text:
    from rich.text import Text

    if reading is None:
        return Text(file, style="bold")
    kind = KINDS.get(reading.kind.value, reading.kind.value)
    return Text.assemble((file, "bold"), f"  {kind}（可信度 {reading.kind_confidence:.0%}）")


def _fields_table(reading: Reading) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("字段", "识别结果", "可信度", "备注")
    for name, field in reading.fields.items():
        table.add_row(FIELDS.get(name, name), Text(_shown_value(field)), f"{field.confidence:.0%}", _remark(field))
    return table


def _remark(field: Field) -> str:
    """What a person must know beside the value: that it was repaired, or that a part of it is hidden."""
    repaired = f"校验位修正，原识别为 {field.raw}" if field.repaired and field.raw else ""
    covered = "部分被遮挡" if field.coverage is Coverage.COVERED else ""
    return "；".join(part for part in (repaired, covered) if part)


def _seals_table(seals: tuple[Seal, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("印章", "样式", "中间文字", "编号", "直径（像素）", "压字", "可信度")
    for seal in seals:
        look = "".join((SEAL_COLOURS[seal.colour], SEAL_SHAPES[seal.shape], SEAL_MIDDLES[seal.middle]))
        over = "看不出" if seal.over_text is None else f"{seal.over_text:.0%}"
        table.add_row(
            Text(seal.text or "未读出"),
            look,
            Text(seal.centre_text),
            Text(seal.number or ""),
            f"{seal.diameter_px:.0f}",
            over,
            f"{seal.confidence:.0%}" if seal.text else "",
        )
    return table


def _ticks_table(ticks: tuple[TickBox, ...]) -> Table:
    from rich.table import Table

    table = Table("勾选项", "状态", "可信度")
    for box in ticks:
        table.add_row(box.duty, TICK_STATES[box.state.value], f"{box.confidence:.0%}")
    return table


def _shown_value(field: Field) -> str:
    if field.value is None:
        return "未读出"
    if isinstance(field.value, bool):
        return "是" if field.value else "否"
    return "、".join(field.value) if isinstance(field.value, tuple) else field.value
