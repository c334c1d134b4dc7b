"""Bodies that bore other names once: schools and public organs. The names are data, this is how they are looked up.

A former name is a `variant` of today's. Two former names of bodies that were merged are the names of two bodies.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from verify.text.folding import fold_text


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name that ended.

    Attributes:
        name: As it was printed.
        until: The year of the change; papers of that year may bear either name.
        merged: The body went into another one together with others, so the name was never the whole body's.
        short: Other spellings of it.
    """

    name: str
    until: int
    merged: bool = False
    short: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """A school or an organ.

    Attributes:
        name: Today's name.
        code: The school's five digits; empty when not known or not a school.
        short: Other spellings of today's name.
        former: Names that ended.
    """

    name: str
    code: str = ""
    short: tuple[str, ...] = ()
    former: tuple[FormerName, ...] = ()

    def bears(self, name: str) -> bool:
        """True when the text is one of the body's names, today's or a former one, however it is typed."""
        return fold_text(name) in {spelling for spelling, _ in _spellings(self)}


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Which body bears a name, and since when: place 0 is today's name, the others are the former ones in order."""

    body: int
    place: int
    merged: bool


class Register:
    """Bodies by every name they have borne; names are asked for folded (`fold_text`)."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        self.bodies = tuple(bodies)
        self._bearers: dict[str, list[_Bearer]] = {}
        for number, body in enumerate(self.bodies):
            for spelling, place in _spellings(body):
                merged = place > 0 and body.former[place - 1].merged
                self._bearers.setdefault(spelling, []).append(_Bearer(number, place, merged))
        self._longest = max((len(name) for name in self._bearers), default=0)

    def same(self, first: str, second: str) -> bool:
        """True when two names are those of one body: today's and a former one, or two of which neither was merged."""
        return any(
            a.body == b.body and (a.place == b.place or 0 in (a.place, b.place) or not (a.merged or b.merged))
            for a in self._bearers.get(first, ())
            for b in self._bearers.get(second, ())
        )

    def apart(self, first: str, second: str) -> bool:
        """True when both names are known and no body has borne both."""
        one, other = ({bearer.body for bearer in self._bearers.get(name, ())} for name in (first, second))
        return bool(one and other) and not one & other

    def split(self, folded: str) -> tuple[str, str]:
        """Splits a name into what stands before the longest known name at its end, and that; empty when none."""
        for size in range(min(self._longest, len(folded)), 1, -1):
            if folded[-size:] in self._bearers:
                return folded[:-size], folded[-size:]
        return folded, ""


def load_register(file: str) -> Register:
    """Reads a table of names; its format is written at the head of `schools.toml`."""
    table = tomllib.loads(files("verify.text").joinpath(file).read_text(encoding="utf-8"))
    return Register(_body(row) for row in table["body"])


def _body(row: Mapping[str, Any]) -> Body:
    former = tuple(
        FormerName(old["name"], old["until"], old.get("merged", False), tuple(old.get("short", ())))
        for old in row.get("former", ())
    )
    return Body(row["name"], row.get("code", ""), tuple(row.get("short", ())), former)


def _spellings(body: Body) -> list[tuple[str, int]]:
    """Every spelling of a body's names, folded, with the place of the name."""
    names = [(body.name, *body.short), *((old.name, *old.short) for old in body.former)]
    return [(fold_text(spelling), place) for place, spellings in enumerate(names) for spelling in spellings]
