"""Comparison classes of domain.md section 5: how alike are what was typed and what was read.

`fuzzy` means that a slip of the recogniser explains the whole difference, so only a person can tell; `different`
means that it does not. All comparisons are symmetric, and every text equals itself exactly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from enum import StrEnum

from ocr.check_digits import as_uscc
from ocr.duties import canonical_duty, fold_duty
from verify.identifiers.resident import parse_resident
from verify.identifiers.uscc import parse_credit_code
from verify.model import Match
from verify.text import levels
from verify.text.address_likeness import addresses
from verify.text.dates import PartialDate, is_long_term, parse_date, parse_span
from verify.text.edits import edits_between
from verify.text.folding import NAME_DOT, fold_name, fold_number, fold_text, fold_width
from verify.text.likeness import (
    NORMALISED,
    SAME,
    SEAL_ALIKE,
    Comparison,
    Why,
    different,
    explained,
    fuzzy,
    likeness,
    one_inside_other,
    variant,
)
from verify.text.lookalikes import look_alike
from verify.text.names import PLACEHOLDER, with_placeholders
from verify.text.unit_likeness import offices, seal_similarity, seals, units, with_code
from verify.text.variants import fold_variants

# What the rules take from here; the parts live beside the folding that they use.
__all__ = [
    "SEAL_ALIKE",
    "Comparison",
    "FieldKind",
    "Why",
    "compare",
    "compare_duties",
    "compare_units",
    "fold_for",
    "seal_similarity",
]


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


# Digits of a number may be lost at a line's end; more than three is another number or another field.
_LOST_AT_END = 3
# 毕业时间 and 发证日期 often differ by a month or two (domain.md section 5.3), and a paper may print either.
_ISSUE_DELAY_DAYS = 62


def compare(kind: FieldKind, first: str, second: str) -> Comparison:
    """Compares two values of one field kind. Duties come joined by line feeds (see `compare_duties`)."""
    if unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", second):
        return SAME
    # A fixed order makes the answer the same both ways round; spaces around a value must not change it.
    a, b = sorted((first.strip(), second.strip()))
    return NORMALISED if a == b else _COMPARERS[kind](a, b)


def compare_units(first: str, second: str, *, same_code: bool | None = None) -> Comparison:
    """Compares two names of units or schools where their codes may settle what the names leave open.

    Args:
        first: One name.
        second: The other.
        same_code: True or False when both codes were read, each proved by its own check character (unit) or printed in
            the certificate's number (school); None when that is not known, which is `compare` with `FieldKind.UNIT`.
    """
    found = compare(FieldKind.UNIT, first, second)
    if same_code is None or found.match in (Match.EXACT, Match.NORMALISED):
        return found
    return with_code(found, same_code=same_code)


def compare_duties(first: Sequence[str], second: Sequence[str]) -> Comparison:
    """Compares two sets of duties; order, widths and punctuation do not count."""
    if tuple(first) == tuple(second):
        return SAME
    one, other = (frozenset(canonical_duty(duty) or fold_duty(duty) for duty in duties) for duties in (first, second))
    apart = (one ^ other) - {""}
    return different(len(apart)) if apart else NORMALISED


def _names(first: str, second: str) -> Comparison:
    a, b = fold_name(first), fold_name(second)
    if a == b:
        return NORMALISED
    a, b = (name.replace(NAME_DOT, "") for name in (a, b))
    if a == b:
        return variant(Why.DOT)
    plain_a, plain_b = fold_variants(a), fold_variants(b)
    if plain_a == plain_b:
        return variant(Why.SPELLING)
    edits = edits_between(a, b)
    marked_a, marked_b = with_placeholders(a), with_placeholders(b)
    if PLACEHOLDER in marked_a + marked_b and explained(marked_a, marked_b, lost=1):
        return fuzzy(len(edits), Why.PLACEHOLDER)
    # One character may be lost or mistaken; more only when each has an explanation of its own. The characters are
    # judged as they stand: a rare variant is misread as often as any rare character.
    slip = explained(a, b, lost=1) or explained(plain_a, plain_b, lost=1)
    slip = slip or one_inside_other(a, b, at_least=2)
    return fuzzy(len(edits)) if slip else different(len(edits))


def _dates(first: str, second: str) -> Comparison:
    if is_long_term(first) and is_long_term(second):
        return NORMALISED
    a, b = parse_date(first), parse_date(second)
    if a is None or b is None:
        return _without_a_date(first, second, has_date=bool(a or b))
    if a.same_as(b):
        return NORMALISED
    parts = [(x, y) for x, y in _date_parts(a, b) if x != y]
    slip = len(parts) == 1 and _one_digit_slip(*parts[0])
    return fuzzy(len(parts)) if slip else different(len(parts))


def _without_a_date(first: str, second: str, *, has_date: bool) -> Comparison:
    """For texts of which at least one is no date: periods, 长期, or something unreadable."""
    if not has_date and fold_text(first) == fold_text(second):
        return NORMALISED
    span_a, span_b = parse_span(first), parse_span(second)
    if span_a is not None and span_b is not None:
        (start_a, end_a), (start_b, end_b) = span_a, span_b
        same_end = end_a is end_b if end_a is None or end_b is None else end_a.same_as(end_b)
        return NORMALISED if start_a.same_as(start_b) and same_end else different(1)
    # An unreadable date cannot differ from anything; 长期 against a real date can.
    long_term = is_long_term(first) or is_long_term(second)
    return different(1) if long_term and has_date else fuzzy(1)


def _graduations(first: str, second: str) -> Comparison:
    """Dates of graduation: forms ask for the month and store its first day; a paper's foot may bear a later day."""
    found = _dates(first, second)
    a, b = parse_date(first), parse_date(second)
    if found.match is Match.NORMALISED or a is None or b is None:
        return found
    if a.same_as(PartialDate(b.year, b.month)) and 1 in (a.day, b.day):
        return NORMALISED
    apart_days = abs((a.earliest() - b.earliest()).days)
    near = apart_days <= _ISSUE_DELAY_DAYS
    return fuzzy(found.edits) if near else found


