"""Machine-readable zones of cards and passports (ICAO Doc 9303): TD1, TD2 and TD3.

Parts 4 to 6 of the document give the places; part 3 the check digits and how names are written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ocr.check_digits import as_digits
from verify.identifiers.days import real_day
from verify.text.folding import fold_spaces, fold_width

# Part 3, 4.9: the weights repeat; digits count as themselves, letters from A = 10, the filler as nothing.
_WEIGHTS = (7, 3, 1)
_VALUES = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
FILLER = "<"
# Marks that cannot stand in a zone and that recognisers write for one or two fillers.
_FILLER_LOOKALIKES = str.maketrans({"‹": "<", "〈": "<", "«": "<<", "《": "<<"})
_DATE = re.compile(r"\d{6}", re.ASCII)
_SEXES = {"M": "男", "F": "女"}
# A zone read from a page has three lines at most; more text belongs to something else.
_MOST_LINES = 3


class MachineForm(StrEnum):
    """Sizes of machine-readable documents."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"


class MachinePart(StrEnum):
    """Parts that have a check digit."""

    NUMBER = "number"
    BIRTH = "birth"
    EXPIRY = "expiry"
    OPTIONAL = "optional"
    COMPOSITE = "composite"


@dataclass(frozen=True, slots=True)
class MachineZone:
    """What a zone says.

    Attributes:
        form: Its size; None when the lines have the length of none. Then all other texts are empty.
        document_code: One or two characters, such as `P` or `I`.
        issuer: Three-letter code of the issuing state or organisation, without fillers.
        number: Number of the document.
        surname: Primary identifier, words separated by spaces.
        given_names: Secondary identifier, words separated by spaces; may be empty.
        nationality: Three-letter code, without fillers.
        birth_digits: `YYMMDD` as printed, with `<` for what is not known.
        expiry_digits: `YYMMDD` as printed.
        gender: 男, 女, or empty when not stated.
        optional: What the issuer put into the optional places, without fillers.
        failed: Parts whose check digit does not agree, in the order of the zone.
    """

    form: MachineForm | None
    document_code: str = ""
    issuer: str = ""
    number: str = ""
    surname: str = ""
    given_names: str = ""
    nationality: str = ""
    birth_digits: str = ""
    expiry_digits: str = ""
    gender: str = ""
    optional: str = ""
    failed: tuple[MachinePart, ...] = ()

    @property
    def is_valid(self) -> bool:
        """A form was recognised and every check digit agrees."""
        return self.form is not None and not self.failed

    def born(self, today: date) -> date | None:
        """Birth date; the century is the latest one that does not put it after today. None when not a real day."""
        return _latest_before(self.birth_digits, today)

    def expires(self) -> date | None:
        """Last day of validity; None for no day. The century is 20: nobody hands in a paper that ended before 2000."""
        return real_day(f"20{self.expiry_digits}") if _DATE.fullmatch(self.expiry_digits) else None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Places of one size: (line, start, end), counted from 0, the end not included."""

    form: MachineForm
    lines: int
    width: int
    name: tuple[int, int, int]
    number: tuple[int, int, int]
    nationality: tuple[int, int, int]
    birth: tuple[int, int, int]
    gender: tuple[int, int, int]
    expiry: tuple[int, int, int]
    optional: tuple[tuple[int, int, int], ...]
    composite: tuple[tuple[int, int, int], ...]
    composite_check: tuple[int, int]
    optional_check: tuple[int, int] | None = None


# Part 5 (TD1), 4.2: the composite runs over line 1 from the number on and over line 2 without sex and nationality.
_TD1 = _Layout(
    form=MachineForm.TD1, lines=3, width=30,
    name=(2, 0, 30), number=(0, 5, 14), nationality=(1, 15, 18), birth=(1, 0, 6), gender=(1, 7, 8), expiry=(1, 8, 14),
    optional=((0, 15, 30), (1, 18, 29)),
    composite=((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), composite_check=(1, 29),
)  # fmt: skip
# Part 6 (TD2), 4.2.
_TD2 = _Layout(
    form=MachineForm.TD2, lines=2, width=36,
    name=(0, 5, 36), number=(1, 0, 9), nationality=(1, 10, 13), birth=(1, 13, 19), gender=(1, 20, 21),
    expiry=(1, 21, 27), optional=((1, 28, 35),),
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 35)), composite_check=(1, 35),
)  # fmt: skip
# Part 4 (TD3), 4.2: the optional places of passports have a check digit of their own.
_TD3 = _Layout(
    form=MachineForm.TD3, lines=2, width=44,
    name=(0, 5, 44), number=(1, 0, 9), nationality=(1, 10, 13), birth=(1, 13, 19), gender=(1, 20, 21),
    expiry=(1, 21, 27), optional=((1, 28, 42),),
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 43)), composite_check=(1, 43), optional_check=(1, 42),
)  # fmt: skip
_LAYOUTS = (_TD1, _TD2, _TD3)


def machine_check_digit(text: str) -> str:
    """The check digit of a text of digits, capital letters and fillers; empty when it holds anything else."""
    if any(char not in _VALUES for char in text):
        return ""
    return str(sum(_VALUES[char] * _WEIGHTS[place % len(_WEIGHTS)] for place, char in enumerate(text)) % 10)


def parse_mrz(lines: Sequence[str]) -> MachineZone:
    """Takes a machine-readable zone apart; never raises.

    Letters that look like digits are folded only where the standard allows nothing but digits (dates and check digits):
    a `B` in a document's number may be a `B`.

    Args:
        lines: Its two or three lines from top to bottom, as read.
    """
    folded = [_fold(line) for line in lines]
    folded = [line for line in folded if line]
    if len(folded) <= _MOST_LINES:
        for layout in _LAYOUTS:
            fitted = _fit(folded, layout)
            if fitted is not None:
                return _parse(fitted, layout)
    return MachineZone(None)


def _fold(line: str) -> str:
    return fold_spaces(fold_width(line)).translate(_FILLER_LOOKALIKES)


def _fit(lines: list[str], layout: _Layout) -> tuple[str, ...] | None:
    """The lines in their full width and alphabet; None when they have another size.

    Only the line of names may lack or exceed fillers at its end. Any text can be filled up to such a line, so one
    filler at least must have been read with it, and one digit in the dates of the other.
    """
    place = layout.name[0]
    if len(lines) != layout.lines or FILLER not in lines[place]:
        return None
    wide = [line.rstrip(FILLER).ljust(layout.width, FILLER) if at == place else line for at, line in enumerate(lines)]
    dates = "".join(_cut(tuple(wide), span) for span in (layout.birth, layout.expiry))
    if any(len(line) != layout.width for line in wide) or not any(char.isdigit() for char in dates):
        return None
    # Lower-case letters look like other digits than their capitals do, so the digits come first.
    fitted = tuple(line.upper() for line in _digits_only_places(wide, layout))
    fits = all(len(line) == layout.width and all(char in _VALUES for char in line) for line in fitted)
    return fitted if fits else None


def _parse(lines: tuple[str, ...], layout: _Layout) -> MachineZone:
    number, number_check, rest = _number(lines, layout)
    surname, given_names = _names(_cut(lines, layout.name))
    birth, expiry = _cut(lines, layout.birth), _cut(lines, layout.expiry)
    failed = [
        part
        for part, text, check in (
            (MachinePart.NUMBER, number, number_check),
            (MachinePart.BIRTH, birth, _after(lines, layout.birth)),
            (MachinePart.EXPIRY, expiry, _after(lines, layout.expiry)),
        )
        if machine_check_digit(text) != check
    ]
    if not _optional_holds(lines, layout):
        failed.append(MachinePart.OPTIONAL)
    line, place = layout.composite_check
    if machine_check_digit("".join(_cut(lines, span) for span in layout.composite)) != lines[line][place]:
        failed.append(MachinePart.COMPOSITE)
    return MachineZone(
        form=layout.form,
        document_code=lines[0][:2].strip(FILLER),
        issuer=lines[0][2:5].strip(FILLER),
        number=number.strip(FILLER),
        surname=surname,
        given_names=given_names,
        nationality=_cut(lines, layout.nationality).strip(FILLER),
        birth_digits=birth,
        expiry_digits=expiry,
        gender=_SEXES.get(_cut(lines, layout.gender), ""),
        optional=" ".join(part for part in rest if part),
        failed=tuple(failed),
    )


def _digits_only_places(lines: list[str], layout: _Layout) -> list[str]:
    """Look-alike letters folded in dates and check digits."""
    changed = [list(line) for line in lines]
    spans = [(line, start, end + 1) for line, start, end in (layout.birth, layout.expiry)]
    spans += [(line, end, end + 1) for line, _start, end in (layout.number,)]
    line, place = layout.composite_check
    spans.append((line, place, place + 1))
    if layout.optional_check is not None:
        line, place = layout.optional_check
        spans.append((line, place, place + 1))
    for line, start, end in spans:
        changed[line][start:end] = as_digits("".join(changed[line][start:end]))
    return ["".join(line) for line in changed]


def _number(lines: tuple[str, ...], layout: _Layout) -> tuple[str, str, tuple[str, ...]]:
    """Number, its check digit, and the optional texts; a filler in place of the check digit means a longer number.

    Part 5, 4.2.2.2 and part 6, 4.2.2.2: the number goes on in the optional places that follow, up to its check digit.
    """
    number, check = _cut(lines, layout.number), _after(lines, layout.number)
    optional = [_cut(lines, span) for span in layout.optional]
    if check == FILLER and layout.form is not MachineForm.TD3:
        longer, _, rest = optional[0].partition(FILLER)
        if len(longer) > 1:
            return number + longer[:-1], as_digits(longer[-1]), tuple(t.strip(FILLER) for t in (rest, *optional[1:]))
    return number, check, tuple(text.strip(FILLER) for text in optional)


def _optional_holds(lines: tuple[str, ...], layout: _Layout) -> bool:
    if layout.optional_check is None:
        return True
    line, place = layout.optional_check
    text, check = _cut(lines, layout.optional[0]), lines[line][place]
    # Part 4, 4.2.2.2: with nothing in the optional places the check digit may be a filler.
    return machine_check_digit(text) == check or (check == FILLER and not text.strip(FILLER))


def _names(text: str) -> tuple[str, str]:
    surname, _, given = text.strip(FILLER).partition(FILLER * 2)
    return _words(surname), _words(given)


def _words(name: str) -> str:
    return " ".join(part for part in name.split(FILLER) if part)


def _cut(lines: tuple[str, ...], span: tuple[int, int, int]) -> str:
    line, start, end = span
    return lines[line][start:end]


def _after(lines: tuple[str, ...], span: tuple[int, int, int]) -> str:
    """The check digit right behind a part."""
    line, _start, end = span
    return lines[line][end]


def _latest_before(digits: str, today: date) -> date | None:
    if not _DATE.fullmatch(digits):
        return None
    days = (real_day(f"{century}{digits}") for century in (20, 19))
    return next((day for day in days if day is not None and day <= today), None)
