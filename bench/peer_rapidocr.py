"""Plain RapidOCR as an engine: all defaults, one thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.child import Answer, serve


def load() -> Answer:
    """Its models are in the wheel; they load with the first picture."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )

    def answer(request: Mapping[str, Any]) -> dict[str, Any]:
        # The class of the result depends on the steps asked for; all of them are, so it has texts.
        result: Any = engine(request["file"])
        return {"text": "".join(result.txts or ())}

    return answer


if __name__ == "__main__":
    serve(load)
