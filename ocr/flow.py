"""A page's text as one string that remembers where every character stands.

Readers look for labels, sentences and number formats in the string; whatever they find can be placed back on the
page. So no reader needs to know coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imaging.geometry import Quad, enclosing
from ocr.model import Field, FieldValue, Line
from ocr.reading_order import Row

# Stands between two lines of one row and between two rows.
PIECE = " "
ROW = "\n"


# A repaired number is a guess with a proof of 10 in 11 (MOD 11-2) or 30 in 31, a year whose zeros were put back one
# without any: never surer than this, and so never taken for granted (verify warns below 0.9).
REPAIRED_CONFIDENCE = 0.85


@dataclass(frozen=True, slots=True)
class _Origin:
    line: Line
    index: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Text of a page in reading order.

    Attributes:
        text: All rows joined by line feeds; pieces of a row joined by spaces.
        origins: For every character of `text` where it came from; None for separators.
    """

    text: str
    origins: tuple[_Origin | None, ...]

    @staticmethod
    def of(rows: Sequence[Row]) -> Flow:
        """Builds the flow of a page's rows."""
        text: list[str] = []
        origins: list[_Origin | None] = []
        for row_number, row in enumerate(rows):
            if row_number:
                text.append(ROW)
                origins.append(None)
            for piece_number, line in enumerate(row.lines):
                if piece_number:
                    text.append(PIECE)
                    origins.append(None)
                text.extend(line.text)
                origins.extend(_Origin(line, i) for i in range(len(line.text)))
        return Flow("".join(text), tuple(origins))

    def squeezed(self) -> Flow:
        """The same flow without spaces and line feeds: Chinese sentences wrap anywhere."""
        kept = [i for i, char in enumerate(self.text) if not char.isspace()]
        return Flow("".join(self.text[i] for i in kept), tuple(self.origins[i] for i in kept))

    def same_line_end(self, start: int, end: int) -> int:
        """Where the line that holds character `start` ends, at most `end`.

        Text of two columns stands side by side without a gap in some flows; a number must not run on into the next.
        """
        first = self.origins[start]
        for at in range(start, end):
            origin = self.origins[at]
            if first is None or origin is None or origin.line is not first.line:
                return at
        return end

    def box(self, start: int, end: int) -> Quad | None:
        """The place of characters `start` to `end` (exclusive); None when none of them has a place."""
        return enclosing(quad for quad in self._quads(start, end))

    def confidence(self, start: int, end: int) -> float:
        """The lowest character score in the range: a value is as doubtful as its worst character."""
        scores = [
            origin.line.char_confidences[origin.index]
            if origin.index < len(origin.line.char_confidences)
            else origin.line.confidence
            for origin in self.origins[start:end]
            if origin is not None
        ]
        return min(scores) if scores else 0.0

    def rivals(self, start: int, end: int) -> tuple[str, ...]:
        """For every character of the range the engine's second choice; an empty text where none came into question."""
        return tuple(
            origin.line.char_rivals[origin.index]
            if origin is not None and origin.index < len(origin.line.char_rivals)
            else ""
            for origin in self.origins[start:end]
        )

    def field(self, start: int, end: int, value: FieldValue, *, repaired: bool = False) -> Field:
        """A field made of the characters `start` to `end`; a repaired value is never surer than its repair."""
        raw = self.text[start:end].strip()
        most = REPAIRED_CONFIDENCE if repaired else 1.0
        return Field(value, min(most, self.confidence(start, end)), self.box(start, end), raw, repaired)

    def _quads(self, start: int, end: int) -> list[Quad]:
        """One quad a line touched by the range."""
        runs: list[tuple[Line, int, int]] = []
        for origin in self.origins[start:end]:
            if origin is None:
                continue
            if runs and runs[-1][0] is origin.line:
                line, first, _ = runs[-1]
                runs[-1] = (line, first, origin.index)
            else:
                runs.append((origin.line, origin.index, origin.index))
        return [_part(line, first, last) for line, first, last in runs]


def _part(line: Line, first: int, last: int) -> Quad:
    if line.char_spans and last < len(line.char_spans):
        return line.box.between(line.char_spans[first][0], line.char_spans[last][1])
    length = max(1, len(line.text))
    return line.box.between(first / length, (last + 1) / length)
