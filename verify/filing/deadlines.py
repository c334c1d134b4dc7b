"""By when a filing is due, and whether it is in time (R31, R32, R35), by 民法典 art. 201 to 203.

The notices say "within one month" and nothing about how a month is counted (domain.md section 1.6 item 7). Before the
code came into force in 2021 民法通则 art. 154 said the same.
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from verify.filing.calendar import Calendar
from verify.filing.circumstances import Circumstances
from verify.filing.sentences import day_name, phrase, say
from verify.filing.windows import WindowOn, WindowState, window_on
from verify.policy_model import DeadlineRule, Policy, Source

_MONTHS_A_YEAR = 12


class TimelinessStatus(StrEnum):
    """Whether a filing is in time; stored words. Late is a note for a reviewer, never a reason to refuse."""

    IN_TIME = "in_time"
    LATE = "late"
    NOT_KNOWN = "not_known"
    # 及时, or nothing at all: there is no day that a filing could miss.
    NO_LIMIT = "no_limit"


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day of a period.

    Attributes:
        day: After art. 203: no rest day, as far as the calendar knows.
        corresponding: After art. 202, before art. 203.
        certain: False when the calendar has no data for `day`: it may then only be later.
    """

    day: date
    corresponding: date
    certain: bool


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Whether a filing is in time.

    Attributes:
        status: The answer.
        why: Chinese sentence.
        source: Where the rule comes from; None where there is none.
        event: What the period runs from, of `policy_model.EVENTS`; None when none applies.
        last_day: Last day for filing; None where there is none. Without calendar data the earliest that it can be.
        days_late: Calendar days after the last day; 0 unless late.
        notes: Windows and what contradicts them, as Chinese sentences.
    """

    status: TimelinessStatus
    why: str
    source: Source | None
    event: str | None = None
    last_day: date | None = None
    days_late: int = 0
    notes: tuple[str, ...] = ()


def last_day(start: date, months: int, calendar: Calendar) -> LastDay:
    """The last day of a period of months.

    Art. 201: the day on which it starts is not counted. Art. 202: it ends on the corresponding day of the last month,
    or on that month's last day where there is none. Art. 203: when that is a rest day, on the day after the rest days.

    Args:
        start: Day of the event.
        months: At least 1.
        calendar: Holidays by their notices.

    Raises:
        ValueError: `months` is below 1, or the end lies beyond the year 9999.
    """
    if months < 1:
        raise ValueError(f"a period of {months} months has no last day")
    corresponding = _corresponding_day(start, months)
    day = corresponding
    while calendar.is_rest_day(day):
        day += timedelta(days=1)
    return LastDay(day, corresponding, certain=calendar.covers(day))


def filing_in_time(circumstances: Circumstances, policy: Policy, calendar: Calendar) -> Timeliness:
    """Whether the filing keeps the deadline of what happened or, where none applies, falls into a collection's window.

    A change that is filed counts before the start of the work; who is already on file is no new staff (R12, R13). A
    rule does not reach back: what happened before it was in force has no deadline by it.

    Args:
        circumstances: The person; `filed_on` is the day of the filing.
        policy: The rules in force on that day.
        calendar: Holidays by their notices.
    """
    event, start = _event(circumstances)
    rule = _rule_for(event, policy)
    window = window_on(circumstances.filed_on, policy) if circumstances.filed_on else None
    if rule is not None and rule.months is not None and start is not None and start >= _in_force_from(rule, policy):
        period = _Period(rule, rule.months, start, last_day(start, rule.months, calendar))
        return _measured(period, circumstances.filed_on, calendar, notes=_window_notes(window))
    question = _open_question(circumstances, policy)
    if question:
        return Timeliness(TimelinessStatus.NOT_KNOWN, say(question), None, event, notes=_window_notes(window))
    if event != "changed" and policy.collection.windows:
        return _by_window(window)
    return _without_limit(circumstances, rule, policy)


@dataclass(frozen=True, slots=True)
class _Period:
    """A period that runs: its rule and length, the day of the event, and the last day."""

    rule: DeadlineRule
    months: int
    start: date
    last: LastDay


def _event(circumstances: Circumstances) -> tuple[str | None, date | None]:
    """What is filed, of `policy_model.EVENTS`, and when it happened."""
    if circumstances.changed_on is not None:
        return "changed", circumstances.changed_on
    if circumstances.on_duty and not circumstances.legacy:
        return "started_work", circumstances.started_on
    return None, None


def _rule_for(event: str | None, policy: Policy) -> DeadlineRule | None:
    return next((rule for rule in policy.collection.deadlines if rule.event == event), None)


def _in_force_from(rule: DeadlineRule, policy: Policy) -> date:
    return rule.source.effective_from or policy.effective_from


def _open_question(circumstances: Circumstances, policy: Policy) -> str:
    """The sentence that asks for what a deadline hangs on; empty when nothing is missing."""
    rule = _rule_for("started_work", policy)
    known = circumstances.changed_on is not None or circumstances.legacy or circumstances.on_duty is False
    if known or rule is None or rule.months is None:
        return ""
    if circumstances.on_duty is None:
        return "duty-open"
    return "started-open" if circumstances.started_on is None else ""


def _measured(period: _Period, filed: date | None, calendar: Calendar, *, notes: tuple[str, ...]) -> Timeliness:
    """The answer where there is a last day."""
    last, source = period.last, period.rule.source
    key, status, days_late = "filed-open", TimelinessStatus.NOT_KNOWN, 0
    if filed is not None and filed <= last.day:
        key, status = "in-time" if last.certain else "in-time-any-year", TimelinessStatus.IN_TIME
    elif filed is not None and not last.certain:
        key = "year-open"
    elif filed is not None:
        days_late = (filed - last.day).days
        key, status = "late", TimelinessStatus.LATE
    words = {
        "start": day_name(period.start),
        "event": _event_name(period.rule.event),
        "months": str(period.months),
        "last": day_name(last.day),
        "corresponding": day_name(last.corresponding),
        "year": str(last.day.year),
        "law": _law(last, calendar),
        "filed": day_name(filed) if filed else "",
        "days": str(days_late),
    }
    return Timeliness(status, say(key, source, **words), source, period.rule.event, last.day, days_late, notes)


def _law(last: LastDay, calendar: Calendar) -> str:
    """How the last day was found."""
    notice = calendar.notices.get(last.corresponding.year)
    if last.day == last.corresponding or notice is None:
        return phrase("law-corresponding")
    return phrase("law-moved", corresponding=day_name(last.corresponding), notice=notice.cite())


def _by_window(window: WindowOn | None) -> Timeliness:
    if window is None:
        return Timeliness(TimelinessStatus.NOT_KNOWN, say("window-open"), None)
    # Whoever missed a window waits for the next one ("后续开放时间另行通知"); that is not late.
    status = TimelinessStatus.IN_TIME if window.state is WindowState.OPEN else TimelinessStatus.NOT_KNOWN
    return Timeliness(status, window.why, window.source, notes=window.notes)


def _without_limit(circumstances: Circumstances, rule: DeadlineRule | None, policy: Policy) -> Timeliness:
    """Why no day limits the filing."""
    event, start = _event(circumstances)
    if event is None:
        key = "on-file" if circumstances.legacy else "not-started" if circumstances.on_duty is False else "duty-unknown"
        return Timeliness(TimelinessStatus.NO_LIMIT, say(key), None)
    words = {"event": _event_name(event)}
    if rule is None:
        return Timeliness(TimelinessStatus.NO_LIMIT, say("no-deadline", None, **words), None, event)
    if rule.months is None or start is None:
        return Timeliness(TimelinessStatus.NO_LIMIT, say("promptly", rule.source, **words), rule.source, event)
    words |= {"start": day_name(start), "from": day_name(_in_force_from(rule, policy))}
    return Timeliness(TimelinessStatus.NO_LIMIT, say("before-rule", rule.source, **words), rule.source, event)


def _window_notes(window: WindowOn | None) -> tuple[str, ...]:
    """What to say about the windows beside a deadline: that the collection was closed, and what contradicts it."""
    if window is None:
        return ()
    closed = window.state not in (WindowState.OPEN, WindowState.NO_WINDOW)
    return (*((window.why,) if closed else ()), *window.notes)


def _event_name(event: str) -> str:
    return phrase(f"event-{event}")


def _corresponding_day(start: date, months: int) -> date:
    """The same day of the month `months` later; that month's last day when it has none (民法典 art. 202)."""
    count = start.month - 1 + months
    year, month = start.year + count // _MONTHS_A_YEAR, count % _MONTHS_A_YEAR + 1
    return date(year, month, min(start.day, gregorian.monthrange(year, month)[1]))
