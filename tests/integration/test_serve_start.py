"""What `intake serve` prepares and what it refuses, before anything runs."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from intake.queue import serve as module
from intake.queue.redis_server import plan_redis
from intake.queue.serve import (
    child_environment,
    children_of,
    migrate,
    prepare_folders,
    prepare_keys,
    refuse_taken_port,
    serve,
)
from intake.service_settings import ServiceSettings
from intake.settings import SettingRefused
from intake.storage.errors import KeyringUnusable

ROOT = Path(__file__).parents[2]


def settings_of(data: Path, **said: object) -> ServiceSettings:
    return ServiceSettings(data=data, **said)  # type: ignore[arg-type]


def test_a_new_installation_gets_a_private_folder_and_keys(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "deep" / "data")
    said: list[str] = []
    prepare_folders(settings)
    prepare_keys(settings, said.append)
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(settings.keys_file.stat().st_mode) == 0o600
    assert len(said) == 1 and "备份" in said[0] and str(settings.keys_file) in said[0]
    # The second start finds them and says nothing.
    prepare_keys(settings, said.append)
    assert len(said) == 1


@pytest.mark.parametrize("said", [{"database_url": "postgresql+psycopg://h/n"}, {"blobs": "s3://bucket"}])
def test_a_machine_of_many_never_draws_its_own_keys(tmp_path: Path, said: dict[str, object]) -> None:
    settings = settings_of(tmp_path, **said)
    with pytest.raises(KeyringUnusable) as fault:
        prepare_keys(settings, print)
    assert fault.value.code == "keyring-missing" and not settings.keys_file.exists()


def test_records_without_their_keys_get_no_new_ones(tmp_path: Path) -> None:
    (tmp_path / "intake.sqlite3").write_bytes(b"")
    with pytest.raises(KeyringUnusable) as fault:
        prepare_keys(settings_of(tmp_path), print)
    assert fault.value.code == "keyring-missing" and not (tmp_path / "keys.toml").exists()


def test_keys_that_others_may_read_stop_the_start(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    prepare_keys(settings, lambda _line: None)
    settings.keys_file.chmod(0o644)
    with pytest.raises(KeyringUnusable):
        prepare_keys(settings, print)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingRefused, match="INTAKE_DATA"):
        prepare_folders(settings_of(tmp_path / "file" / "data"))


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingRefused, match=f"{port}"):
            refuse_taken_port(settings_of(tmp_path, port=port))
    refuse_taken_port(settings_of(tmp_path, port=port))


@pytest.mark.parametrize("host", ["203.0.113.1", "::2"])
def test_an_address_of_another_machine_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingRefused, match="INTAKE_HOST"):
        refuse_taken_port(settings_of(tmp_path, host=host))


def test_a_second_service_on_the_same_data_is_refused(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    prepare_folders(settings)
    with module._only_one(settings), pytest.raises(SettingRefused, match="已有一个服务在运行"):
        serve(settings, print)
    # The lock went with its holder.
    with module._only_one(settings):
        pass


def test_children_get_absolute_paths_the_redis_and_the_figures_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = settings_of(Path("here"), workers=2, batch_workers=1)
    found = child_environment(settings, "unix:///x")
    assert found["INTAKE_DATA"] == str(tmp_path / "here") and found["INTAKE_KEYS"] == str(tmp_path / "here/keys.toml")
    assert found["INTAKE_REDIS_URL"] == "unix:///x"
    assert found["PROMETHEUS_MULTIPROC_DIR"] == str(tmp_path / "here/run/metrics")
    names = [one.name for one in children_of(settings, plan_redis(settings), found)]
    assert names == ["redis", "api", "live-0", "live-1", "batch-2", "deliver-3", "sweeper"]
    external = settings_of(Path("here"), workers=0, batch_workers=0, redis_url="redis://127.0.0.1:9")
    names = [one.name for one in children_of(external, plan_redis(external), found)]
    assert names == ["api", "deliver-0", "sweeper"]


def test_a_database_that_cannot_be_used_stops_the_start(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    environment = {**os.environ, "INTAKE_DATA": str(tmp_path), "INTAKE_DATABASE_URL": f"sqlite:///{tmp_path}"}
    with pytest.raises(SettingRefused, match="INTAKE_DATABASE_URL"):
        migrate(environment)
    assert "cannot-start" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("command", "environment", "told"),
    [
        ("serve", {"INTAKE_PORT": "0"}, "setting-refused: INTAKE_PORT"),
        ("api", {"INTAKE_WORKRES": "1"}, "INTAKE_WORKERS"),
        ("worker", {"INTAKE_DATABASE_URL": "postgresql+psycopg://127.0.0.1:9/n"}, "keyring-missing"),
    ],
)
def test_the_commands_refuse_what_cannot_work(
    tmp_path: Path, command: str, environment: dict[str, str], told: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "api.cli", command],
        env={**os.environ, "INTAKE_DATA": str(tmp_path), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 2 and told in ended.stderr and "Traceback" not in ended.stderr
