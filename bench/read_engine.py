"""The reading stage as an engine: one file in, everything that was read of it out."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.child import Answer, serve

if TYPE_CHECKING:
    from imaging.geometry import Quad
    from imaging.model import Pixels
    from intake.documents import Documents
    from ocr.model import Field, Reading, Seal

# A crop shows the value with this much of the page around it, in heights of its box, and is at most so wide and high.
_ROOM = 0.8
_MOST_CROP_PX = (900, 220)
# A field without a place is shown as the whole page, this wide at most.
_PAGE_CROP_PX = (420, 420)


def load() -> Answer:
    """Decoder and engine, loaded before the first question."""
    from bench.process_tree import tree_bytes
    from imaging.model import Defect
    from intake.documents import documents_on
    from intake.memory import give_back_freed
    from intake.parts import Parts
    from intake.reading import open_image

    parts = Parts()
    parts.decoder.start()
    _ = parts.engine
    held: list[Documents] = []

    def answer(request: Mapping[str, Any]) -> dict[str, Any]:
        if "crops" in request:
            return {"crops": [_crop(held[0], part["picture"], part["box"]) for part in request["crops"]]}
        held.clear()
        # What is kept from the pages before, without the page that is about to be read and without what the last one
        # has just freed: pages differ by 30 MB, and their order would show as growth.
        give_back_freed()
        resident_bytes = tree_bytes(os.getpid())
        opened = open_image(Path(str(request["file"])), parts)
        if isinstance(opened, Defect):
            return {"readings": [], "defects": [opened.code], "resident_bytes": resident_bytes}
        found = documents_on(parts.read(opened))
        held.append(found)
        return {
            "readings": [_shown(reading) for reading in found.readings],
            "defects": [d.code for d in (*found.defects, *(d for r in found.readings for d in r.defects))],
            "resident_bytes": resident_bytes,
        }

    return answer


def _crop(found: Documents, picture: int, box: Sequence[Sequence[float]] | None) -> str:
    """A piece of a rendition as a JPEG in base64."""
    import cv2

    from imaging.geometry import Quad

    pixels = found.pictures[picture].pixels
    if box is not None:
        (a, b, c, d) = ((float(x), float(y)) for x, y in box)
        pixels = _piece(pixels, Quad((a, b, c, d)))
    most = _PAGE_CROP_PX if box is None else _MOST_CROP_PX
    factor = min(1.0, most[0] / pixels.shape[1], most[1] / pixels.shape[0])
    shown = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else pixels
    _, data = cv2.imencode(".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])
    return base64.b64encode(data.tobytes()).decode("ascii")


def _piece(pixels: Pixels, box: Quad) -> Pixels:
    height_px, width_px = pixels.shape[:2]
    room = _ROOM * (box.bottom - box.top) * height_px
    left, right = box.left * width_px - room, box.right * width_px + room
    top, bottom = box.top * height_px - room, box.bottom * height_px + room
    rows = slice(max(0, int(top)), max(int(top) + 8, round(bottom)))
    columns = slice(max(0, int(left)), max(int(left) + 8, round(right)))
    return pixels[rows, columns]


def _shown(reading: Reading) -> dict[str, Any]:
    return {
        "kind": reading.kind.value,
        "kind_confidence": reading.kind_confidence,
        "variant": reading.variant,
        "picture": reading.picture,
        "fields": {name: _field(field) for name, field in reading.fields.items()},
        "seals": [_seal(seal) for seal in reading.seals],
        "ticks": {tick.duty: tick.state.value for tick in reading.ticks},
        "text": "".join("".join(line.text.split()) for line in reading.lines),
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "value": field.value,
        "confidence": field.confidence,
        "raw": field.raw,
        "repaired": field.repaired,
        "coverage": field.coverage.value,
        "box": None if field.box is None else [list(point) for point in field.box.clipped().points],
    }


def _seal(seal: Seal) -> dict[str, Any]:
    return {
        "text": seal.text,
        "confidence": seal.confidence,
        "centre_text": seal.centre_text,
        "diameter_px": seal.diameter_px,
        "box": [list(point) for point in seal.box.clipped().points],
    }


if __name__ == "__main__":
    serve(load)
