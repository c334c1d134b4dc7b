"""Loads the three networks of the photo tool. The only place of this package that reads the disk.

The files travel inside the mediapipe 0.10.21 wheel; they are found through the package's file list, and
mediapipe itself is never imported: OpenCV's own network module runs them.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from importlib import metadata, resources
from typing import Any

import cv2
import numpy as np


class PhotoModelError(Exception):
    """A model file is missing or is not the one that the thresholds were measured with."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoModels:
    """The three networks. One set serves one thread: a network holds its last input.

    Attributes:
        detector: Short-range face detector, input 128x128 RGB in -1..1.
        landmarks: 468 face points and a presence score, input 192x192 RGB in 0..1.
        segmenter: Person mask, input 256x256 RGB in 0..1.
    """

    detector: cv2.dnn.Net
    landmarks: cv2.dnn.Net
    segmenter: cv2.dnn.Net


def load_photo_models() -> PhotoModels:
    """Loads and checks the model files named in `models.toml`; takes about 20 ms, so call it once a process.

    Raises:
        PhotoModelError: The carrier package or a file is missing, or a file's SHA-256 differs.
    """
    manifest = tomllib.loads(resources.files(__package__).joinpath("models.toml").read_text(encoding="utf-8"))
    distribution = str(manifest["distribution"])
    entries: dict[str, dict[str, Any]] = manifest["models"]
    nets = {name: _load(_read_file(distribution, entry["path"]), entry) for name, entry in entries.items()}
    return PhotoModels(**nets)


def _read_file(distribution: str, path: str) -> bytes:
    try:
        installed = metadata.distribution(distribution)
    except metadata.PackageNotFoundError as error:
        raise PhotoModelError(f"the package {distribution} is not installed") from error
    for listed in installed.files or ():
        if listed.as_posix() == path:
            try:
                return listed.read_binary()
            except OSError as error:
                raise PhotoModelError(f"{path} of {distribution} cannot be read") from error
    raise PhotoModelError(f"{path} is not part of the installed {distribution}")


def _load(data: bytes, entry: dict[str, Any]) -> cv2.dnn.Net:
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise PhotoModelError(f"{entry['path']} is not the expected file (its SHA-256 differs)")
    return cv2.dnn.readNetFromTFLite(np.frombuffer(data, dtype=np.uint8))
