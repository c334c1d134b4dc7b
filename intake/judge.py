"""Hands a case to the rules."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from intake.model import CaseNote
from intake.rules import word_defects
from intake.toolbox import Judge
from verify.entered import parse_entered
from verify.model import Finding, Material, Seen, Verdict
from verify.policy_model import Policy
from verify.verify import verify_case
from verify.warm_up import warm_up


def judge_with(policy: Policy, *, today: datetime.date) -> Judge:
    """A function that scores cases by one policy on one day; tables are loaded now and not with the first case."""
    warm_up()

    def judge(
        typed: Mapping[str, Any] | None,
        materials: Mapping[str, Material],
        notes: Sequence[CaseNote],
        seen: Mapping[str, tuple[Seen, ...]] = MappingProxyType({}),
        /,
    ) -> Verdict:
        entered, faults = parse_entered(typed)
        found = (*_worded(notes, policy), *faults)
        return verify_case(entered, found, materials, policy, today=today, seen_elsewhere=seen)

    return judge


def _worded(notes: Sequence[CaseNote], policy: Policy) -> tuple[Finding, ...]:
    return tuple(
        item
        for note in notes
        for item in word_defects([note.defect], slot=note.slot, file=note.file or "", policy=policy)
    )
