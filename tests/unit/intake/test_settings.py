"""Settings of the engine: what the environment says, and what is refused with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.settings import SettingRefused, engine_settings
from ocr.settings import EngineSettings


def test_nothing_said_is_the_default() -> None:
    assert engine_settings({}) == EngineSettings(None, "cpu", 1)
    assert engine_settings({}, threads=3).threads == 3


def test_everything_said(tmp_path: Path) -> None:
    said = {"INTAKE_MODELS": str(tmp_path), "INTAKE_DEVICE": "gpu:1", "INTAKE_THREADS": "4"}
    assert engine_settings(said, threads=2) == EngineSettings(tmp_path, "gpu:1", 4)


@pytest.mark.parametrize("threads", ["1", "256"])
def test_threads_at_their_limits(threads: str) -> None:
    assert engine_settings({"INTAKE_THREADS": threads}).threads == int(threads)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("INTAKE_THREADS", "0", "1 至 256"),
        ("INTAKE_THREADS", "257", "1 至 256"),
        ("INTAKE_THREADS", "many", "不是整数"),
        ("INTAKE_DEVICE", "tpu", "gpu:序号"),
        ("INTAKE_DEVICE", "gpu:", "gpu:序号"),
        ("INTAKE_MODELS", "/nowhere/at/all", "不是文件夹"),
        ("INTAKE_MODELS", "x" * 5000, "不是文件夹"),
    ],
)
def test_a_setting_that_cannot_work_is_named_with_its_value_and_what_is_allowed(
    name: str, value: str, told: str
) -> None:
    with pytest.raises(SettingRefused) as refused:
        engine_settings({name: value})
    assert name in str(refused.value) and value in str(refused.value) and told in str(refused.value)
