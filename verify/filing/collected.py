"""Who must be collected (R1 to R5 and R8 of domain.md section 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verify.filing.circumstances import Category, Circumstances, open_questions, possible_categories
from verify.filing.sentences import category_name, question_names, say
from verify.policy_model import Policy, Source


class Answer(StrEnum):
    """What is known about one question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Collected:
    """Whether a person must be collected.

    Attributes:
        category: Who the person is; None while more than one category is possible.
        answer: Also known without the category when it is the same for all that are possible (R1: who holds a
            qualification is collected whether or not they work in accounting).
        why: Chinese sentence.
        source: Where the rule comes from; None where the notice is silent.
    """

    category: Category | None
    answer: Answer
    why: str
    source: Source | None


def must_be_collected(circumstances: Circumstances, policy: Policy) -> Collected:
    """Whether the policy wants this person's data. The notices name closed lists: who is not on them is not asked."""
    rules = {rule.category: rule for rule in policy.collection.categories}
    possible = sorted(possible_categories(circumstances))
    category = circumstances.category
    if not rules:
        return Collected(category, Answer.UNKNOWN, say("collected-silent"), None)
    wanted = {one: one in rules and rules[one].collected for one in possible}
    if len(set(wanted.values())) > 1:
        questions = question_names(open_questions(circumstances))
        return Collected(category, Answer.UNKNOWN, say("collected-open", questions=questions), None)
    rule = next((rules[one] for one in possible if one in rules), None)
    source = rule.source if rule is not None else None
    answer = Answer.YES if wanted[possible[0]] else Answer.NO
    names = "或".join(category_name(one) for one in possible)
    return Collected(category, answer, say(f"collected-{answer.value}", source, category=names), source)
