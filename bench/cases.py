"""The cases that are measured: a seed range of its own, dealt out over the ageing levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fixtures.ageing import LEVELS
from fixtures.cases import Case, make_case

# Nobody looks at a case of this range or writes code against one; only totals over it are printed (issue 2).
RESERVED_SEEDS = range(900_000, 900_040)
# Two slips a person on average: enough planted differences for a share, and most fields still free of them.
DIFFERENCES_PER_CASE = 2.0


@dataclass(frozen=True, slots=True)
class Deal:
    """Which cases to make.

    Attributes:
        seed_from: First seed.
        per_level: Cases for each ageing level; levels take turns in blocks of this size.
    """

    seed_from: int = RESERVED_SEEDS.start
    per_level: int = len(RESERVED_SEEDS) // len(LEVELS)

    @property
    def seeds(self) -> range:
        """All seeds used."""
        return range(self.seed_from, self.seed_from + self.per_level * len(LEVELS))

    @property
    def touches_reserved(self) -> bool:
        """True when some seed is of the reserved range."""
        return self.seeds.start < RESERVED_SEEDS.stop and RESERVED_SEEDS.start < self.seeds.stop

    def cases(self) -> Iterator[Case]:
        """Makes the cases one after the other, levels mixed so that a run cut short has seen all of them."""
        for row in range(self.per_level):
            for column, level in enumerate(LEVELS):
                seed = self.seed_from + column * self.per_level + row
                yield make_case(seed, ageing=level, differences=DIFFERENCES_PER_CASE)
