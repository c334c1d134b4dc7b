"""Shows policies."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from api.output import Output
from intake.report.labels import KINDS, LEVELS, field_label
from verify.policy_model import Policy

# Situations of `verify.policy.SITUATIONS`, as an operator reads them.
_SITUATIONS = {
    "always": "人人",
    "on_duty": "在岗人员",
    "off_duty": "不在岗人员",
    "per_education": "每一学历",
    "per_degree": "每一学位",
    "qualified": "有专业技术资格者",
}


def show_list(output: Output, policies: Sequence[Policy], *, as_json: bool) -> None:
    """All packs, one a line."""
    if as_json:
        for policy in policies:
            output.json_line(_head(policy))
        return
    table = Table("名称", "标题", "施行", "终止")
    for policy in policies:
        end = "" if policy.effective_to is None else policy.effective_to.isoformat()
        table.add_row(policy.name, policy.title, policy.effective_from.isoformat(), end)
    output.show(table)


def show_policy(output: Output, policy: Policy, *, as_json: bool) -> None:
    """One pack in full."""
    if as_json:
        output.json_line(_plain(policy))
        return
    output.show(Text(f"{policy.title}（{policy.name}），{policy.effective_from.isoformat()} 起施行", style="bold"))
    materials = Table("适用", "材料（任一）", "依据")
    for row in policy.required:
        kinds = "、".join(KINDS.get(kind.value, kind.value) for kind in row.one_of)
        materials.add_row(_SITUATIONS.get(row.when, row.when), kinds, row.source.cite())
    output.show(materials)
    fields = Table("适用", "必填项", "缺少时", "依据")
    for item in policy.mandatory:
        fields.add_row(
            _SITUATIONS.get(item.when, item.when),
            field_label(item.path),
            LEVELS[item.level.value],
            item.source.cite(),
        )
    output.show(fields)
    files = Table("文件", "格式", "写出上限（字节）", "接受上限（字节）", "依据")
    for label, limits in (("照片", policy.photo.limits), ("其他材料", policy.documents)):
        formats = "、".join(limits.formats)
        files.add_row(label, formats, str(limits.written_bytes), str(limits.accepted_bytes), limits.source.cite())
    output.show(files)
    output.show(Text(f"能打开的文件格式：{'、'.join(policy.opened_formats)}（不在“格式”一栏中的会转换后使用）"))


def show_checked(output: Output, name: str, reason: str | None, *, as_json: bool) -> None:
    """Whether one pack can be used."""
    if as_json:
        output.json_line({"policy": name, "usable": reason is None, "reason": reason})
    else:
        output.show(Text(f"{name}：{'可用' if reason is None else f'不可用（{reason}）'}"))


def _head(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "title": policy.title,
        "jurisdiction": policy.jurisdiction,
        "effective_from": policy.effective_from.isoformat(),
        "effective_to": None if policy.effective_to is None else policy.effective_to.isoformat(),
    }


def _plain(value: Any) -> Any:
    """Dataclasses, mappings, tuples and dates as JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
