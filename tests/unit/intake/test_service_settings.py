"""Settings of the service: defaults, limits, what is refused and how, and that secrets stay out of every text."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.service_settings import ServiceSettings, load_service_settings
from intake.settings import SettingRefused


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("INTAKE_"):
            monkeypatch.delenv(name)


def load(monkeypatch: pytest.MonkeyPatch, **said: str) -> ServiceSettings:
    for name, value in said.items():
        monkeypatch.setenv(f"INTAKE_{name}", value)
    return load_service_settings()


def test_nothing_said_is_one_machine_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    assert (settings.host, settings.port, settings.policy) == ("127.0.0.1", 8400, "yunnan-2023")
    assert settings.database == f"sqlite:///{Path('intake-data').absolute()}/intake.sqlite3"
    assert settings.keys_file == Path("intake-data/keys.toml")
    assert settings.redis_url is None and settings.blobs == "" and settings.webhook_private is False
    # The pre-scan refuses from the same size on.
    assert settings.upload_max_bytes == 12 * 1024 * 1024


def test_everything_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = load(
        monkeypatch,
        DATA=str(tmp_path),
        DATABASE_URL="postgresql+psycopg://u:p@h/n",
        REDIS_URL="rediss://:p@h:6379/0",
        BLOBS="s3://bucket-1/some/prefix",
        S3_ENDPOINT="http://127.0.0.1:9000",
        S3_ACCESS_KEY="a",
        S3_SECRET_KEY="b",
        KEYS=str(tmp_path / "k.toml"),
        WORKERS="3",
        BATCH_WORKERS="2",
        WEBHOOK_PRIVATE="true",
        LOG_LEVEL="debug",
    )
    assert settings.database == "postgresql+psycopg://u:p@h/n" and settings.keys_file == tmp_path / "k.toml"
    assert (settings.live_workers, settings.batch_worker_count) == (3, 2)
    assert settings.webhook_private is True and settings.blobs == "s3://bucket-1/some/prefix"


def test_an_empty_value_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, REDIS_URL="", PORT="").port == 8400


@pytest.mark.parametrize(
    ("fitting", "live", "batch"),
    [(1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 3, 1), (16, 15, 1)],
)
def test_workers_follow_the_machine(monkeypatch: pytest.MonkeyPatch, fitting: int, live: int, batch: int) -> None:
    monkeypatch.setattr("intake.service_settings.fitting_workers", lambda: fitting)
    settings = load(monkeypatch)
    assert (settings.live_workers, settings.batch_worker_count) == (live, batch)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("PORT", 1, 65535),
        ("WORKERS", 0, 64),
        ("BATCH_WORKERS", 0, 64),
        ("WORKER_MAX_JOBS", 1, 1_000_000),
        ("WORKER_MAX_MB", 300, 65536),
        ("STAGE_DEADLINE_S", 5, 3600),
        ("UPLOAD_MAX_MB", 1, 100),
        ("CHECKERS", 1, 16),
        ("RATE_REQUESTS", 0, 1_000_000),
        ("RATE_UPLOADS", 0, 1_000_000),
    ],
)
def test_numbers_at_their_limits(monkeypatch: pytest.MonkeyPatch, name: str, least: int, most: int) -> None:
    for allowed in (least, most):
        assert getattr(load(monkeypatch, **{name: str(allowed)}), name.lower()) == allowed
    for refused in (least - 1, most + 1):
        with pytest.raises(SettingRefused) as fault:
            load(monkeypatch, **{name: str(refused)})
        assert f"INTAKE_{name}" in str(fault.value) and f"“{refused}”" in str(fault.value)
        assert f"{least} 至 {most}" in str(fault.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "84.5"),
        ("WEBHOOK_PRIVATE", "perhaps"),
        ("LOG_LEVEL", "loud"),
        ("BLOBS", "s3://"),
        ("BLOBS", "s3://Bucket"),
        ("BLOBS", "/var/blobs"),
        ("BLOBS", "https://bucket"),
        ("S3_REGION", "Beijing 1"),
    ],
)
def test_a_value_that_cannot_work_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(SettingRefused) as fault:
        load(monkeypatch, **{name: value})
    assert f"INTAKE_{name}" in str(fault.value) and value in str(fault.value) and "请写" in str(fault.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:hidden@h/n"),
        ("DATABASE_URL", "postgresql://u:hidden@h/n"),
        ("DATABASE_URL", "sqlite:///"),
        ("REDIS_URL", "http://:hidden@h"),
        ("REDIS_URL", "127.0.0.1:6379?hidden"),
        # A port that is no number, as an unescaped password makes it too.
        ("DATABASE_URL", "postgresql+psycopg://u:hidden@h:port/n"),
        ("DATABASE_URL", "postgresql+psycopg://u:hid/den@h:5432/n"),
        ("REDIS_URL", "redis://:hid/den@h:6379"),
        ("S3_ENDPOINT", "minio:9000/hidden"),
        ("S3_ENDPOINT", "http://user:hidden@minio:9000"),
    ],
)
def test_a_url_that_cannot_work_is_not_quoted(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(SettingRefused) as fault:
        load(monkeypatch, **{name: value})
    assert f"INTAKE_{name}" in str(fault.value) and "hidden" not in str(fault.value)


@pytest.mark.parametrize("only", ["S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_half_a_pair_of_keys_is_refused(monkeypatch: pytest.MonkeyPatch, only: str) -> None:
    with pytest.raises(SettingRefused, match="只设了其中一项") as fault:
        load(monkeypatch, BLOBS="s3://bucket", **{only: "hidden"})
    assert "hidden" not in str(fault.value)


def test_this_folder_may_be_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(monkeypatch, DATA=".").database == f"sqlite:///{tmp_path / 'intake.sqlite3'}"


@pytest.mark.parametrize("name", ["INTAKE_PORT", "intake_port"])
def test_a_value_is_quoted_however_its_name_is_written(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "abc")
    with pytest.raises(SettingRefused, match="INTAKE_PORT：“abc”"):
        load_service_settings()


def test_the_root_folder_is_no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingRefused, match="根目录"):
        load(monkeypatch, DATA="/")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("INTAKE_WORKRES", "INTAKE_WORKERS"), ("INTAKE_WEBHOOK_PRIVAT", "INTAKE_WEBHOOK_PRIVATE")],
)
def test_a_misspelt_name_is_refused(monkeypatch: pytest.MonkeyPatch, typed: str, meant: str) -> None:
    monkeypatch.setenv(typed, "1")
    with pytest.raises(SettingRefused) as fault:
        load_service_settings()
    assert typed in str(fault.value) and meant in str(fault.value)


@pytest.mark.parametrize(
    "name", ["INTAKE_MODELS", "INTAKE_DEVICE", "INTAKE_THREADS", "INTAKE_PROCESS", "INTAKE_BEAT_FILE"]
)
def test_names_of_other_parts_are_left_to_them(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "anything")
    assert load_service_settings().port == 8400


def test_secrets_are_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        DATABASE_URL="postgresql+psycopg://u:canary@h/n",
        REDIS_URL="redis://:canary@h",
        S3_ACCESS_KEY="canary",
        S3_SECRET_KEY="canary",
    )
    assert "canary" not in repr(settings) and "canary" not in str(settings)


def test_settings_cannot_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_the_operators_page_names_every_setting() -> None:
    page = (Path(__file__).parents[3] / "deploy/README.md").read_text(encoding="utf-8")
    missing = [name for name in ServiceSettings.model_fields if f"`INTAKE_{name.upper()}`" not in page]
    assert missing == []
