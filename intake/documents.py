"""The documents of one upload in the order in which its slot wants them, each with the picture its boxes refer to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imaging.model import Defect, Rendition
from ocr.model import Kind, Reading
from ocr.read import PageReading


@dataclass(frozen=True, slots=True, eq=False)
class Documents:
    """What one upload shows.

    Attributes:
        readings: One a document, that of the wanted kind first; `Reading.picture` is an index into `pictures`.
        defects: What is wrong with the upload as a whole. What is wrong with one of two pictures made from it stands
            with that picture's readings, because its boxes refer to that picture.
        pictures: The renditions; more than one only when the upload was parted (decision 0007).
    """

    readings: tuple[Reading, ...]
    defects: tuple[Defect, ...]
    pictures: tuple[Rendition, ...]


def documents_on(page: PageReading, *, wanted: Kind | None = None) -> Documents:
    """Puts the documents of a page in order.

    Args:
        page: From `ocr.read.read_page`.
        wanted: The kind that the slot asks for; None keeps the order in which they lie on the picture.
    """
    pages = sorted((page, *page.others), key=lambda one: not _shows(one, wanted))
    readings = [
        replace(reading, picture=number, defects=(*reading.defects, *(one.defects if page.others else ())))
        for number, one in enumerate(pages)
        for reading in sorted(one.readings, key=lambda r: wanted is not None and r.kind is not wanted)
    ]
    return Documents(tuple(readings), () if page.others else page.defects, tuple(one.rendition for one in pages))


def _shows(page: PageReading, wanted: Kind | None) -> bool:
    return wanted is None or any(reading.kind is wanted for reading in page.readings)
