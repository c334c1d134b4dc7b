"""Verifies every recorded person as they are and with each planted error, and tells how the errors showed up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from bench.engine_intake import CHECKED_ON, POLICY
from bench.planting import Error, Planted, Submission, typed_errors
from bench.planting_readings import placed, reading_errors
from bench.planting_rules import rule_errors
from bench.planting_uploads import upload_errors
from bench.verify_store import Recorded
from fixtures.chance import stream
from intake.judge import judge_with
from intake.record import case_record
from intake.rules import open_policy
from intake.toolbox import Judge
from verify.model import Band, Finding, Level, Material, Verdict

# In which way an error showed up, the strongest first. A `request` asks somebody to look at the place, because it was
# not read; `before` means that the same finding stood there before the error was planted.
ACCUSED, WARNED, REQUEST, BEFORE, MISSED = "mismatch or block", "warning", "asked to look", "only as before", "missed"
WAYS = (ACCUSED, WARNED, REQUEST, BEFORE, MISSED)
FOUND = frozenset({ACCUSED, WARNED, REQUEST})
_ACCUSING = frozenset({Level.MISMATCH, Level.BLOCK})
# Warnings that say that a place could not be read, and nothing about its value.
_UNREAD_CODES = frozenset({"field-unread"})


@dataclass(frozen=True, slots=True)
class Clean:
    """An honest person.

    Attributes:
        seed: The person's seed.
        level: Ageing level.
        circumstance: See `bench.verify_persons`.
        score: 0..100.
        band: Which pile.
        seconds: Wall time of everything but reading: rules, score and record.
        accusations: One line for every mismatch and block.
        warnings: Codes of the warnings.
    """

    seed: int
    level: str
    circumstance: str
    score: int
    band: Band
    seconds: float
    accusations: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def accused(self) -> bool:
        """True when something was held against the person."""
        return bool(self.accusations)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One planted error.

    Attributes:
        error: Its name.
        group: Its group.
        seed: The person's seed.
        level: Ageing level.
        way: One of `WAYS`.
        score: 0..100.
        band: Which pile the submission landed on.
        seconds: As in `Clean`.
        place: Fields and materials that were planted, for the list of misses.
    """

    error: str
    group: str
    seed: int
    level: str
    way: str
    score: int
    band: Band
    seconds: float
    place: str

    @property
    def found(self) -> bool:
        """True when a finding names the place."""
        return self.way in FOUND


def all_errors() -> tuple[Error[Material], ...]:
    """Every kind of error that can be planted on recordings."""
    return (*typed_errors(), *reading_errors(), *rule_errors(), *upload_errors())


def submission_of(person: Recorded) -> Submission[Material]:
    """The person as planting sees them."""
    return Submission(person.seed, person.entered, person.materials, person.printed)


def run_persons(
    persons: Sequence[Recorded],
    errors: Sequence[Error[Material]],
    *,
    report: Callable[[int, int], None] = lambda *_: None,
) -> tuple[list[Clean], list[Outcome]]:
    """Verifies each person without and with every error that is possible for them.

    Args:
        persons: Recorded ones; the others are donors of foreign papers.
        errors: What to plant, one at a time.
        report: Told how many persons are done, of how many.
    """
    submissions = [submission_of(person) for person in persons]
    cleans: list[Clean] = []
    outcomes: list[Outcome] = []
    # The first case loads tables and converters; nobody's first case counts.
    if persons:
        verify(persons[0].entered, persons[0].materials, CHECKED_ON)
    for number, (person, submission) in enumerate(zip(persons, submissions, strict=True), start=1):
        verdict, seconds = verify(person.entered, person.materials, CHECKED_ON)
        cleans.append(clean_of(person.seed, person.level, person.circumstance, verdict, seconds))
        before = {finding_key(finding) for finding in verdict.findings}
        for error in errors:
            chance = stream(person.seed, "planting", error.name)
            planted = error.plant(submission, submissions, chance)
            if planted is not None:
                found, spent = verify(planted.entered, placed(planted.uploads), planted.today or CHECKED_ON)
                outcomes.append(outcome_of(error, planted, found, before, person.seed, person.level, spent))
        report(number, len(persons))
    return cleans, outcomes


def verify(entered: Mapping[str, Any], materials: Mapping[str, Material], today: date) -> tuple[Verdict, float]:
    """The verdict, and the seconds that rules, score and record took."""
    judge = _judge(today)
    started = time.perf_counter()
    verdict = judge(entered, materials, ())
    case_record("person", verdict)
    return verdict, time.perf_counter() - started


@cache
def _judge(today: date) -> Judge:
    return judge_with(open_policy(POLICY).policy, today=today)


def clean_of(seed: int, level: str, circumstance: str, verdict: Verdict, seconds: float) -> Clean:
    """The outcome of an honest person."""
    return Clean(
        seed=seed,
        level=level,
        circumstance=circumstance,
        score=verdict.score,
        band=verdict.band,
        seconds=seconds,
        accusations=tuple(_line(finding) for finding in verdict.findings if finding.level in _ACCUSING),
        warnings=tuple(finding.code for finding in verdict.findings if finding.level is Level.WARN),
    )


def outcome_of(
    error: Error[Any], planted: Planted[Any], verdict: Verdict, before: set[tuple[Any, ...]], seed: int, level: str,
    seconds: float,
) -> Outcome:  # fmt: skip
    """The outcome of one planted error; `before` holds the keys of what was found without it."""
    return Outcome(
        error=error.name,
        group=error.group,
        seed=seed,
        level=level,
        way=way_found(planted, verdict.findings, before),
        score=verdict.score,
        band=verdict.band,
        seconds=seconds,
        place=", ".join(sorted({*planted.fields, *planted.materials})),
    )


def way_found(planted: Planted[Any], findings: Iterable[Finding], before: set[tuple[Any, ...]]) -> str:
    """The strongest way in which a planted error shows up.

    A finding names it when it is more than a note, and its field or its material is one that the error touches.
    """
    named = [
        finding
        for finding in findings
        if finding.level is not Level.INFO
        and (finding.field in planted.fields or finding.material in planted.materials)
    ]
    new = [finding for finding in named if finding_key(finding) not in before]
    if any(finding.level in _ACCUSING for finding in new):
        return ACCUSED
    if any(finding.code not in _UNREAD_CODES for finding in new):
        return WARNED
    if new:
        return REQUEST
    return BEFORE if named else MISSED


def finding_key(finding: Finding) -> tuple[Any, ...]:
    """What makes two findings the same one."""
    return (finding.code, finding.level, finding.field, finding.material, finding.entered, finding.read)


def misses(cleans: Sequence[Clean], outcomes: Sequence[Outcome]) -> Iterator[str]:
    """One line for every error that was not found or passed, and every accusation; never for reserved seeds."""
    for clean in cleans:
        for line in clean.accusations:
            yield f"{clean.level} {clean.seed} {clean.circumstance}: accused, {line}"
    for outcome in outcomes:
        if not outcome.found:
            yield f"{outcome.level} {outcome.seed} {outcome.error}: {outcome.way} ({outcome.place})"
        if outcome.band is Band.LIKELY_PASS:
            yield f"{outcome.level} {outcome.seed} {outcome.error}: likely_pass at {outcome.score}, {outcome.way}"


def _line(finding: Finding) -> str:
    place = f"{finding.material or '-'} {finding.field or '-'}"
    return f"{finding.code} {place}, typed {finding.entered!r}, read {finding.read!r}, {finding.confidence:.2f}"
