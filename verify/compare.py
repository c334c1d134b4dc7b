"""Comparison classes of domain.md section 5: how alike are what was typed and what was read.

`fuzzy` means that a slip of the recogniser explains the whole difference, so only a person can tell; `different`
means that it does not. All comparisons are symmetric, and every text equals itself exactly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ocr.check_digits import as_uscc
from ocr.duties import canonical_duty, fold_duty
from verify.identifiers.resident import parse_resident
from verify.identifiers.uscc import parse_credit_code
from verify.model import Match
from verify.text import levels
from verify.text.dates import PartialDate, is_long_term, parse_date
from verify.text.edits import Edit, edits_between, similarity
from verify.text.folding import NAME_DOT, fold_name, fold_number, fold_text, fold_width
from verify.text.lookalikes import is_rare, look_alike
from verify.text.units import (
    fold_legal_form,
    fold_office,
    fold_unit,
    without_legal_form,
    without_level,
    without_place,
    without_seal_type,
)
from verify.text.variants import fold_variants


class FieldKind(StrEnum):
    NAME = "name"
    UNIT = "unit"
    SEAL = "seal"
    OFFICE = "office"
    DATE = "date"
    GRADUATION = "graduation"
    RESIDENT_NUMBER = "resident_number"
    CREDIT_CODE = "credit_code"
    NUMBER = "number"
    GENDER = "gender"
    ETHNICITY = "ethnicity"
    EDUCATION_LEVEL = "education_level"
    STUDY_MODE = "study_mode"
    QUALIFICATION_LEVEL = "qualification_level"
    DEGREE = "degree"
    TEXT = "text"
    ADDRESS = "address"
    DUTIES = "duties"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two values are.

    Attributes:
        match: The class.
        edits: Single-character edits between the folded values; 0 for `exact`, `normalised` and `variant`.
    """

    match: Match
    edits: int = 0


# A mark that people and old systems put for a character they could not write (domain.md section 5.1).
_PLACEHOLDERS = frozenset("?？□*＊■〓")
# Own names and their seal readings: median similarity 0.96, 85 % at 0.8 or above; the closest wrong name reaches 0.8
# in 5 % (ocr.md section 3.2).
SEAL_ALIKE = 0.8
# A unit's name with at least this many characters may lose two of them in one line and still be the same reading.
_LONG_NAME = 8
# Digits of a number may be lost at a line's end; more than three is another number or another field.
_LOST_AT_END = 3
# 毕业时间 and 发证日期 often differ by a month or two (domain.md section 5.3), and a paper may print either.
_ISSUE_DELAY_DAYS = 62

_SAME = Comparison(Match.EXACT)
_NORMALISED = Comparison(Match.NORMALISED)
_VARIANT = Comparison(Match.VARIANT)


def compare(kind: FieldKind, first: str, second: str) -> Comparison:
    """Compares two values of one field kind. Duties come joined by line feeds (see `compare_duties`)."""
    if unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", second):
        return _SAME
    # Several shortest edit paths may exist; a fixed order makes the answer the same both ways round.
    return _COMPARERS[kind](*sorted((first, second)))


def compare_duties(first: tuple[str, ...], second: tuple[str, ...]) -> Comparison:
    """Compares two sets of duties; order, widths and punctuation do not count."""
    if first == second:
        return _SAME
    one, other = (frozenset(canonical_duty(duty) or fold_duty(duty) for duty in duties) for duties in (first, second))
    return _NORMALISED if one == other else Comparison(Match.DIFFERENT, len(one ^ other))


def _names(first: str, second: str) -> Comparison:
    a, b = fold_name(first), fold_name(second)
    if a == b:
        return _NORMALISED
    a, b = (name.replace(NAME_DOT, "") for name in (a, b))
    plain_a, plain_b = fold_variants(a), fold_variants(b)
    if plain_a == plain_b:
        return _VARIANT
    edits = edits_between(a, b)
    # One character may be lost or mistaken; more only when each has an explanation of its own. The characters are
    # judged as they stand: a rare variant is misread as often as any rare character.
    slip = any(_explained(found, lost=1) for found in (edits, edits_between(plain_a, plain_b)))
    slip = slip or _one_inside_other(a, b, at_least=2)
    return Comparison(Match.FUZZY if slip else Match.DIFFERENT, len(edits))


def _explained(edits: tuple[Edit, ...], *, lost: int) -> bool:
    """True when every edit is a confusion, and at most `lost` of them are characters lost or added."""
    missing = [edit for edit in edits if not edit.old or not edit.new]
    swapped = [edit for edit in edits if edit.old and edit.new]
    return len(missing) <= lost and all(_confusable(edit) for edit in swapped)


def _confusable(edit: Edit) -> bool:
    marks = {edit.old, edit.new}
    return bool(marks & _PLACEHOLDERS) or look_alike(edit.old, edit.new) or any(is_rare(mark) for mark in marks)


def _one_inside_other(a: str, b: str, *, at_least: int) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) >= at_least and short in long


