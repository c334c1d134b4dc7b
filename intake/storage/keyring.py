"""The file of master keys: created once, grown by rotation, never printed.

Codes of `KeyringUnusable`:

| code | means |
|---|---|
| keyring-missing | there is no such file |
| keyring-not-readable | it cannot be opened |
| keyring-open-to-others | group or world may read or write it |
| keyring-owner | the file, or the link to it, belongs to somebody else |
| keyring-damaged | it is not what we wrote |
| keyring-example-keys | a key from the documentation, or one that nobody drew at random |
| keyring-exists | `create_keyring` does not overwrite |
| keyring-not-writable | the folder cannot be written, or is full |
| keyring-changed | while serving: replaced by a file that is not the old one grown or shortened |

What this does not stop: whoever can read the memory or the files of the service's user has the keys.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import secrets
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from intake.storage.durable_file import FileLayer, SystemFiles, write_durably
from intake.storage.errors import KeyringUnusable
from intake.storage.keyring_format import KEY_BYTES, Keyring, MasterKey, damaged, parse_keyring, render_keyring

__all__ = [
    "Keyring",
    "KeyringFile",
    "MasterKey",
    "add_master_key",
    "create_keyring",
    "load_keyring",
    "remove_master_key",
]

# About 500 keys: a new one every month for forty years. A larger file is not ours.
_MAX_FILE_BYTES = 64 * 1024
_GROUP_OR_WORLD = 0o077
# Only root and the user who runs the service may decide which keys it uses.
_ROOT_UID = 0
# Folders for keys are their owner's alone.
_FOLDER_MODE = 0o700
_SYSTEM_FILES = SystemFiles()


def load_keyring(path: Path) -> Keyring:
    """Reads the key file.

    Raises:
        KeyringUnusable: See the table above.
    """
    try:
        return parse_keyring(_guarded_text(path))
    except KeyringUnusable as fault:
        raise KeyringUnusable(fault.code, f"密钥文件 {path}：{fault.detail}。") from fault


def create_keyring(path: Path, *, files: FileLayer = _SYSTEM_FILES) -> Keyring:
    """Draws new keys and writes them to a file that was not there before, readable by its owner only.

    Raises:
        KeyringUnusable: `keyring-exists` or `keyring-not-writable`.
    """
    ring = Keyring((_new_key(1),), secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))
    with _writing(path):
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        with _alone(path):
            _write(path, ring, files=files, overwrite=False)
    return ring


def add_master_key(path: Path, *, files: FileLayer = _SYSTEM_FILES) -> Keyring:
    """Adds a master key, which is active from now on. Processes that serve notice by themselves.

    Returns:
        The keys after that.

    Raises:
        KeyringUnusable: The file cannot be used or written; it is as it was.
    """
    with _editing(path) as (target, ring):
        grown = replace(ring, keys=(*ring.keys, _new_key(ring.active.version + 1)))
        _write(target, grown, files=files, overwrite=True)
    return grown


def remove_master_key(path: Path, version: int, *, files: FileLayer = _SYSTEM_FILES) -> Keyring:
    """Removes an old master key. Whoever calls has made sure that nothing is sealed under it.

    Raises:
        KeyringUnusable: The file cannot be used or written; it is as it was.
        ValueError: The version is the active one, or not there.
    """
    with _editing(path) as (target, ring):
        if version == ring.active.version or ring.of_version(version) is None:
            raise ValueError("no old key has this version")
        shortened = replace(ring, keys=tuple(key for key in ring.keys if key.version != version))
        _write(target, shortened, files=files, overwrite=True)
    return shortened


class KeyringFile:
    """The keys of a process that serves: call it for the keys as they are now.

    The file is looked at on every call (1 µs) and read when it changed. A file that went bad does not stop the
    service, because the keys are still in memory; `fault` tells it, for the readiness check.
    """

    def __init__(self, path: Path) -> None:
        """Reads the file.

        Raises:
            KeyringUnusable: It cannot be used, so the process must not start.
        """
        self._path = path
        self._lock = threading.Lock()
        self._mark = _mark(path)
        self._ring = load_keyring(path)
        self._fault: KeyringUnusable | None = None

    @property
    def fault(self) -> KeyringUnusable | None:
        """What is wrong with the file since it was last good, or None."""
        return self._fault

    def __call__(self) -> Keyring:
        """The keys as they are now."""
        mark = _mark(self._path)
        if mark != self._mark:
            with self._lock:
                self._reread(mark)
        return self._ring

    def _reread(self, mark: tuple[int, ...] | None) -> None:
        try:
            ring = load_keyring(self._path)
            _refuse_other_keys(self._ring, ring, self._path)
            self._ring, self._fault = ring, None
        except KeyringUnusable as fault:
            self._fault = fault
        # Taken before the file was read: one that changed meanwhile is read again by the next call.
        self._mark = mark


def _refuse_other_keys(old: Keyring, new: Keyring, path: Path) -> None:
    """A rotation adds keys and a retirement takes old ones away; anything else is another installation's file."""
    same = old.index_key == new.index_key and old.audit_key == new.audit_key
    same = same and new.active.version >= old.active.version
    for key in old.keys:
        kept = new.of_version(key.version)
        same = same and (kept is None or kept.key == key.key)
    if not same:
        raise KeyringUnusable(
            "keyring-changed", f"密钥文件 {path}：已被换成另一套或更旧的密钥，服务仍用原来的；请恢复原文件。"
        )


