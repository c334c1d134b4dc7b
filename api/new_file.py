"""Writes an answer file that was not there before: complete or not at all, and never over another file."""

from __future__ import annotations

import contextlib
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
        raise NotWrittenError("out-not-writable", f"无法写入 {path.name}：{exc.strerror or '未知原因'}。") from exc
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def refuse_taken(path: Path) -> None:
    """Says early, before a long computation, that the name is taken.

    Raises:
        NotWrittenError: `out-exists`.
    """
    if os.path.lexists(path):
        raise NotWrittenError("out-exists", f"{path.name} 已存在，未覆盖：请换一个文件名。")
