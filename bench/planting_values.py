"""Wrong values that are well formed: dates exist and check digits hold, so that only comparing can find them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

from fixtures import numbers
from fixtures.names import other_character
from fixtures.people import DUTIES
from fixtures.places import COUNTIES
from fixtures.schools import SCHOOLS
from verify.text.lookalikes import look_alike

# GB 2312 section 4: the first-level characters, rows 16 to 55 of 94 each, are those of everyday print.
_FIRST_ROW, _LAST_ROW = 0xB0, 0xD7
# 居民身份证 number, GB 11643: places of birth date and sequence.
_BIRTH, _SEQUENCE = slice(6, 14), slice(14, 17)
# A date of which only year and month are printed: 1993-06.
_MONTH_CHARS = 7
# GB 32100: places of the organisation code's body; its own check character follows.
_BODY = slice(8, 16)

Change = Callable[[str, random.Random], str | None]
"""A value to a wrong one; None where this kind of error is not possible for it."""


@cache
def _everyday_characters() -> str:
    rows = (bytes((row, cell)) for row in range(_FIRST_ROW, _LAST_ROW + 1) for cell in range(0xA1, 0xFF))
    return "".join(pair.decode("gb2312", "ignore") for pair in rows)


@cache
def _alike(character: str) -> str:
    """Everyday characters that a recogniser takes for this one."""
    return "".join(other for other in _everyday_characters() if other != character and look_alike(character, other))


def other_name(name: str, chance: random.Random) -> str:
    """One character of the given name replaced by one that does not look like it."""
    while True:
        found = other_character(chance, name)
        changed = [(old, new) for old, new in zip(name, found, strict=True) if old != new]
        if not any(look_alike(old, new) for old, new in changed):
            return found


def look_alike_name(name: str, chance: random.Random) -> str | None:
    """One character replaced by one that looks like it."""
    places = [(place, other) for place, character in enumerate(name) for other in _alike(character)]
    if not places:
        return None
    place, other = chance.choice(places)
    return name[:place] + other + name[place + 1 :]


def shortened_name(name: str, chance: random.Random) -> str | None:
    """The last character left out; not of a name of two."""
    return name[:-1] if len(name) > 2 and name[-2] != "·" else None


def other_resident(number: str, chance: random.Random) -> str | None:
    """Another person of one sex, birthday and place: another sequence, check character computed anew."""
    if len(number) != 18:
        return None
    # An even step keeps the sex; sequences run from 001 to 999.
    sequence = (int(number[_SEQUENCE]) - 1 + 2 * chance.randint(1, 490)) % 998 + 1
    return _with_check(f"{number[:14]}{sequence:03d}")


def transposed_resident(number: str, chance: random.Random) -> str | None:
    """Two neighbouring digits of birth date or sequence exchanged, and a check character that agrees with that."""
    if len(number) != 18:
        return None
    swapped = [_exchanged(number[:17], place) for place in range(_BIRTH.start, _SEQUENCE.stop - 1)]
    possible = [body for body in swapped if body != number[:17] and _birth_exists(body)]
    return _with_check(chance.choice(possible)) if possible else None


def unchecked_resident(number: str, chance: random.Random) -> str | None:
    """One digit of the sequence replaced; the check character stays and no longer agrees."""
    if len(number) != 18:
        return None
    place = chance.randrange(_SEQUENCE.start, _SEQUENCE.stop)
    return _with_digit(number, place, chance)


def _with_check(body: str) -> str:
    return body + numbers.resident_check(body)


def _exchanged(text: str, place: int) -> str:
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _birth_exists(body: str) -> bool:
    try:
        return date(1930, 1, 1) <= date.fromisoformat(body[_BIRTH]) <= date(2010, 1, 1)
    except ValueError:
        return False


def _with_digit(text: str, place: int, chance: random.Random) -> str:
    digit = chance.choice([digit for digit in "0123456789" if digit != text[place]])
    return text[:place] + digit + text[place + 1 :]


def other_code(code: str, chance: random.Random) -> str | None:
    """The credit code of another unit of one registry and place."""
    if len(code) != 18:
        return None
    while True:
        found = numbers.credit_code(chance, registry=code[:2], county_code=code[2:8])
        if found != code:
            return found


def transposed_code(code: str, chance: random.Random) -> str | None:
    """Two neighbours of the organisation code exchanged; both check characters agree with that."""
    if len(code) != 18:
        return None
    swapped = [_exchanged(code[:16], place) for place in range(_BODY.start, _BODY.stop - 1)]
    possible = [first for first in swapped if first != code[:16]]
    if not possible:
        return None
    first = chance.choice(possible)
    first17 = first + numbers.organisation_check(first[_BODY])
    return first17 + numbers.credit_code_check(first17)


def other_digit(number: str, chance: random.Random) -> str | None:
    """One of the last six digits replaced: the serial, which no rule can check."""
    places = [place for place in range(max(0, len(number) - 6), len(number)) if number[place].isdigit()]
    return _with_digit(number, chance.choice(places), chance) if places else None


def other_day(value: str, chance: random.Random) -> str | None:
    """A day before or after: the next one, one digit off, a month or a year; of a month alone another month."""
    day = _day(value)
    if day is None:
        return None
    if len(value) == _MONTH_CHARS:
        months = 12 * day.year + day.month - 1 + chance.choice((-12, -1, 1, 12))
        return f"{months // 12}-{months % 12 + 1:02d}"
    return (day + timedelta(days=chance.choice((-1, 1)) * chance.choice((1, 2, 9, 10, 11, 31, 365)))).isoformat()


def other_month(value: str, chance: random.Random) -> str | None:
    """Another month by three to nine, or another year: papers print graduation by the month, or the day of issue."""
    day = _day(value)
    if day is None:
        return None
    if chance.random() < 0.5:
        return day.replace(year=day.year + chance.choice((-1, 1)), day=1).isoformat()
    months = day.month - 1 + chance.randint(3, 9)
    return date(day.year + months // 12, months % 12 + 1, 1).isoformat()


def other_end(value: str, chance: random.Random) -> str | None:
    """Another last day of validity; for 长期 a day in twenty years."""
    return "2046-05-20" if value == "长期" else other_day(value, chance)


def _day(value: str) -> date | None:
    text = value if len(value) == 10 else f"{value}-01"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def other_of(*choices: str) -> Change:
    """Another word of a closed set."""

    def change(value: str, chance: random.Random) -> str | None:
        return chance.choice([choice for choice in choices if choice != value])

    return change


def other_unit(name: str, chance: random.Random) -> str | None:
    """Another firm of the same place."""
    brand, trade = chance.choice(("盛源", "永昌", "福康", "景成")), chance.choice(("实业", "咨询", "运输"))
    return f"{name[:2]}{brand}{trade}有限公司"


def other_office(name: str, chance: random.Random) -> str | None:
    """The office of another county."""
    names = sorted({county.name for county in COUNTIES})
    return chance.choice([other for other in names if other[:2] != name[:2] and name not in other])


def other_house(address: str, chance: random.Random) -> str | None:
    """Another house number at the end of an address."""
    end = len(address) - next((place for place, char in enumerate(reversed(address)) if char.isdigit()), len(address))
    start = end
    while start > 0 and address[start - 1].isdigit():
        start -= 1
    if start == end:
        return None
    return f"{address[:start]}{int(address[start:end]) + chance.randint(1, 8)}{address[end:]}"


def other_duties(duties: Sequence[str], chance: random.Random) -> tuple[str, ...]:
    """One box more, or another box instead of one; never box 12."""
    chosen = [duty for duty in duties if duty != DUTIES[11]]
    extra = chance.choice([duty for duty in DUTIES[:11] if duty not in duties])
    kept = chosen if chance.random() < 0.5 else chosen[1:]
    return tuple(duty for duty in DUTIES if duty in kept or duty == extra)


def with_box_12(duties: Sequence[str]) -> tuple[str, ...] | None:
    """Box 12 ticked beside others; None for a form that has box 12 alone."""
    others = [duty for duty in duties if duty != DUTIES[11]]
    return (*others, DUTIES[11]) if others else None


OTHER_GENDER = other_of("男", "女")
OTHER_ETHNICITY = other_of("汉", "傣", "彝", "白", "回", "景颇")
OTHER_LEVEL = other_of("专科", "本科", "硕士研究生")
OTHER_MODE = other_of("full_time", "part_time")
OTHER_QUALIFICATION = other_of("初级", "中级", "高级")
OTHER_SCHOOL = other_of(*(school.name for school in SCHOOLS))
OTHER_MAJOR = other_of("会计学", "财务管理", "审计学", "旅游管理", "电子商务")
OTHER_DEGREE = other_of("管理学学士", "经济学学士", "法学学士", "工学学士")
