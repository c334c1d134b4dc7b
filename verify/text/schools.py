"""Schools by their five-digit code and by every name they have borne (domain.md sections 3.3 and 5.2)."""

from __future__ import annotations

from functools import cache

from verify.identifiers.certificates import parse_degree_number, parse_diploma_number
from verify.text.renames import Body, Register, load_register


@cache
def school_register() -> Register:
    """The table of schools, loaded once."""
    return load_register("schools.toml")


def school_of_code(code: str) -> Body | None:
    """The school with this five-digit code; None when the table does not hold it."""
    return _by_code().get(code)


def school_of_number(number: str) -> Body | None:
    """The school whose code a diploma's or degree's number begins with.

    Returns:
        None when the number has no school code (self-study, before 2001) or the table does not hold it: no evidence
        against anybody.
    """
    parsed = parse_diploma_number(number)
    return school_of_code(parsed.school_code or parse_degree_number(number).school_code)


@cache
def _by_code() -> dict[str, Body]:
    return {school.code: school for school in school_register().bodies if school.code}
