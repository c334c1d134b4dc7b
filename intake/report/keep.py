"""Chooses which cases get a card: the worst ones, in bounded memory, while a batch of any size goes by."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any


class WorstCases:
    """Keeps the `limit` records that need a person most: lowest score first, then by name.

    Args:
        limit: How many to keep; 0 keeps none.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # The best of the kept ones is on top of the heap, ready to be pushed out by a worse one.
        self._heap: list[_Item] = []
        self._turn = 0

    def offer(self, record: Mapping[str, Any]) -> str | None:
        """Takes a record in if it is bad enough.

        Returns:
            The name of the case that lost its card by this (possibly the offered one), or None.
        """
        name = str(record["case"])
        if self._limit <= 0:
            return name
        # heapq pops the smallest: the best score goes first, so scores go in negated. The turn settles equal names.
        self._turn += 1
        item = (-int(record.get("score") or 0), _Backwards(name), self._turn, record)
        if len(self._heap) < self._limit:
            heapq.heappush(self._heap, item)
            return None
        return str(heapq.heappushpop(self._heap, item)[3]["case"])

    def records(self) -> list[Mapping[str, Any]]:
        """The kept records, worst first."""
        return [item[3] for item in sorted(self._heap, key=lambda item: (-item[0], item[1].text))]


class _Backwards:
    """Text that sorts from the end of the alphabet, so that ties keep the earlier name."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __lt__(self, other: _Backwards) -> bool:
        return self.text > other.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


_Item = tuple[int, _Backwards, int, Mapping[str, Any]]
