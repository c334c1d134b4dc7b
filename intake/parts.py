"""Loads the heavy parts of a process, each when it is first needed and only once.

The decoder's child starts first: it imports its image library on its own while this process imports the engine. So
this module itself imports nothing that is heavy.
"""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from imaging.sandbox import Decoder

if TYPE_CHECKING:
    from imaging.model import Defect, Rendition
    from imaging.photo.model import PhotoReport
    from imaging.photo.standards import PhotoStandard
    from imaging.photo.weights import PhotoModels
    from ocr.engine import Engine
    from ocr.model import Kind
    from ocr.read import PageReading
    from ocr.settings import EngineSettings
    from verify.policy_model import Policy


class Parts:
    """Decoder, engine and photo models of one process. Use as a context manager."""

    def __init__(self, settings: EngineSettings | None = None) -> None:
        """Loads nothing yet.

        Args:
            settings: How the engine runs; None for the installed models on one thread of the processor.
        """
        self._settings = settings
        self.decoder = Decoder()

    def __enter__(self) -> Self:
        self.decoder.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.decoder.close()

    @cached_property
    def engine(self) -> Engine:
        """The OCR engine; the first use imports it and loads its models."""
        from ocr.guarded import GuardedEngine
        from ocr.paddle import PaddleEngine
        from ocr.settings import EngineSettings
        from ocr.weights import load_weights

        settings = self._settings or EngineSettings()
        return GuardedEngine(PaddleEngine(load_weights(settings.models), settings))

    @cached_property
    def photo_models(self) -> PhotoModels:
        """The photo tool's networks."""
        from imaging.photo.weights import load_photo_models

        return load_photo_models()

    def read(self, rendition: Rendition, kind: Kind | None = None) -> PageReading:
        """Reads the documents on a rendition, measures it and says what else it is.

        See `ocr.read.read_page`, `intake.page_check`, `intake.page_sort`.
        """
        from intake.memory import give_back_freed
        from intake.page_check import add_page_defects
        from intake.page_sort import add_sort_defects
        from ocr.read import read_page

        page = add_page_defects(read_page(rendition, self.engine, kind=kind), rendition.pixels)
        sorted_page = add_sort_defects(page, rendition.pixels, lambda: self.photo_models)
        give_back_freed()
        return sorted_page

    def check_photo(self, rendition: Rendition, standard: PhotoStandard, *, source_bytes: int | None) -> PhotoReport:
        """Checks a photo; see `imaging.photo.check.check_photo`."""
        from imaging.photo.check import check_photo

        return check_photo(
            rendition.pixels,
            self.photo_models,
            standard,
            source_bytes=source_bytes,
            source_format=rendition.source_format,
        )

    def defects_after_making(self, rendition: Rendition, report: PhotoReport, policy: Policy) -> tuple[Defect, ...]:
        """What still stands against an upload once a photo was made of it.

        An upload that a crop and a white background turn into a compliant photo is not refused: that is the work this
        service takes off the applicant. What remains are the faults of the picture itself.
        """
        from imaging.model import Defect
        from imaging.photo.made import Made
        from imaging.photo.make import make_photo
        from intake.rules import photo_standard

        made = make_photo(
            rendition.pixels,
            self.photo_models,
            photo_standard(policy),
            max_bytes=policy.photo.limits.written_bytes,
            background="whiten" if policy.photo.background == "white" else "keep",
        )
        if isinstance(made, Made) and made.report.acceptable:
            return (Defect("photo-will-be-made"), *made.report.defects)
        if isinstance(made, Made):
            return report.defects
        mild = tuple(d for d in report.defects if not d.severe)
        return (*made.defects, *mild)
