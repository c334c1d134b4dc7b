"""The score: 100 minus what the findings cost, every lost point on the finding that lost it.

One cause counts once: findings about the same field of the form, or about the same picture, share a cap. Weights are
the policy's. More or worse findings never raise the score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from verify.model import Band, Finding, Level, Match
from verify.policy_model import FULL_SCORE, ScoreRules

# Code of a field that no rule could compare, because it was not read.
UNREAD = "field-unread"
_ORDER = {Level.BLOCK: 0, Level.MISMATCH: 1, Level.WARN: 2, Level.INFO: 3}


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
    left = FULL_SCORE
    charged: list[Finding] = []
    for item in ordered:
        group = _group(item)
        cap = rules.warn_group_cap if item.level in (Level.WARN, Level.INFO) else rules.group_cap
        points = max(0, min(_weight(item, rules), cap - spent[group], left))
        spent[group] += points
        left -= points
        charged.append(replace(item, points_lost=float(points)))
    return left, _band(left, ordered, rules, confirmed), tuple(charged)


def _weight(item: Finding, rules: ScoreRules) -> int:
    if item.level is Level.WARN:
        usual = rules.by_warn_code.get(item.code, rules.by_level[Level.WARN])
        return max(usual, rules.different_warn) if item.match is Match.DIFFERENT else usual
    return rules.by_level[item.level]


def _group(item: Finding) -> tuple[str, str]:
    """The cause: a field of the form wherever it was read, else the picture, else the code itself."""
    if item.field is not None:
        return ("field", item.field)
    if item.material is not None:
        return ("material", item.material)
    return ("code", item.code)


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

    A difference that could not be proved is still a difference. A slip of the recogniser, or a field not read, does
    no harm where another document prints what was typed; where none does, somebody must look before it may pass.
    """
    if item.level is not Level.WARN:
        return False
    if item.match is Match.DIFFERENT:
        return True
    doubtful = item.match is Match.FUZZY or item.code == UNREAD
    return doubtful and item.field not in confirmed
