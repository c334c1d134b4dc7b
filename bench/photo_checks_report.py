"""Tables and floors of the benchmark of the photo checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.photo_degradations import Degradation
from bench.report import Floor, Part, Table, percent

# What issue 3 asks to be caught without exception.
MUST_BE_CAUGHT = ("blur 2 px at", "blur 3 px at", "brightness x0.3", "sunglasses", "cut at", "294x413", "295x412",
                  "150x210", "two side by side", "face blurred out", "tilt")  # fmt: skip
# And the largest share of good portraits that a code may be wrong on.
MAX_FALSE_SHARE = 0.02
# True of an uncropped source: they are no false alarms, and are counted apart.
OF_THE_FRAME = frozenset({
    "photo-wrong-size", "photo-too-few-pixels", "photo-head-size", "photo-top-margin", "photo-eye-line",
    "photo-off-centre", "photo-background-not-white", "photo-background-not-uniform",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said about one picture.

    Attributes:
        portrait: Name of the portrait.
        path: `source`, `finished`, `maker` (the maker on the spoilt source) or `no face`.
        degradation: Name; empty for the good portrait.
        severe: Codes that refuse; for the maker, the codes it refused with.
        mild: Codes that only warn.
        measures: Of good portraits only.
    """

    portrait: str
    path: str
    degradation: str
    severe: tuple[str, ...]
    mild: tuple[str, ...]
    measures: Mapping[str, float]


def checks_part(answers: Sequence[Answer], degradations: Sequence[Degradation]) -> Part:
    """Tables, floors and figures."""
    good = [a for a in answers if not a.degradation and a.path != "no face"]
    tables = (_caught_table(answers, degradations), _false_table(good), _ranges(good))
    figures = {
        "portraits": len({a.portrait for a in good}),
        "caught": {
            d.name: {path: _share(_hits(answers, d, path)) for path in ("source", "finished", "maker")}
            for d in degradations
        },
        "false_alarms": {path: dict(_counted(good, path)) for path in ("source", "finished")},
        "no_face": [a.portrait for a in answers if a.path == "no face" and "photo-no-face" not in a.severe],
    }
    return Part("photo_checks", tables, _floors(answers, degradations, good), figures)


def _hits(answers: Sequence[Answer], degradation: Degradation, path: str) -> list[bool]:
    """For each picture, whether the right code was given; the maker only has to refuse what is severe."""
    asked = [a for a in answers if a.degradation == degradation.name and a.path == path]
    return [bool(set(degradation.codes).intersection(a.severe + a.mild)) for a in asked]


def _refusals(answers: Sequence[Answer], degradation: Degradation) -> list[bool]:
    return [bool(a.severe) for a in answers if a.degradation == degradation.name and a.path == "maker"]


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None


def _caught_table(answers: Sequence[Answer], degradations: Sequence[Degradation]) -> Table:
    rows = []
    for degradation in degradations:
        source, finished = (_hits(answers, degradation, path) for path in ("source", "finished"))
        refused = _refusals(answers, degradation)
        rows.append(
            (
                degradation.name,
                degradation.codes[0].removeprefix("photo-") + (" (warns)" if degradation.warning else ""),
                percent(sum(source), len(source)),
                percent(sum(finished), len(finished)),
                percent(sum(refused), len(refused)),
            )
        )
    header = ("spoilt by", "code", "source", "finished", "maker refuses")
    return Table("Caught with the right code", header, tuple(rows))


def _false_table(good: Sequence[Answer]) -> Table:
    rows = []
    for path in ("source", "finished"):
        asked = sum(a.path == path for a in good)
        for code, count in sorted(_counted(good, path).items(), key=lambda item: -item[1]):
            severe = sum(code in a.severe for a in good if a.path == path)
            kind = "of the frame" if code in OF_THE_FRAME else "said of the person"
            rows.append((path, code, kind, f"{count}/{asked}", str(severe)))
    return Table("Said about good portraits", ("path", "code", "", "pictures", "refused"), tuple(rows))


def _counted(good: Sequence[Answer], path: str) -> Counter[str]:
    return Counter(code for a in good if a.path == path for code in {*a.severe, *a.mild})


def _ranges(good: Sequence[Answer]) -> Table:
    names = sorted({name for a in good for name in a.measures})
    rows = []
    for name in names:
        values = [a.measures[name] for a in good if name in a.measures]
        low, middle, high = np.percentile(values, (1, 50, 99))
        rows.append((name, f"{low:.3f}", f"{middle:.3f}", f"{high:.3f}"))
    return Table("Measures of good portraits", ("measure", "p1", "p50", "p99"), tuple(rows))


def _floors(
    answers: Sequence[Answer], degradations: Sequence[Degradation], good: Sequence[Answer]
) -> tuple[Floor, ...]:
    floors = []
    for degradation in degradations:
        if not degradation.name.startswith(MUST_BE_CAUGHT):
            continue
        hits = [hit for path in ("source", "finished") for hit in _hits(answers, degradation, path)]
        refused = _refusals(answers, degradation)
        floors.append(Floor(f"caught: {degradation.name}", percent(sum(hits), len(hits)), "100 %", all(hits)))
        floors.append(Floor("  made of it: nothing", percent(sum(refused), len(refused)), "100 %", all(refused)))
    faceless = ["photo-no-face" in a.severe for a in answers if a.path == "no face"]
    floors.append(
        Floor("caught: pictures without a face", percent(sum(faceless), len(faceless)), "100 %", all(faceless))
    )
    worst, code = max(((count, code) for code, count in _about_people(good).items()), default=(0, "none"))
    floors.append(
        Floor(
            f"most frequent false alarm ({code})",
            percent(worst, len(good)),
            "<= 2 %",
            worst <= MAX_FALSE_SHARE * len(good),
        )
    )
    wrong = sum(bool(set(a.severe) - OF_THE_FRAME) for a in good)
    floors.append(
        Floor("good portraits refused", percent(wrong, len(good)), "<= 2 %", wrong <= MAX_FALSE_SHARE * len(good))
    )
    return tuple(floors)


def _about_people(good: Sequence[Answer]) -> Counter[str]:
    return Counter(code for a in good for code in {*a.severe, *a.mild} - OF_THE_FRAME)
