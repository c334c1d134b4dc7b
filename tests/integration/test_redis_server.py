"""The bell's own server: one suite for the server in the package and for one on PATH."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis

from intake.queue import redis_places, redis_server
from intake.queue.redis_places import MAX_SOCKET_PATH_BYTES, carried_server, choose_places, find_server
from intake.queue.redis_server import RedisFailed, RedisHandle, RedisServer, open_redis, plan_redis
from intake.service_settings import ServiceSettings
from intake.settings import SettingRefused
from tests.own_redis import SERVERS, handle, running, until

ROOT = Path(__file__).parents[2]
OWNER = """
import sys, time
from pathlib import Path
from tests.own_redis import handle
own = handle(Path(sys.argv[1]), Path(sys.argv[2]))
own.server.start()
print(own.server.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def brief() -> Iterator[Path]:
    """A folder whose own path is short; pytest's grows with the names of tests and of its processes."""
    with tempfile.TemporaryDirectory(prefix="r-") as folder:
        yield Path(folder)


@pytest.fixture(params=sorted(SERVERS))
def binary(request: pytest.FixtureRequest) -> Path:
    return SERVERS[request.param]


@pytest.fixture
def own(tmp_path: Path, binary: Path) -> Iterator[RedisHandle]:
    with running(tmp_path, binary) as one:
        yield one


def server_of(one: RedisHandle) -> RedisServer:
    assert one.server is not None
    return one.server


def setting(client: Redis, name: str) -> str:
    answer = client.config_get(name)
    assert isinstance(answer, dict)
    return str(answer[name])


def test_it_runs_with_the_settings_that_the_queue_needs(own: RedisHandle, tmp_path: Path) -> None:
    client = own.client()
    assert client.ping() is True and server_of(own).running()
    said = {name: setting(client, name) for name in ("port", "appendonly", "appendfsync", "maxmemory-policy", "save")}
    assert said == {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    assert setting(client, "dir") == str(tmp_path / "redis") and int(setting(client, "maxmemory")) == 128 * 1024**2


def test_it_listens_nowhere_but_on_its_socket_in_a_folder_of_its_owner(own: RedisHandle, tmp_path: Path) -> None:
    process = psutil.Process(server_of(own).pid)
    assert process.net_connections(kind="inet") == []
    assert stat.S_IMODE((tmp_path / "redis").stat().st_mode) == 0o700
    assert own.url == f"unix://{tmp_path}/redis/redis.sock"


def test_it_ends_with_us(own: RedisHandle) -> None:
    pid = server_of(own).pid
    own.stop()
    assert pid is not None and not psutil.pid_exists(pid)
    assert not server_of(own).running() and not server_of(own).ping() and server_of(own).pid is None
    # Ending twice is no fault.
    own.stop()


def test_a_second_owner_adopts_it_and_ends_it(own: RedisHandle, tmp_path: Path, binary: Path) -> None:
    own.client().set("kept", "1")
    second = handle(tmp_path, binary)
    server_of(second).start()
    assert server_of(second).adopted and server_of(second).pid == server_of(own).pid
    assert second.client().get("kept") == b"1" and server_of(second).running()
    second.stop()
    until(lambda: not server_of(own).running())
    assert not server_of(second).running()


def test_what_it_held_survives_a_kill(own: RedisHandle, tmp_path: Path, binary: Path) -> None:
    own.client().rpush("list", *range(100))
    # Written to the file at once, to the disk every second; a killed process loses nothing that was written.
    pid = server_of(own).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: not server_of(own).running())
    server_of(own).start()
    assert server_of(own).pid != pid and own.client().llen("list") == 100


def test_a_socket_without_a_listener_is_removed(tmp_path: Path, binary: Path) -> None:
    places = choose_places(tmp_path, binary=binary)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(places.socket))
    with running(tmp_path, binary) as own:
        assert own.client().ping() is True


def test_a_file_where_the_socket_belongs_is_removed(tmp_path: Path, binary: Path) -> None:
    choose_places(tmp_path, binary=binary).socket.write_text("x")
    with running(tmp_path, binary) as own:
        assert own.client().ping() is True


