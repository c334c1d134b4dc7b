"""Kills processes at random, with SIGKILL, and counts whom."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from tests.chaos.processes import Role, kill
from tests.chaos.system import System

# How often each role is chosen while it is there; the two that promise and keep, most.
_WEIGHTS = {
    Role.API: 2, Role.WORKER: 5, Role.DELIVER: 2, Role.DECODER: 2, Role.CHECKER: 1, Role.SWEEPER: 1, Role.REDIS: 1,
}  # fmt: skip
# A run that finds nobody to kill for so long has a service that does not come back.
_IDLE_S = 60
# Calls that are accepted between two kills, and how long they are waited for.
_ANSWERS_BETWEEN = 2
_MOST_PAUSE_S = 10.0


class Nemesis:
    """Kills until it has killed so many."""

    def __init__(
        self, system: System, answers: Callable[[], int], *, kills: int, pause_s: tuple[float, float], seed: int
    ) -> None:
        """Kills nobody yet.

        Args:
            system: Whose processes.
            answers: How many calls were accepted so far.
            kills: How many.
            pause_s: Between two, at least and at most.
            seed: Of the choice.
        """
        self._system = system
        self._answers = answers
        self._kills = kills
        self._pause_s = pause_s
        self._chance = random.Random(seed)
        self.killed: Counter[Role] = Counter()

    def rage(self, over: threading.Event) -> bool:
        """Kills; False when it was stopped, or found nobody, before it was done."""
        last = time.monotonic()
        while sum(self.killed.values()) < self._kills:
            if not self._let_live(over) or time.monotonic() - last > _IDLE_S:
                return False
            victims = self._system.victims()
            if not victims:
                continue
            roles = sorted({victim.role for victim in victims})
            role = self._chance.choices(roles, [_WEIGHTS[role] for role in roles])[0]
            victim = self._chance.choice([one for one in victims if one.role is role])
            if kill(victim.pid):
                self.killed[role] += 1
                last = time.monotonic()
                self._system.note_kill(victim)
        return True

    def _let_live(self, over: threading.Event) -> bool:
        """A random pause, and a longer one while nothing is accepted: what is at stake must be worth it."""
        wanted = self._answers() + _ANSWERS_BETWEEN
        deadline = time.monotonic() + _MOST_PAUSE_S
        while not over.wait(self._chance.uniform(*self._pause_s)):
            self._system.look()
            if self._answers() >= wanted or time.monotonic() > deadline:
                return True
        return False