def _date_parts(a: PartialDate, b: PartialDate) -> list[tuple[str, str]]:
    pairs = ((a.year, b.year), (a.month, b.month), (a.day, b.day))
    return [(str(x), str(y)) for x, y in pairs if x is not None and y is not None]


def _one_digit_slip(x: str, y: str) -> bool:
    edits = edits_between(x, y)
    return len(edits) == 1 and (not edits[0].old or not edits[0].new or look_alike(edits[0].old, edits[0].new))


def _residents(first: str, second: str) -> Comparison:
    a, b = parse_resident(first), parse_resident(second)
    if a.text == b.text or (a.full and a.full == b.full):
        return NORMALISED
    edits = edits_between(a.full or a.text, b.full or b.text)
    both_proved = a.is_valid and b.is_valid and len(a.text) == len(b.text) == 18
    # Two numbers whose check characters agree are two numbers; otherwise one of them may be a misread.
    slip = not both_proved and len(edits) <= 2
    return fuzzy(len(edits)) if slip else different(len(edits))


def _credit_codes(first: str, second: str) -> Comparison:
    a, b = (as_uscc(parse_credit_code(code).text) for code in (first, second))
    if a == b:
        return NORMALISED
    edits = edits_between(a, b)
    both_proved = parse_credit_code(a).is_valid and parse_credit_code(b).is_valid
    slip = not both_proved and len(edits) <= 2
    return fuzzy(len(edits)) if slip else different(len(edits))


# Letters that number fonts do not tell from digits; both sides are folded, so it cannot make a match out of nothing.
_LETTER_DIGITS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def _numbers(first: str, second: str) -> Comparison:
    a, b = (fold_number(number).translate(_LETTER_DIGITS) for number in (first, second))
    if a == b:
        return NORMALISED
    edits = edits_between(a, b)
    cut = one_inside_other(a, b, at_least=6) and abs(len(a) - len(b)) <= _LOST_AT_END
    return fuzzy(len(edits)) if cut or explained(a, b, lost=1) else different(len(edits))


def _texts(first: str, second: str) -> Comparison:
    a, b = fold_text(first), fold_text(second)
    if a == b:
        return NORMALISED
    a, b = fold_variants(a), fold_variants(b)
    return variant(Why.SPELLING) if a == b else likeness(a, b)


def _closed_set(canonical: Callable[[str], str], members: Sequence[str]) -> Callable[[str, str], Comparison]:
    def comparer(first: str, second: str) -> Comparison:
        a, b = canonical(first), canonical(second)
        if a == b:
            return NORMALISED
        edits = edits_between(a, b)
        # Two members are two values, however alike they look; a word outside of the set may be a misread member.
        misread = not (a in members and b in members) and bool(a and b) and explained(a, b, lost=0)
        return fuzzy(len(edits)) if misread else different(len(edits))

    return comparer


def _study_modes(first: str, second: str) -> Comparison:
    if fold_text(first) == fold_text(second):
        return NORMALISED
    a, b = levels.study_mode(first), levels.study_mode(second)
    if a and a == b:
        return NORMALISED
    # Words that do not decide full or part time (脱产, an unknown form) cannot contradict anything.
    return different(1) if a and b else fuzzy(1)


def _degrees(first: str, second: str) -> Comparison:
    a, b = levels.degree(first), levels.degree(second)
    if a == b:
        return NORMALISED
    (discipline_a, rank_a), (discipline_b, rank_b) = levels.degree_parts(a), levels.degree_parts(b)
    if rank_a and rank_a == rank_b:
        if discipline_a == discipline_b:
            return NORMALISED
        # 学士 alone says less than 管理学学士, not something else.
        if not discipline_a or not discipline_b:
            return variant(Why.PRECISION)
    return _texts(a, b)


def _ethnicities(first: str, second: str) -> Comparison:
    a, b = levels.ethnicity(first), levels.ethnicity(second)
    if a == b:
        return NORMALISED
    edits = edits_between(a, b)
    return fuzzy(len(edits)) if explained(a, b, lost=0) else different(len(edits))


def _duties(first: str, second: str) -> Comparison:
    return compare_duties(first.split("\n"), second.split("\n"))


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
    FieldKind.UNIT: units,
    FieldKind.SEAL: seals,
    FieldKind.OFFICE: offices,
    FieldKind.DATE: _dates,
    FieldKind.GRADUATION: _graduations,
    FieldKind.RESIDENT_NUMBER: _residents,
    FieldKind.CREDIT_CODE: _credit_codes,
    FieldKind.NUMBER: _numbers,
    FieldKind.GENDER: _closed_set(levels.gender, ("男", "女")),
    FieldKind.ETHNICITY: _ethnicities,
    FieldKind.EDUCATION_LEVEL: _closed_set(levels.education_level, levels.EDUCATION_LEVELS),
    FieldKind.STUDY_MODE: _study_modes,
    FieldKind.QUALIFICATION_LEVEL: _closed_set(levels.qualification_level, levels.QUALIFICATION_LEVELS),
    FieldKind.DEGREE: _degrees,
    FieldKind.TEXT: _texts,
    FieldKind.ADDRESS: addresses,
    FieldKind.DUTIES: _duties,
}
