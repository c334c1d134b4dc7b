"""`intake serve`: the whole service on one machine; `intake api` and `intake worker`: its parts, for many machines."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from intake.service_settings import ServiceSettings


# Figures of a process that is gone are kept for a week, longer than any alarm looks back.
_UNUSED_S = 7 * 24 * 3600.0


class QueueName(StrEnum):
    """The queues, as the command line names them."""

    LIVE = "live"
    BATCH = "batch"
    DELIVER = "deliver"


def serve() -> None:
    """在本机运行整个服务：接口、识别进程、通知发送、清理，全部由一个命令看管。设置见 deploy/README.md。"""
    from intake.observe.log import configure_logging
    from intake.queue.serve import serve as run
    from intake.service_settings import load_service_settings

    settings = load_service_settings()
    configure_logging(settings.log_level, process="supervisor")
    with _key_faults():
        run(settings, typer.echo)


def api() -> None:
    """只运行接口（多机部署）；数据库、密钥文件与其他机器相同。"""
    settings = _part_settings()
    _become(f"api-{platform.node()}", settings, "api.serve_http")


def worker(
    queue: Annotated[QueueName, typer.Option("--queue", help="做哪一类工作。")] = QueueName.LIVE,
    sweep: Annotated[bool, typer.Option("--sweep", help="不做工作，只负责提醒和清理；每套服务至少一个。")] = False,
) -> None:
    """只运行一个工作进程（多机部署）；由 systemd 或容器负责重启。"""
    settings = _part_settings()
    # Containers may share the data folder and have the same process numbers.
    here = f"{platform.node()}-{os.getpid()}"
    if sweep:
        _become(f"sweeper-{here}", settings, "worker", "sweep")
    _become(f"{queue.value}-{here}", settings, "worker", "run", "--queue", queue.value)


def _part_settings() -> ServiceSettings:
    """Settings of a part that runs alone; the tables are brought up to date and the keys looked at first."""
    from intake.queue.serve import migrate, prepare_folders
    from intake.service_settings import load_service_settings
    from intake.storage.keyring import load_keyring

    settings = load_service_settings()
    prepare_folders(settings)
    with _key_faults():
        load_keyring(settings.keys_file)
    for warning in _doubts(settings):
        typer.echo(warning, err=True)
    migrate(os.environ)
    return settings


def _doubts(settings: ServiceSettings) -> Iterator[str]:
    """What works on one machine and not on several."""
    if not settings.database_url.startswith("postgresql"):
        yield "注意：数据库是本机的 SQLite 文件，其他机器用不了；多机部署请设置 INTAKE_DATABASE_URL。"
    if settings.redis_url is None:
        yield "注意：没有设置 INTAKE_REDIS_URL，工作进程只能每隔几秒自己查询数据库。"
    if not settings.blobs:
        yield "注意：材料存在本机文件夹，其他机器读不到；多机部署请设置 INTAKE_BLOBS，或共用这个文件夹。"


def _become(name: str, settings: ServiceSettings, *module: str) -> None:
    """Turns this process into the part, so that signals and exit codes are its own."""
    from intake.observe.metrics import FOLDER, empty_folder
    from intake.service_settings import PROCESS

    empty_folder(settings.metrics_folder, unused_s=_UNUSED_S)
    environment: Mapping[str, str] = {PROCESS: name, FOLDER: str(settings.metrics_folder.absolute()), **os.environ}
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-P", "-m", *module], environment)  # noqa: S606 - fixed program


@contextmanager
def _key_faults() -> Iterator[None]:
    from intake.storage.errors import KeyringUnusable

    try:
        yield
    except KeyringUnusable as fault:
        typer.echo(f"{fault.code}: {fault.detail}", err=True)
        raise typer.Exit(2) from fault
