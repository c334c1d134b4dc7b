"""Writes an answer file that was not there before: complete or not at all, and never over another file."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path


class NotWrittenError(Exception):
    """The file was not written.

    Attributes:
        code: `out-exists` or `out-not-writable`.
        detail: One Chinese sentence.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def write_new(path: Path, data: bytes) -> None:
    """Writes beside the target, makes it durable, then gives it its name.

    Raises:
        NotWrittenError: The name is taken, or the place cannot be written.
    """
    part = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.part")
    try:
        refuse_taken(path)
        with part.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        # A hard link fails when the name is taken meanwhile; a rename would silently replace that file.
        os.link(part, path)
    except FileExistsError as exc:
        raise NotWrittenError("out-exists", f"{path.name} 已存在，未覆盖：请换一个文件名。") from exc
    except OSError as exc:
        raise NotWrittenError("out-not-writable", f"无法写入 {path.name}：{said(exc)}。") from exc
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


# What a person can do something about; anything else keeps the system's own words.
_REASONS = {
    errno.ENOENT: "文件夹不存在",
    errno.ENOTDIR: "上级不是文件夹",
    errno.EACCES: "没有写入权限",
    errno.EROFS: "磁盘只读",
    errno.ENOSPC: "磁盘已满",
    errno.ENAMETOOLONG: "文件名过长",
}


def said(fault: OSError) -> str:
    """Why a file could not be written, in words for people."""
    return _REASONS.get(fault.errno or 0) or fault.strerror or "未知原因"


def refuse_taken(path: Path) -> None:
    """Says early, before a long computation, that the name is taken.

    Raises:
        NotWrittenError: `out-exists`.
    """
    if os.path.lexists(path):
        raise NotWrittenError("out-exists", f"{path.name} 已存在，未覆盖：请换一个文件名。")
