"""QR and bar codes on a page."""

from __future__ import annotations

from dataclasses import dataclass

from imaging.geometry import Quad


@dataclass(frozen=True, slots=True)
class Code:
    """One decoded code.

    Attributes:
        content: What it says.
        symbology: `qr` or `bar`.
        box: Place on the rendition.
    """

    content: str
    symbology: str
    box: Quad
