"""Finds characters that the recogniser dropped without a trace.

A character that is not among the network's 18,708 is left out, and the rest comes back with a score of 1.0 (ocr.md
5.3). The network itself hesitated there: between two characters nothing but the blank has a share, and where one was
dropped many others have a little each, 0.42 to 0.80 together. Of 10,907 gaps on ordinary pages of four kinds and levels
15 reach the limit below, nearly all in scraps and in lines under seals from which characters are missing indeed; of
667 values one was doubted, a name whose last character was gone with a score of 1.0 (measured 2026-11-27).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from imaging.geometry import Quad
from imaging.model import Defect
from ocr.model import TOLD_BY_PIXELS, Field, Line

# Share of the score that says that something stands in a gap; see above.
LEAST_SHARE = 0.3
# A value with a character missing is never surer than this: a person has to look (verify warns below 0.9).
MOST_CONFIDENCE = 0.5
# How far beyond a value's ends a gap still belongs to it, in widths of one of its characters: the gap is where the
# character was, so it begins at the end.
_SLACK = 0.6


def doubt_dropped(fields: Mapping[str, Field], lines: Sequence[Line]) -> tuple[dict[str, Field], tuple[Defect, ...]]:
    """Lowers the confidence of values from which a character was dropped, and says where.

    Args:
        fields: As read.
        lines: The page's lines.

    Returns:
        The fields, and one mild `character-unread` a place, with the share of the score as measured value.
    """
    gaps = tuple(_gaps(lines))
    found = dict(fields)
    defects = []
    for name, field in fields.items():
        if not isinstance(field.value, str) or field.box is None or name in TOLD_BY_PIXELS:
            continue
        own = [(share, place) for share, place in gaps if _lies_in(place, field.box)]
        if own:
            found[name] = replace(field, confidence=min(field.confidence, MOST_CONFIDENCE))
            defects += [Defect("character-unread", round(share, 3), LEAST_SHARE, box=place) for share, place in own]
    return found, tuple(_once(defects))


def _gaps(lines: Iterable[Line]) -> Iterator[tuple[float, Quad]]:
    """Every gap in which something stands: the share, and a place one character wide."""
    for line in lines:
        if len(line.char_gaps) != len(line.text) + 1 or len(line.char_spans) != len(line.text) or not line.text:
            continue
        width = sum(end - start for start, end in line.char_spans) / len(line.text)
        for at, share in enumerate(line.char_gaps):
            if share >= LEAST_SHARE:
                middle = line.char_spans[at][0] if at < len(line.text) else line.char_spans[-1][1]
                low, high = max(0.0, middle - width * _SLACK), min(1.0, middle + width * _SLACK)
                yield share, line.box.between(low, high)


def _lies_in(place: Quad, box: Quad) -> bool:
    """True when a gap touches a value's box in its own row."""
    beside = min(place.bottom, box.bottom) - max(place.top, box.top) > 0.5 * (place.bottom - place.top)
    return beside and min(place.right, box.right) - max(place.left, box.left) > 0


def _once(defects: Iterable[Defect]) -> Iterator[Defect]:
    """One place belongs to one value only: between two of them it is told once."""
    seen = set()
    for defect in defects:
        if defect.box not in seen:
            seen.add(defect.box)
            yield defect
