"""What clients were told and what was found afterwards, and what must agree between the two.

Written without knowledge of how the service stores anything: the naive variant is held against the same rules.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Call(StrEnum):
    """What a client asked for."""

    UPLOAD = "upload"
    FILING = "filing"
    REFILING = "refiling"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An answer that promised something.

    Attributes:
        call: What was asked for.
        key: The idempotency key.
        id: Of the material or submission.
        revision: Number of the filing; 0 for uploads.
    """

    call: Call
    key: str
    id: str
    revision: int


@dataclass
class History:
    """What the clients of one run noted; safe for their threads."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unequal: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    # Longest time in seconds that one call waited from its first try to its answer.
    longest_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note_acknowledged(self, call: Call, key: str, body: Mapping[str, Any], *, seconds: float) -> None:
        """A client was told that something is accepted."""
        revision = 0 if call is Call.UPLOAD else int(body["revision"])
        with self.lock:
            self.acknowledged.append(Acknowledged(call, key, str(body["id"]), revision))
            self.longest_s = max(self.longest_s, seconds)

    def note_unequal(self, key: str) -> None:
        """A second call with the same key and body got another answer."""
        with self.lock:
            self.unequal.append(key)

    def note_unexpected(self, what: str) -> None:
        """An answer that no client may get, whatever dies."""
        with self.lock:
            self.unexpected.append(what)

    def count(self, what: str) -> None:
        """Counts something for the report."""
        with self.lock:
            self.counts[what] += 1


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook as the receiver got it."""

    event_id: str
    submission_id: str
    revision: int
    event: str
    genuine: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the store when all is quiet.

    Attributes:
        materials: State by id.
        submissions: Newest revision and its state by id.
        scored: Submission and revision, one entry for every time that a verdict was written.
        ended: States in which nothing more happens by itself.
        broken: What else is wrong, in words.
    """

    materials: Mapping[str, str]
    submissions: Mapping[str, tuple[int, str]]
    scored: Sequence[tuple[str, int]]
    ended: frozenset[str]
    broken: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong; every field is empty after a good run.

    Attributes:
        lost: Acknowledged and not there, or there and never ended, or scored and never told.
        duplicated: There more often than it was asked for, judged twice, or told under two ids.
        unequal: Answers to equal calls that differ.
        unexpected: Answers that no client may get.
        broken: Faults of the store.
    """

    lost: Sequence[str]
    duplicated: Sequence[str]
    unequal: Sequence[str]
    unexpected: Sequence[str]
    broken: Sequence[str]

    @property
    def good(self) -> bool:
        """True when nothing is wrong."""
        return not any((self.lost, self.duplicated, self.unequal, self.unexpected, self.broken))


def judge(history: History, found: Found, told: Sequence[Told]) -> Judgement:
    """Compares what was promised with what is there."""
    return Judgement(
        lost=[*lost(history, found), *untold(history, found, told)],
        duplicated=[*_duplicated(history, found), *_told_twice(told)],
        unequal=[f"key {key}" for key in history.unequal],
        unexpected=list(history.unexpected),
        broken=[*found.broken, *(f"webhook {one.event_id} is not genuine" for one in told if not one.genuine)],
    )


def lost(history: History, found: Found) -> list[str]:
    """What was acknowledged and is not there, or is there and never ended."""
    faults = []
    for one in history.acknowledged:
        if one.call is Call.UPLOAD:
            if one.id not in found.materials:
                faults.append(f"material {one.id} is gone")
            elif found.materials[one.id] not in found.ended:
                faults.append(f"material {one.id} is stuck in {found.materials[one.id]}")
            continue
        newest, state = found.submissions.get(one.id, (0, "gone"))
        if newest < one.revision:
            faults.append(f"submission {one.id} lacks revision {one.revision}")
        elif state not in found.ended:
            faults.append(f"submission {one.id} is stuck in {state}")
    return faults


def untold(history: History, found: Found, told: Sequence[Told]) -> list[str]:
    """Submissions of ours that were scored and whose receiver never heard of it."""
    heard = {(one.submission_id, one.revision) for one in told}
    ours = {one.id for one in history.acknowledged if one.call is not Call.UPLOAD}
    silent = {pair for pair in found.scored if pair[0] in ours} - heard
    return [f"verdict of {submission} ({revision}) was never told" for submission, revision in sorted(silent)]


def _duplicated(history: History, found: Found) -> list[str]:
    faults = [
        f"{submission} ({revision}) was judged {times} times"
        for (submission, revision), times in Counter(found.scored).items()
        if times > 1
    ]
    asked = {call: {one.key for one in history.acknowledged if one.call is call} for call in Call}
    # A call whose answer was lost and that was given up may have left one row.
    spare = history.counts["given up"]
    for name, rows, keys in (
        ("materials", found.materials, asked[Call.UPLOAD]),
        ("submissions", found.submissions, asked[Call.FILING]),
    ):
        more = len(rows) - len(keys) - spare
        faults += [f"{name}: one more than was asked for"] * max(0, more)
    return faults


def _told_twice(told: Sequence[Told]) -> list[str]:
    ids: dict[tuple[str, int, str], set[str]] = {}
    for one in told:
        ids.setdefault((one.submission_id, one.revision, one.event), set()).add(one.event_id)
    return [f"{key[0]} ({key[1]}) was told under {len(some)} ids" for key, some in ids.items() if len(some) > 1]
