"""PaddleOCR as the engine: text detection and recognition through ONNX Runtime, offline, thread count ours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from ocr.ctc import decode, writing_classes
from ocr.engine import Recognised
from ocr.errors import EngineFailed, ModelUnusable
from ocr.offline_import import import_paddleocr
from ocr.scripts import script_pairs
from ocr.settings import EngineSettings
from ocr.weights import EngineWeights

# Input height of the PP-OCR recognition networks (model configuration, RecResizeImg).
_LINE_HEIGHT_PX = 48
# Narrower inputs are padded to this width; the network was trained on 320 and short crops read worse far below it.
_MIN_LINE_WIDTH_PX = 160
# Wider inputs are squeezed; PaddleX stops at the same width.
_MAX_LINE_WIDTH_PX = 3200
# Lines of similar width share a batch, as long as padding stays below this share of the batch's pixels.
_MAX_PADDING = 0.2
# Text regions below this mean score are not lines. PaddleX asks for 0.5-0.6; on guilloche paper that loses whole lines,
# and a false region costs only one recognition that comes back empty (measured on drawn diplomas).
_BOX_CONFIDENCE = 0.4
# Upper bound of a batch, so that memory stays flat on dense pages (measured: 8 x 1600 px adds 90 MB).
_MAX_BATCH_WIDTH_PX = 6400
# Long side at which lines are searched; they are read at full size whatever is said here. Measured on 54 drawn pages of
# every kind, one core: 960 px took 2.12 s a page (6 of 319 fields wrong), 832 px 2.00 s (2), 736 px 1.71 s (3).
DETECTION_SIDE_PX = 736


class PaddleEngine:
    """Implements `ocr.engine.Engine`. One a process; not thread-safe."""

    def __init__(
        self,
        weights: EngineWeights,
        settings: EngineSettings | None = None,
        *,
        detection_side_px: int = DETECTION_SIDE_PX,
    ) -> None:
        """Loads both models (about 0.4 s). Larger models and a GPU differ from the default by their settings only.

        Args:
            weights: Checked model folders.
            settings: Device and threads; None for one thread of the processor.
            detection_side_px: Long side at which lines are searched.

        Raises:
            ModelUnusable: The device is not there, or the models are none of this family.
        """
        settings = settings or EngineSettings()
        paddleocr = import_paddleocr()
        config = {
            "intra_op_num_threads": settings.threads,
            "inter_op_num_threads": 1,
            "log_severity_level": 3,
            # The arena keeps the largest page's memory for ever; without it a worker stays under its limit.
            "enable_cpu_mem_arena": False,
        }
        common: dict[str, Any] = {"engine": "onnxruntime", "engine_config": config, "device": settings.device}
        try:
            self._detection = paddleocr.TextDetection(
                model_name=weights.detection.name, model_dir=str(weights.detection.path), **common
            )
            recognition = paddleocr.TextRecognition(
                model_name=weights.recognition.name, model_dir=str(weights.recognition.path), **common
            )
        except (RuntimeError, ValueError, KeyError) as fault:
            raise ModelUnusable(f"cannot be loaded on {settings.device}", str(weights.recognition.path)) from fault
        self._runner = recognition.paddlex_predictor.runner
        characters = self._runner.session.get_modelmeta().custom_metadata_map["character"].split("\n")
        # Index 0 is CTC's blank; the last class is the space, which the file's list does not name.
        self._characters = ("", *characters, " ")
        self._pairs = script_pairs(self._characters)
        self._writing = writing_classes(self._characters)
        self._detection_side_px = detection_side_px

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        """See `Engine.detect`."""
        bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        long_side_px = max(pixels.shape[:2])
        try:
            answers = self._detection.predict(
                bgr,
                # Small pictures are enlarged up to twice: at 315 px an ID card loses 3 % of its fields (ocr.md 5.2).
                limit_side_len=min(self._detection_side_px, 2 * long_side_px),
                limit_type="resize_long",
                box_thresh=_BOX_CONFIDENCE,
            )
        except (RuntimeError, ValueError, cv2.error) as exc:
            raise EngineFailed("detection failed") from exc
        return [np.asarray(quad, dtype=np.float32) for quad in answers[0]["dt_polys"]]

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        """See `Engine.recognise`."""
        results: list[Recognised | None] = [None] * len(crops)
        lines = [_line_image(crop) for crop in crops]
        for batch in _batches([line.shape[1] for line in lines]):
            width_px = max(_MIN_LINE_WIDTH_PX, max(lines[i].shape[1] for i in batch))
            stacked = np.zeros((len(batch), 3, _LINE_HEIGHT_PX, width_px), dtype=np.float32)
            for row, index in enumerate(batch):
                line = lines[index].astype(np.float32).transpose(2, 0, 1)
                stacked[row, :, :, : line.shape[2]] = line / 127.5 - 1.0
            try:
                scores = self._runner(x=[stacked])[0]
            except (RuntimeError, ValueError) as exc:
                raise EngineFailed("recognition failed") from exc
            for row, index in enumerate(batch):
                used = lines[index].shape[1] / width_px
                results[index] = decode(
                    scores[row], self._characters, used_share=used, pairs=self._pairs, writing=self._writing
                )
        return [result if result is not None else Recognised("", 0.0) for result in results]


def _line_image(crop: Pixels) -> NDArray[np.uint8]:
    """The crop at the network's height, as BGR (the order the network was trained on)."""
    height_px, width_px = crop.shape[:2]
    wanted_px = math.ceil(_LINE_HEIGHT_PX * width_px / max(1, height_px))
    wanted_px = min(_MAX_LINE_WIDTH_PX, max(8, wanted_px))
    shrinking = height_px > _LINE_HEIGHT_PX
    resized = cv2.resize(
        crop, (wanted_px, _LINE_HEIGHT_PX), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    )
    return np.asarray(resized[:, :, ::-1], dtype=np.uint8)


def _batches(widths_px: Sequence[int]) -> Iterator[list[int]]:
    """Groups indices of similar widths, widest first, bounded in padding and in total width."""
    order = sorted(range(len(widths_px)), key=lambda i: -widths_px[i])
    batch: list[int] = []
    for index in order:
        widest = max(_MIN_LINE_WIDTH_PX, widths_px[batch[0]]) if batch else 0
        width = max(_MIN_LINE_WIDTH_PX, widths_px[index])
        too_wide = (len(batch) + 1) * widest > _MAX_BATCH_WIDTH_PX
        if batch and (too_wide or width < widest * (1 - _MAX_PADDING)):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
