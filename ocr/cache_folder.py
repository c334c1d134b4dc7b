"""Where the reader and its libraries may lay out small files of their own: nothing in it comes from a document."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

_NAME = "accountant-intake"
# Nobody else may put files where this user's processes load models from.
_MODE = 0o700


def cache_folder(name: str) -> Path:
    """A folder that survives the process; made when it is not there.

    Below `$XDG_CACHE_HOME`, else `~/.cache`. A service often has no home or may not write there (a container with a
    read-only root, systemd's `ProtectHome`): then it lies in the temporary folder, under this user's number.

    Args:
        name: What it is for.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(base) / _NAME / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return _temporary(name)
    return folder if os.access(folder, os.W_OK) else _temporary(name)


def _temporary(name: str) -> Path:
    base = Path(tempfile.gettempdir()) / f"{_NAME}-{os.getuid()}"
    try:
        base.mkdir(mode=_MODE, exist_ok=True)
        if _is_ours_alone(base):
            folder = base / name
            folder.mkdir(exist_ok=True)
            return folder
    except OSError:
        pass
    # Somebody else has the place.
    return Path(tempfile.mkdtemp(prefix=f"{_NAME}-{name}-"))


def _is_ours_alone(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
