"""Reads single files for `intake read`: bytes to rendition to fields, with the next file decoded meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from imaging.errors import ImageRefused
from imaging.model import Defect, Rendition
from imaging.photo.standards import ONE_INCH
from imaging.photo.weights import PhotoModelError
from imaging.scanned import DEFAULT_FORMATS
from intake.case_folder import read_regular
from intake.documents import documents_on
from intake.parts import Parts
from ocr.errors import ModelUnusable
from ocr.model import Kind, Reading


@dataclass(frozen=True, slots=True)
class FileReading:
    """What was read from one file.

    Attributes:
        path: As it was given.
        readings: One a document; empty when the file was refused or is a photo.
        defects: What is wrong with the file or the page as a whole.
    """

    path: Path
    readings: tuple[Reading, ...] = ()
    defects: tuple[Defect, ...] = ()

    @property
    def refused(self) -> bool:
        """True when something about the file cannot be used as it is."""
        return any(d.severe for d in (*self.defects, *(d for r in self.readings for d in r.defects)))


def read_files(
    paths: Sequence[Path], parts: Parts, *, kind: Kind | None = None, formats: tuple[str, ...] = DEFAULT_FORMATS
) -> Iterator[FileReading]:
    """Reads files in order; `formats` are those that the policy lets in.

    Decoding happens in a child process, so one thread here only waits for it: the first image is decoded while the
    engine is being imported, and each further one while its predecessor is read.
    """
    with ThreadPoolExecutor(max_workers=1) as ahead:
        waiting: list[Future[Rendition | Defect]] = []
        for index, path in enumerate(paths):
            if not waiting:
                waiting.append(ahead.submit(open_image, path, parts, formats))
            if kind is not Kind.PHOTO:
                # Import and load while the decoder works.
                _ = parts.engine
            opened = waiting.pop().result()
            if index + 1 < len(paths):
                waiting.append(ahead.submit(open_image, paths[index + 1], parts, formats))
            yield _read_opened(path, opened, parts, kind)


def open_image(path: Path, parts: Parts, formats: tuple[str, ...] = DEFAULT_FORMATS) -> Rendition | Defect:
    """Reads and decodes one file; a refusal comes back as a severe defect."""
    data = read_regular(path, follow_links=True)
    if isinstance(data, Defect):
        return data
    try:
        return parts.decoder.decode(data, formats=formats)
    except ImageRefused as refusal:
        return refusal_defect(refusal)


def refusal_defect(refusal: ImageRefused) -> Defect:
    """The refusal as a value."""
    return Defect(refusal.code, measured=refusal.measured, limit=refusal.limit, severe=True, detail=refusal.detail)


def _read_opened(path: Path, opened: Rendition | Defect, parts: Parts, kind: Kind | None) -> FileReading:
    if isinstance(opened, Defect):
        return FileReading(path, defects=(opened,))
    try:
        if kind is Kind.PHOTO:
            report = parts.check_photo(opened, ONE_INCH, source_bytes=None)
            return FileReading(path, (Reading(Kind.PHOTO, 1.0),), report.defects)
        page = parts.read(opened, kind)
    except (ModelUnusable, PhotoModelError, ImportError):
        raise
    except Exception:
        # The runner of the reading stage: what a native library raises stays with this file.
        return FileReading(path, defects=(Defect("engine-failed", severe=True),))
    found = documents_on(page, wanted=kind)
    return FileReading(path, found.readings, (*opened.defects, *found.defects))
