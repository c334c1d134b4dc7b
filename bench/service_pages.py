"""Pages that the service's benchmark uploads: the materials of an ordinary filing at all ageing levels."""

from __future__ import annotations

from dataclasses import dataclass

from fixtures.ageing import LEVELS
from fixtures.people import make_person
from fixtures.photos import take_photo
from fixtures.specimens import make_specimen
from ocr.model import Kind

_PHOTO = "photo"
# What an ordinary filing holds.
_GROUPS = ("id_card_front", "id_card_back", "diploma", "qualification_certificate", "work_certificate", _PHOTO)
# Neither the reserved seeds nor those that readers were developed on.
_FIRST_SEED = 520_000


@dataclass(frozen=True, slots=True)
class Page:
    """One upload.

    Attributes:
        kind: The slot's kind.
        level: Its ageing.
        data: The file.
    """

    kind: Kind
    level: str
    data: bytes


def draw_pages(count: int) -> list[Page]:
    """So many pages, kinds and levels in turns."""
    pages = []
    for number in range(count):
        group = _GROUPS[number % len(_GROUPS)]
        level = LEVELS[(number // len(_GROUPS) + number) % len(LEVELS)]
        pages.append(Page(Kind(group), level, _draw(group, _FIRST_SEED + number, level)))
    return pages


def _draw(group: str, seed: int, level: str) -> bytes:
    if group == _PHOTO:
        return take_photo(make_person(seed), level, seed=seed).data
    return make_specimen(group, seed, level).data


def another_file(data: bytes, mark: int) -> bytes:
    """The same picture as a file that was not sent before: a JPEG comment behind the first marker."""
    text = f"{mark:016d}".encode()
    return data[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + data[2:]
