"""The photo maker in a process of its own, so that its time and memory are measured alone.

A request names a picture (an `.npy` file), a standard and where the results go; nothing else is loaded here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.child import Answer, serve

# What a photo is written out under (design.md section 3).
MAX_BYTES = 20_000
# Warm figures: the best of so many runs, because anything else on the machine only makes a run slower.
REPEATS = 3


def load() -> Answer:
    """Imports the maker and loads its networks."""
    import numpy as np

    from imaging.photo.border import Frame, find_frame
    from imaging.photo.made import Refused
    from imaging.photo.make import make_photo
    from imaging.photo.standards import STANDARDS
    from imaging.photo.weights import load_photo_models

    models = load_photo_models()

    def answer(request: Mapping[str, Any]) -> dict[str, Any]:
        pixels, standard = np.load(str(request["picture"])), STANDARDS[str(request["standard"])]
        wall_ms, cpu_ms = [], []
        for _ in range(REPEATS):
            wall, cpu = time.perf_counter(), time.process_time()
            result = make_photo(pixels, models, standard, max_bytes=MAX_BYTES, background="whiten")
            cpu_ms.append(1000 * (time.process_time() - cpu))
            wall_ms.append(1000 * (time.perf_counter() - wall))
        cost = {"ms": min(wall_ms), "cpu_ms": min(cpu_ms)}
        if isinstance(result, Refused):
            codes = [defect.code for defect in result.defects if defect.severe]
            return {"made": False, "codes": codes, **cost}
        folder = Path(str(request["folder"]))
        (folder / "photo.jpg").write_bytes(result.data)
        np.save(folder / "composed.npy", result.composed.pixels)
        straight = find_frame(pixels) == Frame() and result.turned_deg == 0
        return {
            "made": True,
            "codes": [defect.code for defect in result.report.defects],
            **cost,
            "bytes": len(result.data),
            "encodes": result.encodes,
            "replaced": result.background_replaced,
            "measures": dict(result.report.measures),
            # From the picture to the photo; not given where the maker first cut or turned the picture.
            "matrix": result.composed.crop.matrix.tolist() if straight else None,
        }

    return answer


if __name__ == "__main__":
    serve(load)
