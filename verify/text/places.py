"""Names of places: long and short, old and new, in front of an address or inside a unit's name.

The names come from the table of division codes: a code that was renamed keeps its number (533103 潞西市, 芒市), and a
county that became a city keeps its name (潞西县, 潞西市). Equality after this folding is a `variant`, never more.
"""

from __future__ import annotations

import re
from functools import cache

from verify.identifiers.addresses import names_by_code

# Names of GB/T 3304-1991 as they stand in names of autonomous places; most with 族, the longer ones also without.
_PEOPLES = (
    "柯尔克孜|达斡尔|哈萨克|维吾尔|鄂伦春|鄂温克|塔吉克|土家|布依|朝鲜|蒙古|哈尼|傈僳|拉祜|东乡|纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|锡伯|"
    "阿昌|普米|德昂|保安|裕固|独龙"
)
_SHORT_PEOPLES = "藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|京|回|各"
_PEOPLE = rf"(?:(?:{_PEOPLES})族?|(?:{_SHORT_PEOPLES})族)"
# 德宏傣族景颇族自治州 is 德宏州 to everybody there; 东乡族自治县, named after its people alone, is 东乡县.
_AUTONOMOUS = re.compile(rf"(?<=[^省市州区县旗盟]){_PEOPLE}+自治([州县旗])")
_NAMED_AFTER_PEOPLE = re.compile(rf"({_PEOPLES})族?自治([县旗])")
_REGIONS = re.compile(r"(内蒙古|广西|西藏|宁夏|新疆)(?:壮族|回族|维吾尔)?自治区|(香港|澳门)特别行政区")
_LEVEL = re.compile(r"(?:省|市|地区|盟|州|自治县|自治旗|县|区|旗|镇)$")
# A name of one character, 丘 or 云, stands in too many words to be taken for a place.
_SHORTEST_NAME = 2
# When Chongqing left Sichuan in 1997 its codes were given to other places there; so was one in 乌鲁木齐 after 1998. The
# table of codes cannot tell that from a change of name.
_CODE_GIVEN_ANEW = frozenset({"涪陵市", "涪陵地区", "枳城区", "李渡区", "武隆县", "丰都县", "南山矿区"})
# 北京路 and 芒市大街 are streets, whatever their first characters say.
_STREET = re.compile(r"(?:大?[路街道巷]|大道|胡同)")


def shorten_places(text: str) -> str:
    """The text with the long names of autonomous places in their short form (`德宏州`, `广西`, `孟连县`)."""
    if "自治" not in text and "特别行政区" not in text:
        return text
    short = _REGIONS.sub(lambda match: match[1] or match[2], text)
    return _NAMED_AFTER_PEOPLE.sub(r"\1\2", _AUTONOMOUS.sub(r"\1", short))


def as_place(text: str) -> str:
    """The name that a place bears today; empty when the text, already shortened, is no known place."""
    return _spellings().get(text, "")


def leading_places(text: str) -> tuple[tuple[str, ...], str]:
    """Splits a shortened text into the places it begins with, by today's names, and the rest."""
    spellings = _spellings()
    found: list[str] = []
    rest = text
    while True:
        sizes = range(min(_longest(), len(rest)), _SHORTEST_NAME - 1, -1)
        size = next((n for n in sizes if rest[:n] in spellings and not _STREET.match(rest, n)), 0)
        if not size:
            return tuple(found), rest
        found.append(spellings[rest[:size]])
        rest = rest[size:]


@cache
def _longest() -> int:
    return max(len(name) for name in _spellings())


@cache
def _spellings() -> dict[str, str]:
    """Every spelling of a place and its name of today. Provinces and prefectures are also known without their level."""
    codes = {code: [(shorten_places(name), until) for name, until in names] for code, names in names_by_code().items()}
    known: dict[str, str] = {}
    # The order decides what a name means that several places bear: 吉林 is the province.
    for ending in ("0000", "00", ""):
        for code, names in codes.items():
            if code.endswith(ending) and names[-1][1] is None:
                known.setdefault(names[-1][0], names[-1][0])
    for code, names in codes.items():
        today = names[-1][0]
        if code.endswith("00") and names[-1][1] is None and len(_bare(today)) >= _SHORTEST_NAME:
            known.setdefault(_bare(today), today)
    for former, today in _former_names(codes).items():
        known.setdefault(former, today)
    return {name: today for name, today in known.items() if len(name) >= _SHORTEST_NAME and "辖" not in name}


def _former_names(codes: dict[str, list[tuple[str, int | None]]]) -> dict[str, str]:
    """Names that ended and what the place is called today; a name that several places left behind is none of theirs."""
    heirs = {
        (_parent(code), _bare(name)): names[-1][0]
        for code, names in codes.items()
        if names[-1][1] is None
        for name, _ in names
    }
    todays: dict[str, set[str]] = {}
    for code, names in codes.items():
        for name, until in names:
            if until is not None:
                heir = heirs.get((_parent(code), _bare(name)), "")
                todays.setdefault(name, set()).update({heir} - {""} if name not in _CODE_GIVEN_ANEW else ())
    # A place that was merged into another one stands for itself.
    return {name: min(today, default=name) for name, today in todays.items() if len(today) <= 1}


def _parent(code: str) -> str:
    """The place above: of a prefecture its province, of a county its prefecture."""
    return code[:2] if code.endswith("00") else code[:4]


def _bare(name: str) -> str:
    return _LEVEL.sub("", name)
