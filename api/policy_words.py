"""Chinese words for what stands in a policy, and the small phrases that a notice is made of.

Stored words never change; these may.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ocr.model import Kind
from verify.filing.circumstances import Category
from verify.filing.sentences import category_name
from verify.identifiers.addresses import division_of
from verify.policy_model import CATEGORIES, Source
from verify.wording import field_name, kind_name, sentence_of

# Situations of `verify.policy_model.SITUATIONS` that are none of a person's category.
_SITUATIONS = {
    "always": "人人",
    "on_duty": "在岗人员",
    "off_duty": "不在岗人员",
    "per_education": "每一学历",
    "per_degree": "每一学位",
    "qualified": "有专业技术资格者",
}
# `verify.policy_model.TERRITORY_BY`.
TERRITORY = {
    "unit_level": "按单位级次：州（市）级单位在州（市）本级，县（市、区）单位在所在县（市、区），"
    "其他单位在单位所在地的行政区划",
    "unit_region": "在工作单位所在地",
    "household_or_residence": "在户籍所在地或居住地，由本人选择",
    "school_region": "在学校所在地（学籍所在地）",
}
# `verify.policy_model.EVENTS`.
EVENTS = {"started_work": "开始从事会计工作", "changed": "学历、专业技术资格、工作单位、岗位等信息发生变动"}
# `verify.policy_model.OCCUPIED_THEN`.
OCCUPIED = {"log_in": "请直接登录，不要重复注册", "contact_office": "请联系当地会计管理部门核实处理"}
# `verify.policy_model.BACKGROUNDS`.
BACKGROUNDS = {"white": "白色", "blue": "蓝色", "red": "红色", "any": "不限"}
# `imaging.photo.standards.STANDARDS`.
STANDARDS = {"one-inch": "1寸证件照", "ga461": "居民身份证照片（GA 461-2004）"}
# `imaging.scanned.READABLE_FORMATS`, as file names end.
_FORMATS = {"JPEG": "jpg（jpeg）", "PNG": "png", "WEBP": "webp", "HEIC": "heic"}
# What stands for the places of a short text when it is about no finding in particular.
_PLACES = {"{material}": "材料", "{field}": "该项", "{value}": "该项", "{entered}": "填报内容", "{read}": "识别内容"}
# How lengths in bytes are given besides in bytes; kilobytes as the platforms count them.
_KB = 1024


def situation(when: str) -> str:
    """A situation of a requirement or a mandatory field."""
    return category_name(Category(when)) if when in CATEGORIES else _SITUATIONS[when]


def cited(source: Source) -> str:
    """A source as a notice prints it; its days where they differ from the pack's own."""
    if source.effective_from is None:
        return source.cite()
    return f"{source.cite()}（{span(source.effective_from, source.effective_to)}）"


def line(text: str, source: Source) -> str:
    """A sentence of the notice with its source behind it."""
    return f"{text.rstrip('。')}。依据：{cited(source)}。"


def span(first: date, last: date | None) -> str:
    """Days in force."""
    return f"{first.isoformat()} 起施行" if last is None else f"{first.isoformat()} 至 {last.isoformat()}"


def formats(names: Iterable[str]) -> str:
    """File formats as people name them."""
    return "、".join(_FORMATS[name] for name in names)


def bytes_of(count: int) -> str:
    """A length in bytes, and in KB beside it."""
    kilobytes = f"{count / _KB:.1f}".removesuffix(".0")
    return f"{count:,} 字节（{kilobytes} KB）"


def place(prefix: str) -> str:
    """The region that a code prefix stands for, with the prefix; 全国 for none."""
    if not prefix:
        return "全国"
    known = division_of(prefix.ljust(6, "0"))
    name = known.name if len(prefix) > 2 and known.name else known.province
    return f"{name}（{prefix}）" if name else prefix


def materials(kinds: Iterable[Kind]) -> str:
    """Materials of which one serves."""
    return "或".join(kind_name(kind) for kind in kinds)


def field(path: str, when: str) -> str:
    """A field of the form; for one of every education `path` is below it."""
    return field_name(f"education.{path}" if when == "per_education" else path)


def short_of(code: str) -> str:
    """What a finding's code is about, in a few words."""
    text = sentence_of(code).short or sentence_of(code).what
    for opened, word in _PLACES.items():
        text = text.replace(opened, word)
    return text
