"""Six-digit division codes: known today, known once, or unknown.

The data is python-stdnum's `cn/loc.dat` (LGPL-2.1+, 6,885 counties with years, from the tables of Chinese Wikipedia).
Its library's verdict is not used: it refuses everyone whose county was renamed after their birth (domain.md 2.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

# `[1983-1994]东矿区`, `[-2010]崇文区`, `[1997-]通州区`, `东城区`: several in one row when the code was given anew.
_NAMED_SPAN = re.compile(r"(?:\[(\d{4})?-(\d{4})?\])?([^\[\],\"]+)")
_ROW = re.compile(r'^(\s*)(\d+) (?:province|county)="([^"]*)"')


class CodeStatus(StrEnum):
    CURRENT = "current"
    ABOLISHED = "abolished"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Division:
    """What is known about a code.

    Attributes:
        status: Current, abolished or unknown. None of the three is a reason to refuse a number.
        province: Name of the province; empty when unknown.
        name: Last known name of the county; empty when unknown.
        until_year: Year in which an abolished code ended; None for others.
    """

    status: CodeStatus
    province: str = ""
    name: str = ""
    until_year: int | None = None


# 港澳台居民居住证 use these instead of a county (国办发〔2018〕81号 art. 3); loc.dat holds them only in part.
_SPECIAL = {"810000": "香港特别行政区", "820000": "澳门特别行政区", "830000": "台湾省"}


def division_of(code: str) -> Division:
    """Looks a six-digit code up."""
    if code in _SPECIAL:
        return Division(CodeStatus.CURRENT, _SPECIAL[code], _SPECIAL[code])
    provinces, counties = _table()
    province = provinces.get(code[:2], "")
    spans = counties.get(code)
    if not spans:
        return Division(CodeStatus.UNKNOWN, province)
    name, until = spans[-1]
    if until is None:
        return Division(CodeStatus.CURRENT, province, name)
    return Division(CodeStatus.ABOLISHED, province, name, until)


def is_known_province(code: str) -> bool:
    """True when the first two digits name a province."""
    return code[:2] in _table()[0] or code in _SPECIAL


@cache
def place_names() -> tuple[str, ...]:
    """Names of provinces and prefectures without their level word, longest first."""
    provinces, counties = _table()
    names = {_bare(name) for name in provinces.values()}
    names |= {_bare(spans[-1][0]) for code, spans in counties.items() if code.endswith("00")}
    return tuple(
        sorted((name for name in names if len(name) >= 2 and "辖" not in name), key=lambda name: (-len(name), name))
    )


def _bare(name: str) -> str:
    return re.sub(r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市|地区|盟)$", "", name)


@cache
def _table() -> tuple[dict[str, str], dict[str, tuple[tuple[str, int | None], ...]]]:
    """The two levels of loc.dat, loaded once: province by two digits, named spans by six digits."""
    text = files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8")
    provinces: dict[str, str] = {}
    counties: dict[str, tuple[tuple[str, int | None], ...]] = {}
    above = ""
    for line in text.splitlines():
        match = _ROW.match(line)
        if match is None:
            continue
        indent, digits, value = match.groups()
        if not indent:
            above = digits
            provinces[digits] = value
        else:
            counties[above + digits] = _spans(value)
    return provinces, counties


def _spans(value: str) -> tuple[tuple[str, int | None], ...]:
    found = ((name, int(end) if end else None) for _start, end, name in _NAMED_SPAN.findall(value))
    return tuple(sorted(found, key=lambda span: span[1] if span[1] is not None else 9999))


# Level words of counties, longest first: 潞西县 and 潞西市 are one place, and 北票县 went on as 北票市.
_LEVEL_WORD = re.compile(r"(?:自治县|自治旗|自治州|地区|特区|林区|县|市|区|旗|盟|镇)$")


def current_code_of(code: str) -> str | None:
    """The code under which a place is listed today.

    A county that became a city or went to another prefecture got a new code and kept its name without the level word.
    The only place of that name in the same prefecture, or else in the province, is taken for its heir. Many cities name
    their districts (区) alike: one whose city still exists has no heir elsewhere.

    Returns:
        The code itself while it is current; None when it is unknown, or abolished without exactly one such heir
        (畹町市 was merged into 瑞丽市: no data here says so).
    """
    status = division_of(code).status
    if status is CodeStatus.ABOLISHED:
        return _heir_of(code)
    return code if status is CodeStatus.CURRENT else None


@cache
def _heir_of(code: str) -> str | None:
    names = _names_held(code)
    for prefix in (code[:4],) if _stays_in_its_city(code) else (code[:4], code[:2]):
        heirs = [other for other in _table()[1] if _is_heir(other, prefix, code) and names & _names_held(other)]
        if heirs:
            return heirs[0] if len(heirs) == 1 else None
    return None


def _stays_in_its_city(code: str) -> bool:
    # 地区 is a prefecture, not a district.
    is_district = division_of(code).name.removesuffix("地区").endswith("区")
    return is_district and division_of(f"{code[:4]}00").status is CodeStatus.CURRENT


def _is_heir(other: str, prefix: str, code: str) -> bool:
    same_level = other.endswith("00") == code.endswith("00")
    return other.startswith(prefix) and same_level and division_of(other).status is CodeStatus.CURRENT


def _names_held(code: str) -> frozenset[str]:
    """Every name a code has had, without level words; names of one character and 市辖区 say nothing."""
    bare = (_LEVEL_WORD.sub("", name) for name, _until in _table()[1][code])
    return frozenset(name for name in bare if len(name) >= 2 and "辖" not in name)


@cache
def names_by_code() -> dict[str, tuple[tuple[str, int | None], ...]]:
    """Every name that a six-digit code has had, oldest first, with the year in which it ended; None for today's."""
    provinces, counties = _table()
    return {f"{code}0000": ((name, None),) for code, name in provinces.items()} | counties