def _units(first: str, second: str) -> Comparison:
    a, b = fold_unit(first), fold_unit(second)
    if a == b and a:
        return _NORMALISED
    a, b = (fold_variants(fold_legal_form(name)) for name in (a, b))
    if (a == b and a) or (without_place(a) == without_place(b) and without_place(a)[0]):
        return _VARIANT
    return _likeness(a, b)


def _likeness(a: str, b: str) -> Comparison:
    edits = edits_between(a, b)
    if not edits:
        # Folding left nothing on either side, 「·」 against an empty field: no name, so no agreement of names.
        return Comparison(Match.DIFFERENT, 1)
    lost = 2 if min(len(a), len(b)) >= _LONG_NAME else 1
    # A line cut off at its end, or a neighbour's text glued on, leaves the rest whole.
    slip = _explained(edits, lost=lost) or _one_inside_other(a, b, at_least=3)
    return Comparison(Match.FUZZY if slip else Match.DIFFERENT, len(edits))


def _seals(first: str, second: str) -> Comparison:
    plain_a, plain_b = (fold_variants(without_seal_type(fold_unit(name))) for name in (first, second))
    if not plain_a or not plain_b:
        return Comparison(Match.DIFFERENT, max(1, len(plain_a), len(plain_b)))
    a, b = fold_legal_form(plain_a), fold_legal_form(plain_b)
    # Reading may start anywhere on the arc, and a seal leaves out 中国 (domain.md section 5.2).
    if a == b or a.removeprefix("中国") == b.removeprefix("中国") or (len(a) == len(b) and a in b + b):
        return _NORMALISED
    if without_place(a) == without_place(b) and without_place(a)[0]:
        return _VARIANT
    # One misread character in 股份有限公司 keeps that side from being shortened, so both ways are looked at.
    likeness = max(similarity(a, b), similarity(plain_a, plain_b))
    alike = likeness >= SEAL_ALIKE or _one_inside_other(a, b, at_least=4)
    return Comparison(Match.FUZZY if alike else Match.DIFFERENT, len(edits_between(plain_a, plain_b)) or 1)


def seal_similarity(first: str, second: str) -> float:
    """0..1, likeness of a unit's name and a seal's text after folding, without the words that most firms share."""
    a, b = (fold_variants(fold_legal_form(without_seal_type(fold_unit(name)))) for name in (first, second))
    return similarity(without_legal_form(a), without_legal_form(b))


def _offices(first: str, second: str) -> Comparison:
    a, b = fold_office(first), fold_office(second)
    if a == b:
        return _NORMALISED
    if not a or not b:
        return Comparison(Match.DIFFERENT, max(1, len(a), len(b)))
    bare_a, bare_b = without_level(a), without_level(b)
    one_has_no_level = bare_a == a or bare_b == b
    # 德宏州芒市 is 芒市 with the place above it.
    if (bare_a == bare_b and one_has_no_level) or a.endswith(b) or b.endswith(a):
        return _NORMALISED
    # A level word that only one side has is no difference; the place names decide.
    edits = edits_between(bare_a, bare_b) if one_has_no_level and bare_a != bare_b else edits_between(a, b)
    return Comparison(Match.FUZZY if _explained(edits, lost=1) and len(edits) == 1 else Match.DIFFERENT, len(edits))


def _dates(first: str, second: str) -> Comparison:
    if is_long_term(first) and is_long_term(second):
        return _NORMALISED
    a, b = parse_date(first), parse_date(second)
    if a is None or b is None:
        if a is None and b is None and fold_text(first) == fold_text(second):
            return _NORMALISED
        long_term = is_long_term(first) or is_long_term(second)
        # An unreadable date cannot differ from anything; 长期 against a real date can.
        return Comparison(Match.DIFFERENT if long_term and (a or b) else Match.FUZZY, 1)
    if a.same_as(b):
        return _NORMALISED
    parts = [(x, y) for x, y in _date_parts(a, b) if x != y]
    slip = len(parts) == 1 and _one_digit_slip(*parts[0])
    return Comparison(Match.FUZZY if slip else Match.DIFFERENT, len(parts))


def _graduations(first: str, second: str) -> Comparison:
    """Dates of graduation: forms ask for the month and store its first day; a paper's foot may bear a later day."""
    found = _dates(first, second)
    a, b = parse_date(first), parse_date(second)
    if found.match is Match.NORMALISED or a is None or b is None:
        return found
    if a.same_as(PartialDate(b.year, b.month)) and 1 in (a.day, b.day):
        return _NORMALISED
    apart_days = abs((a.earliest() - b.earliest()).days)
    near = apart_days <= _ISSUE_DELAY_DAYS
    return Comparison(Match.FUZZY, found.edits) if near else found


def _date_parts(a: PartialDate, b: PartialDate) -> list[tuple[str, str]]:
    pairs = ((a.year, b.year), (a.month, b.month), (a.day, b.day))
    return [(str(x), str(y)) for x, y in pairs if x is not None and y is not None]


def _one_digit_slip(x: str, y: str) -> bool:
    edits = edits_between(x, y)
    return len(edits) == 1 and (not edits[0].old or not edits[0].new or look_alike(edits[0].old, edits[0].new))


