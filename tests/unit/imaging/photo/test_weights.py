from __future__ import annotations

import hashlib

import pytest

from imaging.photo import weights
from imaging.photo.weights import PhotoModelError


def test_the_real_files_pass_their_hashes(models):
    assert models.detector.getUnconnectedOutLayersNames() == ("classificators", "regressors")


def test_a_file_with_another_hash_is_refused():
    entry = {"path": "some/model.tflite", "sha256": hashlib.sha256(b"expected").hexdigest()}
    with pytest.raises(PhotoModelError, match=r"some/model.tflite is not the expected file"):
        weights._load(b"something else", entry)


def test_a_missing_package_is_named():
    with pytest.raises(PhotoModelError, match="no-such-carrier is not installed"):
        weights._read_file("no-such-carrier", "model.tflite")


def test_a_missing_file_is_named():
    with pytest.raises(PhotoModelError, match=r"no/such.tflite is not part of the installed mediapipe"):
        weights._read_file("mediapipe", "no/such.tflite")


def test_the_carrier_itself_is_never_imported():
    import sys

    weights.load_photo_models()
    assert "mediapipe" not in sys.modules
