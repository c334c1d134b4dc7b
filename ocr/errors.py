"""Errors of the reading stage. A page that cannot be read is a defect; these are faults of the installation."""

from __future__ import annotations


class ModelUnusable(Exception):
    """A model file is missing, or its digest is not the one in the manifest.

    Attributes:
        path: The file concerned; a path of the installation, never of an upload.
    """

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(f"{reason}: {path}")
        self.path = path


class EngineFailed(Exception):
    """The engine raised while working on an image. Carries no text of the image."""