def test_damaged_files_are_set_aside_and_it_starts_empty(tmp_path: Path, binary: Path) -> None:
    for _ in range(2):
        with running(tmp_path, binary) as own:
            own.client().set("lost", "1")
        for path in (tmp_path / "redis" / "appendonlydir").iterdir():
            path.write_bytes(b"no such format\r\n" * 50)
        with running(tmp_path, binary) as own:
            assert own.client().get("lost") is None
        # One copy is enough to look at; they must not fill the disk.
        assert len(list((tmp_path / "redis").glob("appendonlydir.unreadable-*"))) == 1


def test_a_deaf_server_is_replaced(
    own: RedisHandle, tmp_path: Path, binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = server_of(own).pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr(redis_server, "_START_S", 5.0)
    second = handle(tmp_path, binary)
    server_of(second).start()
    assert not server_of(second).adopted and server_of(second).pid != pid and second.client().ping() is True
    until(lambda: not server_of(own).running())
    second.stop()


def test_it_ends_when_its_owner_is_killed(tmp_path: Path, binary: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", OWNER, str(tmp_path), str(binary)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert psutil.pid_exists(pid)
        owner.kill()
        owner.wait()
    until(lambda: not psutil.pid_exists(pid))
    with running(tmp_path, binary) as own:
        assert server_of(own).pid != pid


def test_a_server_that_does_not_come_up_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken-server"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(RedisFailed):
        server_of(handle(tmp_path, broken)).start()
    with pytest.raises(SettingRefused, match=r"server\.log"):
        open_redis(ServiceSettings(data=tmp_path), binary=broken)


def test_a_path_too_long_for_a_socket_gets_a_short_folder(
    tmp_path: Path, brief: Path, binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(brief))
    data = tmp_path / ("x" * 100)
    with running(data, binary) as own:
        path = Path(own.url.removeprefix("unix://"))
        assert path.parent.parent == brief and len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert own.client().ping() is True
    # Two long folders do not meet.
    assert choose_places(tmp_path / ("y" * 100), binary=binary).socket != path


@pytest.mark.parametrize(("length", "in_folder"), [(MAX_SOCKET_PATH_BYTES, True), (MAX_SOCKET_PATH_BYTES + 1, False)])
def test_the_limit_of_a_sockets_path(
    brief: Path, monkeypatch: pytest.MonkeyPatch, length: int, in_folder: bool
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(brief))
    rest = len("/redis/redis.sock")
    data = brief / ("x" * (length - rest - len(os.fsencode(brief)) - 1))
    places = choose_places(data, binary=carried_server())
    assert (places.socket.parent == data / "redis") is in_folder


def test_a_short_folder_that_is_somebody_elses_link_is_refused(brief: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(brief))
    data = brief / ("x" * 110)
    short = choose_places(data, binary=carried_server()).socket.parent
    short.rmdir()
    short.symlink_to(brief)
    with pytest.raises(SettingRefused, match="不属于本用户"):
        choose_places(data, binary=carried_server())


def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir(mode=0o755)
    (tmp_path / "redis").chmod(0o755)
    choose_places(tmp_path, binary=carried_server())
    assert stat.S_IMODE((tmp_path / "redis").stat().st_mode) == 0o700


def test_a_server_on_path_comes_before_the_carried_one(tmp_path: Path) -> None:
    assert find_server(str(tmp_path)) == carried_server()
    for name in ("valkey-server", "redis-server"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        assert find_server(str(tmp_path)) == tmp_path / name


def test_a_machine_without_any_server_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_places.platform, "machine", lambda: "sparc")
    with pytest.raises(SettingRefused, match="INTAKE_REDIS_URL"):
        carried_server()


def test_a_redis_that_is_set_is_used_and_left_alone(own: RedisHandle, tmp_path: Path) -> None:
    settings = ServiceSettings(data=tmp_path / "other", redis_url=own.url)
    for chosen in (plan_redis(settings), open_redis(settings)):
        assert chosen.url == own.url and chosen.server is None
        chosen.stop()
    assert server_of(own).running() and not (tmp_path / "other").exists()
