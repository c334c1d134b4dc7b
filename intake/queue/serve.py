"""The whole service on one machine: makes what is missing in the data folder, then watches over its processes."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from intake.observe.metrics import FOLDER, empty_folder
from intake.queue.children import Child, ProcessChild, Program, RedisChild, http_probe
from intake.queue.die_with_parent import with_parent
from intake.queue.redis_server import RedisHandle, plan_redis
from intake.queue.supervisor import Supervisor
from intake.service_settings import PREFIX, PROCESS, ServiceSettings
from intake.settings import SettingRefused
from intake.storage.keyring import create_keyring, load_keyring

# Uploads, numbers and keys lie in it.
_OWNER_ONLY = 0o700
# Never from the folder where the command was given: a file there must not stand in for a module of ours.
_PYTHON = (sys.executable, "-P", "-m")

Say = Callable[[str], None]


def serve(settings: ServiceSettings, say: Say) -> None:
    """Runs until a signal asks to end; then nothing of it runs any more.

    Args:
        settings: Of the service.
        say: Shows one line to the person who started it.

    Raises:
        SettingRefused: It cannot start; the text says what to change.
        KeyringUnusable: The key file cannot be used.
    """
    prepare_folders(settings)
    with _only_one(settings):
        prepare_keys(settings, say)
        refuse_taken_port(settings)
        redis = plan_redis(settings)
        environment = child_environment(settings, redis.url)
        migrate(environment)
        empty_folder(settings.metrics_folder)
        # This process counts too.
        os.environ.update({FOLDER: environment[FOLDER], PROCESS: "supervisor"})
        supervisor = Supervisor(
            list(children_of(settings, redis, environment)),
            settings.children_file,
            when_up=lambda: say(f"服务已就绪：http://{_shown_host(settings)}:{settings.port}"),
        )
        supervisor.end_on_signals()
        say(
            f"正在启动服务，数据文件夹：{settings.data.absolute()}；识别进程 {settings.live_workers} 个。"
            "按 Ctrl-C（或发送 SIGTERM）停止，正在处理的材料会先做完。"
        )
        supervisor.run()
    say("服务已停止。")


def prepare_folders(settings: ServiceSettings) -> None:
    """Makes the data folder for its owner only.

    Raises:
        SettingRefused: It cannot be made.
    """
    for folder in (settings.data, settings.run_folder):
        try:
            folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        except OSError as fault:
            raise SettingRefused(
                f"{PREFIX}DATA：不能建立文件夹“{folder}”（{fault.strerror}）；请检查权限和剩余空间，或换一个文件夹。"
            ) from fault


def prepare_keys(settings: ServiceSettings, say: Say) -> None:
    """Makes the key file of a new installation, and checks that of an old one.

    An installation that has records is not given new keys: they would open nothing of what is there. Nor is one whose
    records lie on another machine, because every machine needs the same keys.

    Raises:
        KeyringUnusable: There is none, or it cannot be used.
    """
    path = settings.keys_file
    new_here = not settings.database_url and not settings.blobs and not (settings.data / "intake.sqlite3").exists()
    if new_here and not path.exists():
        create_keyring(path)
        say(f"已生成主密钥文件 {path.absolute()}。请立即备份到另一处：没有它，已存的材料和号码都打不开。")
    load_keyring(path)


def refuse_taken_port(settings: ServiceSettings) -> None:
    """Says at the start what the interface would else say in its log again and again.

    Raises:
        SettingRefused: Somebody listens there, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as fault:
        raise SettingRefused(
            f"{PREFIX}PORT：不能在 {settings.host}:{settings.port} 上监听（{fault.strerror}）；"
            f"请换一个 {PREFIX}PORT，或检查 {PREFIX}HOST。"
        ) from fault


def child_environment(settings: ServiceSettings, redis_url: str) -> dict[str, str]:
    """What the children find: our own environment with paths that do not depend on a folder, and the Redis to use."""
    return {
        **os.environ,
        f"{PREFIX}DATA": str(settings.data.absolute()),
        f"{PREFIX}KEYS": str(settings.keys_file.absolute()),
        f"{PREFIX}REDIS_URL": redis_url,
        FOLDER: str(settings.metrics_folder.absolute()),
    }


def migrate(environment: Mapping[str, str]) -> None:
    """Brings the tables up to date, in a process of its own: what that needs is not needed afterwards.

    Raises:
        SettingRefused: It did not succeed; the process has said why.
    """
    done = subprocess.run(
        with_parent([*_PYTHON, "worker", "migrate"]),
        env={**environment, PROCESS: "migrate"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise SettingRefused(f"{PREFIX}DATABASE_URL：数据库不能使用（原因见上）；请检查地址、权限和剩余空间。")


def children_of(settings: ServiceSettings, redis: RedisHandle, environment: Mapping[str, str]) -> Iterator[Child]:
    """All processes of the service, in the order of their start."""
    if redis.server is not None:
        yield RedisChild(redis.server)
    probe = http_probe(settings.host, settings.port)
    yield ProcessChild(Program("api", (*_PYTHON, "api.serve_http"), environment, probe=probe))
    queues = [*["live"] * settings.live_workers, *["batch"] * settings.batch_worker_count, "deliver"]
    for number, queue in enumerate(queues):
        yield _beating(settings, f"{queue}-{number}", ("worker", "run", "--queue", queue), environment)
    yield _beating(settings, "sweeper", ("worker", "sweep"), environment)


def _beating(settings: ServiceSettings, name: str, module: tuple[str, ...], environment: Mapping[str, str]) -> Child:
    beat_file = settings.run_folder.absolute() / f"{name}.beat"
    return ProcessChild(Program(name, (*_PYTHON, *module), environment, beat_file=beat_file))


@contextmanager
def _only_one(settings: ServiceSettings) -> Iterator[None]:
    """Holds the data folder. The lock goes with the process, however that ends."""
    path = settings.run_folder / "serve.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise SettingRefused(
                f"{PREFIX}DATA：数据文件夹“{settings.data.absolute()}”已有一个服务在运行；"
                f"请先停止它，或为新的服务设置另一个 {PREFIX}DATA 和 {PREFIX}PORT。"
            ) from fault
        yield
    finally:
        os.close(descriptor)


def _shown_host(settings: ServiceSettings) -> str:
    return f"[{settings.host}]" if ":" in settings.host else settings.host
