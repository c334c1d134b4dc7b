"""Parts 4 and 5: time and memory an image, and printed values in the text, for this service and its peers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.engine_process import EngineProcess
from bench.outcomes import CaseOutcome, PageOutcome
from bench.report import Floor, Part, Table, median, megabytes, percent, percentile_90
from fixtures.ageing import LEVELS

# Issue 2: peak memory of one worker.
MAX_WORKER_BYTES = 1_200_000_000
# Fields whose value stands on the paper as the truth file writes it. Dates are printed in many forms, and study mode,
# specialty and the like are codes for what is printed.
TEXT_FIELDS = frozenset(
    {
        "name",
        "ethnicity",
        "address",
        "id_number",
        "issuing_authority",
        "uscc",
        "finance_bureau",
        "school",
        "major",
        "degree",
        "certificate_number",
    }
)
# Values of one character stand somewhere on any page.
_MIN_CHARACTERS = 2
# The dot inside names of minorities has several code points that look the same.
_DOTS = str.maketrans(dict.fromkeys("•‧∙・･", "·"))


def peers_part(cases: Sequence[CaseOutcome], engines: Sequence[EngineProcess]) -> Part:
    """Tables, floors and figures; the first engine is this service."""
    pages = [page for case in cases for page in case.pages if page.kind != "photo"]
    photos = [page for case in cases for page in case.pages if page.kind == "photo"]
    names = [engine.name for engine in engines]
    tables = (
        Table("Time and memory an image, one thread", _COST_HEADER, tuple(_cost_rows(pages, engines))),
        Table("Median seconds an image, by kind", ("kind", "images", *names), tuple(_kind_rows(pages, photos, names))),
        Table("Printed value occurs in the text", ("", "values", *names), tuple(_text_rows(pages, names))),
    )
    figures = {name: _figures(pages, name) for name in names}
    return Part("peers", tables, tuple(_floors(pages, engines)), figures)


_COST_HEADER = (
    "engine",
    "images",
    "mean s",
    "median s",
    "90 % s",
    "ours/peer",
    "mean cpu s",
    "ours/peer",
    "median peak",
    "90 % peak",
    "peak of run",
    "start s",
    "faults",
)


def _cost_rows(pages: Sequence[PageOutcome], engines: Sequence[EngineProcess]) -> Iterator[tuple[str, ...]]:
    own, own_cpu_s = _mean(_seconds(pages, engines[0].name)), _mean(_cpu_s(pages, engines[0].name))
    for engine in engines:
        seconds = _seconds(pages, engine.name)
        peaks = [page.answers[engine.name].peak_bytes for page in pages]
        faults = sum("fault" in page.answers[engine.name].reply for page in pages)
        mean, cpu_s = _mean(seconds), _mean(_cpu_s(pages, engine.name))
        yield (
            engine.name,
            str(len(seconds)),
            f"{mean:.2f}",
            f"{median(seconds):.2f}",
            f"{percentile_90(seconds):.2f}",
            "-" if engine is engines[0] or not mean else f"{own / mean:.2f}",
            f"{cpu_s:.2f}",
            "-" if engine is engines[0] or not cpu_s else f"{own_cpu_s / cpu_s:.2f}",
            megabytes(median(peaks)),
            megabytes(percentile_90(peaks)),
            megabytes(engine.peak_bytes),
            f"{engine.load_s:.1f}",
            str(faults),
        )


def _kind_rows(
    pages: Sequence[PageOutcome], photos: Sequence[PageOutcome], names: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    for kind in dict.fromkeys(page.kind for page in pages):
        here = [page for page in pages if page.kind == kind]
        yield (kind, str(len(here)), *(f"{median(_seconds(here, name)):.2f}" for name in names))
    if photos:
        checked = f"{median(_seconds(photos, names[0])):.2f}"
        yield ("photo (checked, no text)", str(len(photos)), checked, *("-" for _ in names[1:]))


def _text_rows(pages: Sequence[PageOutcome], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    values = [(page, field, str(value)) for page in pages for field, value in _text_values(page)]
    groups = {
        **{level: [v for v in values if v[0].level == level] for level in LEVELS},
        **{field: [v for v in values if v[1] == field] for field in sorted(TEXT_FIELDS)},
        "all": values,
    }
    for group, members in groups.items():
        if members:
            shares = [
                percent(sum(occurs(v, p.answers[name].text) for p, _, v in members), len(members)) for name in names
            ]
            yield (group, str(len(members)), *shares)


def _text_values(page: PageOutcome) -> Iterator[tuple[str, Any]]:
    for field, value in page.truth["fields"].items():
        if field in TEXT_FIELDS and value and len(value) >= _MIN_CHARACTERS:
            yield field, value


def occurs(value: str, text: str) -> bool:
    """True when the text holds the value, spaces, widths and kinds of dot apart."""
    return _folded(value) in _folded(text)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_DOTS).split())


def _floors(pages: Sequence[PageOutcome], engines: Sequence[EngineProcess]) -> Iterator[Floor]:
    own = engines[0]
    measured = megabytes(own.peak_bytes)
    yield Floor("peak memory of a worker over the run", measured, "<= 1200 MB", own.peak_bytes <= MAX_WORKER_BYTES)
    for peer in engines[1:]:
        ours, theirs = _seconds(pages, own.name), _seconds(pages, peer.name)
        mean, middle = _mean(ours) / _mean(theirs), median(ours) / median(theirs)
        shown = f"mean {mean:.2f}, median {middle:.2f}"
        yield Floor(f"seconds an image, ours/{peer.name}", shown, "both < 1", mean < 1 and middle < 1)


def _seconds(pages: Sequence[PageOutcome], name: str) -> list[float]:
    return [page.answers[name].seconds for page in pages]


def _cpu_s(pages: Sequence[PageOutcome], name: str) -> list[float]:
    return [page.answers[name].cpu_s for page in pages]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _figures(pages: Sequence[PageOutcome], name: str) -> Mapping[str, Any]:
    values = [(page, value) for page in pages for _, value in _text_values(page)]
    seconds = _seconds(pages, name)
    peaks = [page.answers[name].peak_bytes for page in pages]
    return {
        "images": len(pages),
        "mean_s": _mean(seconds),
        "median_s": median(seconds),
        "percentile_90_s": percentile_90(seconds),
        "mean_cpu_s": _mean(_cpu_s(pages, name)),
        "median_peak_bytes": median(peaks),
        "peak_bytes": max(peaks, default=0),
        "values": len(values),
        "values_in_text": sum(occurs(value, page.answers[name].text) for page, value in values),
    }
