"""Six-digit division codes as places of filing: their form, what lies above them, and how sentences name them."""

from __future__ import annotations

import re

from verify.identifiers.addresses import division_of
from verify.text.folding import fold_number

_CODE = re.compile(r"[1-9][0-9]{5}")


def region_code(text: str) -> str | None:
    """The code as six ASCII digits; None for anything else."""
    folded = fold_number(text)
    return folded if _CODE.fullmatch(folded) else None


def prefecture_of(code: str) -> str:
    """The prefecture that a code lies in, by its prefix: 533103 lies in 533100."""
    return f"{code[:4]}00"


def is_prefecture(code: str) -> bool:
    """True for the code of a prefecture or of a province: no county is named."""
    return code.endswith("00")


def is_province(code: str) -> bool:
    """True for the code of a province."""
    return code.endswith("0000")


def regions_above(code: str) -> tuple[str, ...]:
    """Prefecture and province of a code, nearest first."""
    above = (prefecture_of(code), f"{code[:2]}0000")
    return tuple(dict.fromkeys(region for region in above if region != code))


def region_name(code: str) -> str:
    """Name and code as sentences write them; the code alone where no name is known."""
    name = division_of(code).name
    return f"{name}（{code}）" if name else code


def region_path(code: str) -> str:
    """Name with those of the regions above it, for places that a reader may not know: 辽宁省大连市中山区（210202）."""
    names = (division_of(region).name for region in (*reversed(regions_above(code)), code))
    # 市辖区 and 省直辖县级行政区划 only stand for a level that is left out.
    told = dict.fromkeys(name for name in names if name and "辖" not in name)
    return f"{''.join(told)}（{code}）" if told else code


def jurisdiction_name(prefix: str) -> str:
    """Name of the region that a code prefix of two, four or six digits stands for."""
    return region_name(prefix.ljust(6, "0"))
