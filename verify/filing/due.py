"""Which materials are due, how many, and why (domain.md section 1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocr.model import Kind
from verify.entered import Entered
from verify.filing.circumstances import Category, Circumstances, open_questions, possible_categories
from verify.filing.sentences import category_name, question_names, say
from verify.model import Level
from verify.policy_model import Policy, Requirement, Source
from verify.wording import kind_name

_CATEGORY_WORDS = frozenset(Category)


@dataclass(frozen=True, slots=True)
class Due:
    """One material, or one of several, that is due.

    Attributes:
        one_of: Kinds that serve; the first names the requirement.
        level: What its absence means.
        count: How many; 0 while it is not certain that any is due.
        certain: False when an answer is missing on which it hangs.
        why: Chinese sentence.
        source: Where the rule comes from.
    """

    one_of: tuple[Kind, ...]
    level: Level
    count: int
    certain: bool
    why: str
    source: Source


def materials_due(entered: Entered, circumstances: Circumstances, policy: Policy) -> tuple[Due, ...]:
    """Everything that the policy asks this person for, in the policy's order.

    Args:
        entered: The form: situations such as `on_duty` and `per_education` are those of its answers.
        circumstances: Who the person is, for requirements of one category.
        policy: The rules in force.

    Returns:
        What is due, and with `count` 0 what cannot be told yet; what is not asked for is left out.
    """
    found: list[Due] = []
    for place, row in enumerate(policy.required):
        if row.when in _CATEGORY_WORDS:
            # One material may be asked of several categories, a row for each: it is one requirement.
            if not any(_same(row, earlier) for earlier in policy.required[:place]):
                found.extend(_by_category(row, circumstances, policy))
        else:
            found.extend(_by_form(row, entered))
    return tuple(found)


def _by_form(row: Requirement, entered: Entered) -> Iterator[Due]:
    question, count = _asked(row.when, entered)
    names = _names(row)
    if count is None:
        why = say("due-open", row.source, questions=question_names((question,)), materials=names)
        yield Due(row.one_of, row.level, 0, False, why, row.source)
    elif count:
        words = {"materials": names} | ({"count": str(count)} if row.when.startswith("per_") else {})
        yield Due(row.one_of, row.level, count, True, say(f"due-{row.when}", row.source, **words), row.source)


def _asked(when: str, entered: Entered) -> tuple[str, int | None]:
    """Question of the form that a situation hangs on, and how many it asks for; None while it is not answered."""
    match when:
        case "always":
            return "", 1
        case "on_duty":
            return "on_duty", None if entered.work.on_duty is None else int(entered.work.on_duty)
        case "off_duty":
            return "on_duty", None if entered.work.on_duty is None else int(not entered.work.on_duty)
        case "per_education":
            return "", sum(1 for entry in entered.education if entry.level or entry.school or entry.certificate_number)
        case "per_degree":
            return "", sum(1 for entry in entered.education if entry.degree or entry.degree_number)
        case _:
            held = entered.qualification is not None
            return "qualified", int(held) if held or entered.usable else None


def _by_category(row: Requirement, circumstances: Circumstances, policy: Policy) -> Iterator[Due]:
    asked = {Category(other.when) for other in policy.required if _same(row, other)}
    possible = possible_categories(circumstances)
    names = _names(row)
    if possible <= asked:
        persons = "或".join(category_name(one) for one in sorted(possible))
        why = say("due-category", row.source, category=persons, materials=names)
        yield Due(row.one_of, row.level, 1, True, why, row.source)
    elif possible & asked:
        questions = question_names(open_questions(circumstances))
        why = say("due-open", row.source, questions=questions, materials=names)
        yield Due(row.one_of, row.level, 0, False, why, row.source)


def _same(row: Requirement, other: Requirement) -> bool:
    """True for rows that ask different categories for the same thing."""
    return other.when in _CATEGORY_WORDS and (other.one_of, other.level) == (row.one_of, row.level)


def _names(row: Requirement) -> str:
    return "或".join(kind_name(kind) for kind in row.one_of)
