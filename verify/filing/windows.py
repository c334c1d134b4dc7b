"""Days in which a collection was open (R35 of domain.md section 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from verify.filing.sentences import day_name, say
from verify.policy_model import FilingWindow, Policy, Source


class WindowState(StrEnum):
    """Where a day lies among the windows; stored words."""

    OPEN = "open"
    # Before the first, between two, after the last.
    NOT_YET = "not_yet"
    BETWEEN = "between"
    CLOSED = "closed"
    # The policy names no window: the collection is always open.
    NO_WINDOW = "no_window"


@dataclass(frozen=True, slots=True)
class WindowOn:
    """Whether the collection was open on a day.

    Attributes:
        state: Where the day lies.
        why: Chinese sentence; empty when there is no window.
        source: Where the window comes from; None when there is none.
        notes: What contradicts the windows, for a reviewer (province and city named different last days).
    """

    state: WindowState
    why: str = ""
    source: Source | None = None
    notes: tuple[str, ...] = ()


def window_on(day: date, policy: Policy) -> WindowOn:
    """Whether the collection was open on a day.

    Where notices contradict each other, the person gets the longer time.
    """
    windows = sorted(policy.collection.windows, key=lambda window: (window.first, window.last))
    if not windows:
        return WindowOn(WindowState.NO_WINDOW)
    notes = tuple(window.note for window in windows if window.note)
    filed = day_name(day)
    within = [window for window in windows if window.first <= day <= window.last]
    if within:
        chosen = max(within, key=lambda window: window.last)
        words = {"first": day_name(chosen.first), "last": day_name(chosen.last)}
        return WindowOn(WindowState.OPEN, say("in-window", chosen.source, filed=filed, **words), chosen.source, notes)
    return _outside(day, windows, notes)


def _outside(day: date, windows: list[FilingWindow], notes: tuple[str, ...]) -> WindowOn:
    filed = day_name(day)
    coming = next((window for window in windows if day < window.first), None)
    if coming is None:
        last = max(windows, key=lambda window: window.last)
        why = say("after-window", last.source, filed=filed, last=day_name(last.last))
        return WindowOn(WindowState.CLOSED, why, last.source, notes)
    state, key = (WindowState.NOT_YET, "before-window")
    if any(window.last < day for window in windows):
        state, key = (WindowState.BETWEEN, "between-windows")
    why = say(key, coming.source, filed=filed, first=day_name(coming.first))
    return WindowOn(state, why, coming.source, notes)
