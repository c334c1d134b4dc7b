"""The score: 100 minus what the findings cost, every lost point on the finding that lost it.

One cause counts once: findings about the same field of the form, or about the same picture, share a cap, and a finding
that is given twice is charged once. Weights are the policy's. More or worse findings never raise the score and never
better the band. docs/score.md gives the reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from verify.model import Band, Finding, Level, Match
from verify.policy_model import FULL_SCORE, ScoreRules
from verify.severity import SURE_OF_ONE_CHARACTER
from verify.wording import ALWAYS_OPEN, sentence_of

# Code of a field that no rule could compare, because it was not read.
UNREAD = "field-unread"
_ORDER = {Level.BLOCK: 0, Level.MISMATCH: 1, Level.WARN: 2, Level.INFO: 3}
# Classes of a warning that another document may settle: where one prints what was typed, the reading slipped.
_SETTLED_ELSEWHERE = frozenset({Match.FUZZY, Match.VARIANT})


def score_findings(
    findings: Iterable[Finding], rules: ScoreRules, *, confirmed: Collection[str] = frozenset()
) -> tuple[int, Band, tuple[Finding, ...]]:
    """Scores a set of findings.

    Args:
        findings: In any order.
        rules: Weights, caps and bands.
        confirmed: Paths into entered.json that some document prints as typed.

    Returns:
        The score, its band, and the findings worst first with `points_lost` set; those points add up to 100 - score.
    """
    ordered = sorted(findings, key=lambda f: (_ORDER[f.level], -_weight(f, rules)))
    spent: dict[tuple[str, str], int] = defaultdict(int)
    told: set[tuple[object, ...]] = set()
    left = FULL_SCORE
    charged: list[Finding] = []
    for item in ordered:
        group = _group(item)
        cap = rules.warn_group_cap if item.level in (Level.WARN, Level.INFO) else rules.group_cap
        points = 0 if _identity(item) in told else max(0, min(_weight(item, rules), cap - spent[group], left))
        told.add(_identity(item))
        spent[group] += points
        left -= points
        charged.append(replace(item, points_lost=float(points)))
    return left, _band(left, ordered, rules, confirmed), tuple(charged)


def _weight(item: Finding, rules: ScoreRules) -> int:
    if item.level is not Level.WARN:
        return rules.by_level[item.level]
    usual = rules.by_warn_code.get(item.code, rules.by_level[Level.WARN])
    if item.match is Match.DIFFERENT:
        usual = max(usual, rules.different_warn)
    # Whatever a pack says of one code, a warning lies between a note and a mismatch: else worse could cost less.
    return min(max(usual, rules.by_level[Level.INFO]), rules.by_level[Level.MISMATCH])


def _group(item: Finding) -> tuple[str, str]:
    """The cause: a field of the form wherever it was read, else the picture, else the code itself."""
    if item.field is not None:
        return ("field", item.field)
    if item.material is not None:
        return ("material", item.material)
    return ("code", item.code)


def _identity(item: Finding) -> tuple[object, ...]:
    """What makes two findings the same one: everything but how serious it is."""
    told = (item.code, item.field, item.material, item.picture, item.box, item.entered, item.read)
    return (*told, item.value, item.message)


def _band(score: int, findings: Sequence[Finding], rules: ScoreRules, confirmed: Collection[str]) -> Band:
    levels = {item.level for item in findings}
    if Level.BLOCK in levels or score < rules.likely_return_below:
        return Band.LIKELY_RETURN
    questions = any(_is_open(item, confirmed) for item in findings)
    if Level.MISMATCH in levels or questions or score < rules.likely_pass_from:
        return Band.NEEDS_REVIEW
    return Band.LIKELY_PASS


def _is_open(item: Finding, confirmed: Collection[str]) -> bool:
    """True for a warning that leaves open whether the form is right.

    A difference that could not be proved is still a difference. A slip of the recogniser, another spelling, or a field
    not read does no harm where another document prints what was typed; where none does, or where the reading is so
    sure that a slip is the less likely reason, somebody must look before it may pass. Which other warnings leave
    something open stands with their texts.
    """
    if item.level is not Level.WARN:
        return False
    if item.match is Match.DIFFERENT:
        return True
    if item.match in _SETTLED_ELSEWHERE and (item.confidence >= SURE_OF_ONE_CHARACTER or item.field not in confirmed):
        return True
    if item.code == UNREAD and item.field not in confirmed:
        return True
    needed = sentence_of(item.code).open
    return needed == ALWAYS_OPEN or (needed != "" and needed not in confirmed)
