"""How the engine runs: which models, on what, with how many threads. Values only; the edge reads the environment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# PaddleX's names of devices that ONNX Runtime serves.
_DEVICE = re.compile(r"cpu|gpu(:\d{1,2})?")


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Settings of one engine.

    Attributes:
        models: A site's own folder with `detection/`, `recognition/` and `models.toml`; None for the installed models.
        device: `cpu`, `gpu` or `gpu:N`. A GPU needs onnxruntime-gpu installed in place of onnxruntime.
        threads: Threads of the engine; 1 is best when several workers share the machine (ocr.md 5.5).
    """

    models: Path | None = None
    device: str = "cpu"
    threads: int = 1

    def __post_init__(self) -> None:
        """Refuses settings that cannot work.

        Raises:
            ValueError: With the setting's name and what is allowed.
        """
        if not _DEVICE.fullmatch(self.device):
            raise ValueError("device: cpu, gpu or gpu:N")
        if not 1 <= self.threads <= 256:
            raise ValueError("threads: 1 to 256")
