"""What was read of single documents, field by field, beside what is printed on them."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.engine_process import EngineProcess
from fixtures.ageing import LEVELS
from fixtures.specimens import DRAWERS, make_specimen

# Nobody looks at a document of this range or writes code against one (issue 4, "a seed range set aside"); every kind
# has a thousand seeds of its own in it.
RESERVED_SEEDS = range(910_000, 910_000 + 1_000 * 50)
_SEEDS_A_KIND = 1_000
EXACT, WRONG, UNREAD = "exact", "wrong", "unread"
# Measured apart, by their own floors.
SEAL_FIELDS = frozenset({"seal_present", "seal_text"})
# Counted by what a code says and by its own table: a code that cannot be resolved is told as such.
CODE_FIELDS = frozenset({"qr_code", "bar_code"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One engine's answer about one picture: wall seconds and the whole reply."""

    seconds: float
    cpu_s: float
    peak_bytes: int
    reply: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document.

    Attributes:
        group: Key of `DRAWERS`.
        level: Ageing level.
        seed: Its seed.
        truth: Kind, variant, fields, seals.
        answers: By engine name; peers were asked about some of the pictures only.
        crops: JPEG in base64 of every field that was not read as printed.
    """

    group: str
    level: str
    seed: int
    truth: Mapping[str, Any]
    answers: Mapping[str, Asked]
    crops: Mapping[str, str] = field(default_factory=dict)

    @property
    def reading(self) -> Mapping[str, Any]:
        """Our reading of the right kind, else the first one; empty when there is none."""
        readings: Sequence[Mapping[str, Any]] = self.answers["intake"].reply.get("readings") or ({},)
        return next((r for r in readings if r.get("kind") == self.truth["kind"]), readings[0])

    @property
    def kind_told(self) -> bool:
        """True when the first document found is of the right kind."""
        readings: Sequence[Mapping[str, Any]] = self.answers["intake"].reply.get("readings") or ({},)
        return bool(readings[0].get("kind") == self.truth["kind"])


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of one document.

    Attributes:
        sheet: The document.
        name: Field.
        truth: As printed, in the form a reader returns it; None for a field that is not printed and yet was read.
        read: Value; None when it was not read.
        confidence: 0..1; 0 for a field that was not read.
        box: Corners in fractions of the rendition, or None.
    """

    sheet: Sheet
    name: str
    truth: Any
    read: Any
    confidence: float
    box: Any = None

    @property
    def verdict(self) -> str:
        """EXACT, WRONG or UNREAD."""
        if _comparable(self.read) == _comparable(self.truth):
            return EXACT
        return UNREAD if self.read is None else WRONG


def field_rows(sheets: Sequence[Sheet]) -> list[FieldRow]:
    """All fields that are printed, and those that were read although they are not printed."""
    return [row for sheet in sheets for row in _rows_of(sheet)]


def _rows_of(sheet: Sheet) -> Iterator[FieldRow]:
    read = sheet.reading.get("fields", {})
    printed = sheet.truth["fields"]
    extra = {name: None for name, field in read.items() if name not in printed and field["value"] is not None}
    for name, truth in {**printed, **extra}.items():
        if name in CODE_FIELDS:
            continue
        found = read.get(name) or {"value": None, "confidence": 0.0, "box": None}
        confidence = found["confidence"] if found["value"] is not None else 0.0
        yield FieldRow(sheet, name, truth, found["value"], confidence, found["box"])


def _comparable(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, list | tuple) else value


def images_by_group(groups: Sequence[str], images: int) -> dict[str, int]:
    """How many documents of each group: a kind that is drawn by several groups shares its images among them."""
    kinds = [kind_of(group) for group in groups]
    return {group: -(-images // kinds.count(kind_of(group))) for group in groups}


def kind_of(group: str) -> str:
    """The material kind that a key of `DRAWERS` draws."""
    return group.removesuffix("_variants")


def run_sheets(
    groups: Sequence[str],
    *,
    images: int,
    seed_from: int,
    own: EngineProcess,
    peers: Sequence[EngineProcess],
    peer_every: int,
    folder: Path | None = None,
) -> list[Sheet]:
    """Draws every document, asks the engines about it in turns, and forgets it.

    Args:
        groups: Keys of `DRAWERS`.
        images: Documents a kind, dealt out over its groups and over the ageing levels.
        seed_from: First seed; each group takes a block of its own.
        own: This service.
        peers: Others, asked about every `peer_every`-th picture.
        peer_every: See `peers`.
        folder: Keeps the pictures there; None deletes them.
    """
    sheets: list[Sheet] = []
    counts = images_by_group(groups, images)
    total, started = sum(counts.values()), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-read-") as root:
        # The first picture of a process loads models and buffers; nobody's first picture counts.
        for group in list(counts)[:1]:
            _ask(group, LEVELS[0], seed_from - 1, Path(root), own, peers)
        # Kinds take turns, so that a run cut short has seen all of them and memory meets all of them early.
        for number in range(max(counts.values(), default=0)):
            for group in (group for group, count in counts.items() if number < count):
                block = list(DRAWERS).index(group) * _SEEDS_A_KIND
                asked = peers if len(sheets) % peer_every == 0 else ()
                level = LEVELS[number % len(LEVELS)]
                sheets.append(_ask(group, level, seed_from + block + number, Path(folder or root), own, asked))
            left_s = (time.monotonic() - started) / len(sheets) * (total - len(sheets))
            print(f"bench: {len(sheets)}/{total} pictures, {left_s / 60:.1f} min left", file=sys.stderr, flush=True)
    return sheets


def _ask(group: str, level: str, seed: int, root: Path, own: EngineProcess, peers: Sequence[EngineProcess]) -> Sheet:
    specimen = make_specimen(group, seed, level)
    file = root / f"{group}-{level}-{seed}.jpg"
    file.write_bytes(specimen.data)
    # Never always first or always last: the order of the engines changes from picture to picture.
    turn = seed % (len(peers) + 1)
    engines = [own, *peers]
    answers = {engine.name: _asked(engine.ask({"file": str(file)})) for engine in (*engines[turn:], *engines[:turn])}
    return _with_crops(Sheet(group, level, seed, specimen.truth, answers), own)


def _with_crops(sheet: Sheet, own: EngineProcess) -> Sheet:
    """The pieces of the picture that a person needs to see what went wrong."""
    wrong = [row for row in field_rows([sheet]) if row.verdict != EXACT]
    if not wrong or not sheet.reading:
        return sheet
    picture = sheet.reading.get("picture", 0)
    reply = own.ask({"crops": [{"picture": picture, "box": row.box} for row in wrong]})
    crops = reply.get("crops") or [""] * len(wrong)
    return replace(sheet, crops={row.name: crop for row, crop in zip(wrong, crops, strict=True)})


def _asked(reply: Mapping[str, Any]) -> Asked:
    return Asked(float(reply["seconds"]), float(reply["cpu_s"]), int(reply["peak_bytes"]), reply)
