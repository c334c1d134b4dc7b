"""Who is taken off the files (R33, R34), and what stays (R36).

This only says what would happen: the office decides and acts. Entries in the integrity archive (会计人员诚信档案) are
kept "for long"; neither notice says that cleaning up touches them, so every sentence about it says that they stay
(domain.md section 1.6 item 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from verify.filing.sentences import day_name, phrase, say
from verify.policy_model import CleanUpRule, Policy, Source
from verify.text.dates import years_after

# The day that R33 names; a rule of this form always has one.
_LAST_DAY_OF_YEAR = (12, 31)


class Fate(StrEnum):
    """What happens to a record; stored words, gravest first."""

    TAKEN_OFF = "taken_off"
    NOT_KNOWN = "not_known"
    KEPT = "kept"
    # The policy takes nobody off.
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class CleanUp:
    """What would happen to a record on a day.

    Attributes:
        fate: What happens.
        action: `clean_up` (清理) or `delete` (删除); empty where there is no rule.
        on: Day on which the record is or was due to be taken off if nothing is updated; None where none comes.
        why: Chinese sentence.
        source: Where the rule comes from.
    """

    fate: Fate
    action: str
    on: date | None
    why: str
    source: Source | None


def clean_up_on(
    day: date,
    *,
    last_update: date | None,
    confirmed_on: date | None,
    legacy: bool | None,
    policy: Policy,
) -> CleanUp:
    """What the policy does with a record on a day; of several rules the gravest result.

    Args:
        day: The day asked about.
        last_update: Last day on which anything of the person was updated, continuing education included; None when no
            date is on file.
        confirmed_on: Day on which a legacy person confirmed the data; None when they never did.
        legacy: Whether it is a legacy person (原有会计人员); None when that is not known.
        policy: The rules in force.
    """
    results = [
        _by_idle_years(day, last_update, rule)
        if rule.not_confirmed_by is None
        else _by_confirmation(day, confirmed_on, legacy, rule, rule.not_confirmed_by)
        for rule in policy.collection.clean_up
    ]
    if not results:
        return CleanUp(Fate.NO_RULE, "", None, say("clean-up-silent"), None)
    return min(results, key=lambda result: (list(Fate).index(result.fate), result.on or date.max))


def _by_idle_years(day: date, last_update: date | None, rule: CleanUpRule) -> CleanUp:
    """R33: on one day of every year, persons without any update for full years."""
    years = rule.years_without_update or 0
    if last_update is None:
        why = say("clean-up-open", rule.source, years=str(years))
        return CleanUp(Fate.NOT_KNOWN, rule.action, None, why, rule.source)
    on = _next_date(years_after(last_update, years), rule.month_day)
    words = {"last": day_name(last_update), "on": day_name(on)}
    if day < on:
        return CleanUp(Fate.KEPT, rule.action, on, say("clean-up-later", rule.source, **words), rule.source)
    words |= {"years": str(years), "integrity": phrase("integrity")}
    return CleanUp(Fate.TAKEN_OFF, rule.action, on, say("clean-up-now", rule.source, **words), rule.source)


def _next_date(last_day: date, month_day: tuple[int, int] | None) -> date:
    """First clean-up after the last day of the years.

    The period ends with the end of its last day (民法典 art. 201 to 203): an update on that day still counts, so a
    clean-up on the very day comes too early.
    """
    month, day = month_day or _LAST_DAY_OF_YEAR
    this_year = date(last_day.year, month, day)
    return this_year if last_day < this_year else this_year.replace(year=last_day.year + 1)


def _by_confirmation(
    day: date, confirmed_on: date | None, legacy: bool | None, rule: CleanUpRule, limit: date
) -> CleanUp:
    """R34: legacy persons who did not confirm their data until the end of a day."""
    source, action = rule.source, rule.action
    if confirmed_on is not None and confirmed_on <= min(limit, day):
        why = say("delete-confirmed", source, confirmed=day_name(confirmed_on))
        return CleanUp(Fate.KEPT, action, None, why, source)
    if legacy is None:
        return CleanUp(Fate.NOT_KNOWN, action, None, say("delete-open", source), source)
    if not legacy:
        return CleanUp(Fate.KEPT, action, None, say("delete-not-concerned", source), source)
    words = {"limit": day_name(limit)}
    if day <= limit:
        return CleanUp(Fate.KEPT, action, limit + timedelta(days=1), say("delete-later", source, **words), source)
    why = say("delete-now", source, integrity=phrase("integrity"), **words)
    return CleanUp(Fate.TAKEN_OFF, action, limit + timedelta(days=1), why, source)