def _mark(path: Path) -> tuple[int, ...] | None:
    """What changes when the file is replaced; None when it cannot be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_mode)


def _guarded_text(path: Path) -> str:
    try:
        link = path.lstat()
        if stat.S_ISLNK(link.st_mode):
            _refuse_owner(link, "链接")
        # A named pipe must not make us wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError as fault:
        raise KeyringUnusable(
            "keyring-missing", "没有这个文件；首次使用请运行 intake keys create，否则从备份恢复"
        ) from fault
    except OSError as fault:
        raise KeyringUnusable("keyring-not-readable", "打不开；请检查文件夹和文件的权限") from fault
    try:
        _refuse_open_file(os.fstat(descriptor))
        with open(descriptor, "rb", closefd=False) as stream:
            data = stream.read(_MAX_FILE_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > _MAX_FILE_BYTES:
        raise damaged(f"超过 {_MAX_FILE_BYTES} 字节")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise damaged("不是 UTF-8 文本") from fault


def _refuse_open_file(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise damaged("不是普通文件")
    _refuse_owner(found, "文件")
    mode = stat.S_IMODE(found.st_mode)
    if mode & _GROUP_OR_WORLD:
        raise KeyringUnusable("keyring-open-to-others", f"权限为 {mode:04o}，其他用户也能使用；请运行 chmod 600")


def _refuse_owner(found: os.stat_result, what: str) -> None:
    if found.st_uid not in (_ROOT_UID, os.geteuid()):
        raise KeyringUnusable(
            "keyring-owner", f"{what}属于用户 {found.st_uid}，当前用户是 {os.geteuid()}；请以运行服务的用户执行"
        )


def _new_key(version: int) -> MasterKey:
    return MasterKey(version, secrets.token_bytes(KEY_BYTES), datetime.now(UTC).replace(microsecond=0))


@contextlib.contextmanager
def _editing(path: Path) -> Iterator[tuple[Path, Keyring]]:
    """Where the file really lies, and its keys, while nobody else edits it."""
    with _writing(path):
        # The file behind a link is replaced, not the link.
        target = path.resolve()
        # Looked at before the lock, which needs the folder to be there.
        load_keyring(path)
        with _alone(target):
            yield target, load_keyring(path)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two rotations at once would lose one key, under which something may be sealed already."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # What an edit that was killed left behind holds keys as well.
        for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            part.unlink(missing_ok=True)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        if isinstance(fault, FileExistsError) and os.path.lexists(path):
            raise KeyringUnusable(
                "keyring-exists",
                f"密钥文件 {path}：已存在，未覆盖；其中的密钥可能正用着。换密钥请用 intake keys rotate。",
            ) from fault
        raise KeyringUnusable(
            "keyring-not-writable",
            f"密钥文件 {path}：无法写入（{fault.strerror or '未知原因'}）；请检查磁盘和权限后重新执行。",
        ) from fault


def _write(path: Path, ring: Keyring, *, files: FileLayer, overwrite: bool) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    write_durably(path, part, render_keyring(ring).encode("utf-8"), files=files, replace=overwrite)
