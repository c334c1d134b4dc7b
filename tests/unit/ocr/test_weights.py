import hashlib
from pathlib import Path

import pytest

from ocr.errors import ModelUnusable
from ocr.weights import load_weights


def _site(folder: Path, *, digest: str | None = None) -> Path:
    """A site's own model folder; the files are no models, only their digests matter here."""
    lines = []
    for part in ("detection", "recognition"):
        (folder / part).mkdir()
        content = part.encode()
        (folder / part / "inference.onnx").write_bytes(content)
        sha256 = digest or hashlib.sha256(content).hexdigest()
        lines.append(f'[{part}]\nmodel_name = "{part}"\nsha256 = "{sha256}"\n')
    (folder / "models.toml").write_text("\n".join(lines), "utf-8")
    return folder


def test_the_installed_models_are_the_measured_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    weights = load_weights()
    for folder in (weights.detection, weights.recognition):
        assert (folder.path / "inference.onnx").resolve() == folder.onnx.resolve()
        assert (folder.path / "inference.yml").is_file()
    # A second process finds the folders laid out already.
    assert load_weights() == weights


def test_a_sites_own_models_are_taken(tmp_path: Path) -> None:
    weights = load_weights(_site(tmp_path))
    assert weights.detection.path == tmp_path / "detection"


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    folder = _site(tmp_path)
    with (folder / "recognition" / "inference.onnx").open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(ModelUnusable, match="not the one of the manifest"):
        load_weights(folder)


def test_a_missing_model_or_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="manifest missing"):
        load_weights(tmp_path)
    folder = _site(tmp_path)
    (folder / "detection" / "inference.onnx").unlink()
    with pytest.raises(ModelUnusable, match="model file missing"):
        load_weights(folder)


def test_a_device_that_is_not_there_is_named_and_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    from ocr.paddle import PaddleEngine
    from ocr.settings import EngineSettings

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ModelUnusable, match="gpu:0"):
        PaddleEngine(load_weights(), EngineSettings(device="gpu:0"))
