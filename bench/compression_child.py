"""The compressor as a process of its own, so that its time and memory are its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.child import Answer, serve


def load() -> Answer:
    """The decoder and the compressor, as `intake compress` has them."""
    from imaging.compress import compress_scan, written_limit_bytes
    from intake.parts import Parts
    from intake.photo_tool import compress_file

    parts = Parts()
    parts.decoder.start()

    def answer(request: Mapping[str, Any]) -> dict[str, Any]:
        path, out, max_kb = Path(request["file"]), Path(request["out"]), int(request["max_kb"])
        if request["what"] == "scan":
            # Without reading and decoding, for the floor on the compressor alone.
            pixels = parts.decoder.decode(path.read_bytes()).pixels
            started = time.process_time()
            made = compress_scan(pixels, max_bytes=written_limit_bytes(max_kb))
            return {"compress_s": time.process_time() - started, "table_scale": made.table_scale}
        done = compress_file(path, parts, max_kb=max_kb)
        if done.data is None:
            return {"codes": [defect.code for defect in done.defects]}
        out.write_bytes(done.data)
        return {
            "encodes": done.encodes,
            "unchanged": done.unchanged,
            "codes": [defect.code for defect in done.defects],
        }

    return answer


if __name__ == "__main__":
    serve(load)