def _residents(first: str, second: str) -> Comparison:
    a, b = parse_resident(first), parse_resident(second)
    if a.text == b.text or (a.full and a.full == b.full):
        return _NORMALISED
    edits = edits_between(a.full or a.text, b.full or b.text)
    both_proved = a.is_valid and b.is_valid and len(a.text) == len(b.text) == 18
    # Two numbers whose check characters agree are two numbers; otherwise one of them may be a misread.
    slip = not both_proved and len(edits) <= 2
    return Comparison(Match.FUZZY if slip else Match.DIFFERENT, len(edits))


def _credit_codes(first: str, second: str) -> Comparison:
    a, b = (as_uscc(parse_credit_code(code).text) for code in (first, second))
    if a == b:
        return _NORMALISED
    edits = edits_between(a, b)
    both_proved = parse_credit_code(a).is_valid and parse_credit_code(b).is_valid
    slip = not both_proved and len(edits) <= 2
    return Comparison(Match.FUZZY if slip else Match.DIFFERENT, len(edits))


# Letters that number fonts do not tell from digits; both sides are folded, so it cannot make a match out of nothing.
_LETTER_DIGITS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def _numbers(first: str, second: str) -> Comparison:
    a, b = (fold_number(number).translate(_LETTER_DIGITS) for number in (first, second))
    if a == b:
        return _NORMALISED
    edits = edits_between(a, b)
    cut = _one_inside_other(a, b, at_least=6) and abs(len(a) - len(b)) <= _LOST_AT_END
    return Comparison(Match.FUZZY if cut or _explained(edits, lost=1) else Match.DIFFERENT, len(edits))


def _texts(first: str, second: str) -> Comparison:
    a, b = fold_text(first), fold_text(second)
    if a == b:
        return _NORMALISED
    a, b = fold_variants(a), fold_variants(b)
    return _VARIANT if a == b else _likeness(a, b)


def _addresses(first: str, second: str) -> Comparison:
    found = _texts(first, second)
    if found.match is Match.DIFFERENT and similarity(fold_text(first), fold_text(second)) >= SEAL_ALIKE:
        return Comparison(Match.FUZZY, found.edits)
    return found


def _closed_set(canonical: Callable[[str], str]) -> Callable[[str, str], Comparison]:
    def comparer(first: str, second: str) -> Comparison:
        a, b = canonical(first), canonical(second)
        return _NORMALISED if a == b else Comparison(Match.DIFFERENT, max(1, len(edits_between(a, b))))

    return comparer


def _study_modes(first: str, second: str) -> Comparison:
    a, b = levels.study_mode(first), levels.study_mode(second)
    if a == b:
        return _NORMALISED
    # Words that do not decide full or part time (脱产, an unknown form) cannot contradict anything.
    return Comparison(Match.DIFFERENT if a and b else Match.FUZZY, 1)


def _degrees(first: str, second: str) -> Comparison:
    a, b = levels.degree(first), levels.degree(second)
    return _NORMALISED if a == b else _texts(a, b)


def _ethnicities(first: str, second: str) -> Comparison:
    a, b = levels.ethnicity(first), levels.ethnicity(second)
    if a == b:
        return _NORMALISED
    edits = edits_between(a, b)
    return Comparison(Match.FUZZY if _explained(edits, lost=0) else Match.DIFFERENT, len(edits))


def _duties(first: str, second: str) -> Comparison:
    return compare_duties(tuple(first.split("\n")), tuple(second.split("\n")))


def fold_for(kind: FieldKind, text: str) -> str:
    """The folded value that two `normalised` texts of one kind share."""
    if kind is FieldKind.NAME:
        return fold_name(text)
    if kind in (FieldKind.RESIDENT_NUMBER, FieldKind.CREDIT_CODE, FieldKind.NUMBER):
        return fold_number(text)
    if kind in (FieldKind.DATE, FieldKind.GRADUATION):
        day = parse_date(text)
        return day.iso() if day else fold_width(text)
    return fold_text(text)


_COMPARERS: dict[FieldKind, Callable[[str, str], Comparison]] = {
    FieldKind.NAME: _names,
    FieldKind.UNIT: _units,
    FieldKind.SEAL: _seals,
    FieldKind.OFFICE: _offices,
    FieldKind.DATE: _dates,
    FieldKind.GRADUATION: _graduations,
    FieldKind.RESIDENT_NUMBER: _residents,
    FieldKind.CREDIT_CODE: _credit_codes,
    FieldKind.NUMBER: _numbers,
    FieldKind.GENDER: _closed_set(levels.gender),
    FieldKind.ETHNICITY: _ethnicities,
    FieldKind.EDUCATION_LEVEL: _closed_set(levels.education_level),
    FieldKind.STUDY_MODE: _study_modes,
    FieldKind.QUALIFICATION_LEVEL: _closed_set(levels.qualification_level),
    FieldKind.DEGREE: _degrees,
    FieldKind.TEXT: _texts,
    FieldKind.ADDRESS: _addresses,
    FieldKind.DUTIES: _duties,
}
