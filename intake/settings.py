"""Settings of a process, read once from its environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ocr.settings import EngineSettings

# Names of the environment variables.
MODELS, DEVICE, THREADS = "INTAKE_MODELS", "INTAKE_DEVICE", "INTAKE_THREADS"


class SettingRefused(ValueError):
    """A setting cannot work; the text names it and what is allowed, in Chinese."""


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):
        # Too long, or not to be searched.
        return False


def engine_settings(environment: Mapping[str, str], *, threads: int = 1) -> EngineSettings:
    """The engine's settings.

    Args:
        environment: Of the process: `INTAKE_MODELS` a folder, `INTAKE_DEVICE` cpu, gpu or gpu:N, `INTAKE_THREADS`.
        threads: Where the environment does not say: one for a worker among others, more where a person waits.

    Raises:
        SettingRefused: One of them cannot work.
    """
    models = environment.get(MODELS) or None
    if models is not None and not _is_folder(models):
        raise SettingRefused(f"{MODELS}：“{models}”不是文件夹；请写放有 models.toml 的模型文件夹，或不设此项。")
    wanted = environment.get(THREADS) or str(threads)
    device = environment.get(DEVICE) or "cpu"
    try:
        count = int(wanted)
    except ValueError as fault:
        raise SettingRefused(f"{THREADS}：“{wanted}”不是整数；请写 1 至 256。") from fault
    try:
        return EngineSettings(Path(models) if models else None, device, count)
    except ValueError as fault:
        name, value = (THREADS, wanted) if str(fault).startswith("threads") else (DEVICE, device)
        allowed = "1 至 256" if name == THREADS else "cpu、gpu 或 gpu:序号"
        raise SettingRefused(f"{name}：“{value}”不能使用；请写 {allowed}。") from fault
