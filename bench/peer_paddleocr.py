"""Plain PaddleOCR pipeline as an engine: the same weights as ours, its own defaults, one thread.

Its optional steps (document orientation, unwarping, line orientation) stay off: their models would have to be
downloaded, and the service's own environment has none either.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from bench.child import Answer, serve

# Settings of the PP-OCR family as PaddleOCR publishes them beside its weights.
_DETECTION = {
    "Global": {"model_name": "PP-OCRv6_small_det"},
    "PreProcess": {
        "transform_ops": [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"DetResizeForTest": {"limit_side_len": 736, "limit_type": "min"}},
            {
                "NormalizeImage": {
                    "mean": [0.485, 0.456, 0.406],
                    "std": [0.229, 0.224, 0.225],
                    "scale": "1./255.",
                    "order": "hwc",
                }
            },
            {"ToCHWImage": None},
        ]
    },
    "PostProcess": {"name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.5, "unclip_ratio": 1.6},
}
_RECOGNITION = {
    "Global": {"model_name": "PP-OCRv6_small_rec"},
    "PreProcess": {
        "transform_ops": [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"RecResizeImg": {"image_shape": [3, 48, 320]}},
        ]
    },
}


def load() -> Answer:
    """Lays out the model folders and loads the pipeline."""
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    root = Path(tempfile.mkdtemp(prefix="bench-paddleocr-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    detection = _lay_out(root / "detection", "PP-OCRv6_det_small.onnx", _DETECTION)
    weights = _weights("PP-OCRv6_rec_small.onnx")
    post = {"name": "CTCLabelDecode", "character_dict": _characters(weights)}
    recognition = _lay_out(root / "recognition", weights.name, {**_RECOGNITION, "PostProcess": post})

    from paddleocr import PaddleOCR

    pipeline = PaddleOCR(
        text_detection_model_name="PP-OCRv6_small_det",
        text_detection_model_dir=str(detection),
        text_recognition_model_name="PP-OCRv6_small_rec",
        text_recognition_model_dir=str(recognition),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        device="cpu",
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": 1, "inter_op_num_threads": 1},
    )

    def answer(request: Mapping[str, Any]) -> dict[str, Any]:
        pages = pipeline.predict(request["file"])
        return {"text": "".join(text for page in pages for text in page["rec_texts"])}

    return answer


def _weights(name: str) -> Path:
    """A model file of the installed RapidOCR wheel, which serves as the carrier of the weights here too."""
    return Path(str(distribution("rapidocr").locate_file(f"rapidocr/models/{name}")))


def _characters(weights: Path) -> list[str]:
    """The recogniser's character list, which its file carries."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(weights), providers=["CPUExecutionProvider"])
    listed: str = session.get_modelmeta().custom_metadata_map["character"]
    return listed.split("\n")


def _lay_out(folder: Path, weights: str, config: Mapping[str, Any]) -> Path:
    folder.mkdir(parents=True)
    (folder / "inference.onnx").symlink_to(_weights(weights))
    # JSON is YAML.
    (folder / "inference.yml").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    return folder


if __name__ == "__main__":
    serve(load)
