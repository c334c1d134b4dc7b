"""Program of the decoder's child process: forks once per image and decodes in the fork.

Started by `imaging.sandbox` by path, in an isolated interpreter without environment. Speaks over one socket:
a request is one JSON message with two file descriptors (image bytes in, pixels out), the answer is how the fork ended.
The fork holds nothing but its two memory areas: no socket, no files, no network (`imaging.child_rights`).

Layout of the memory area for the result: a header (`RESULT_HEADER`), then the pixels.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import sys
from collections.abc import Mapping
from mmap import mmap
from pathlib import Path

if __name__ == "__main__":
    # The isolated interpreter does not know where the product lives; its own libraries stay first.
    sys.path.append(str(Path(__file__).resolve().parent.parent))

import numpy as np
from PIL import Image

from imaging.child_rights import give_up_rights
from imaging.errors import ImageRefused
from imaging.heic_reader import load_heic_reader
from imaging.normalise import StoredImage, normalise

# Outcome of the fork: index into OUTCOMES, measured, limit (both NaN for none), Pillow's mode padded with zeros.
RESULT_HEADER = struct.Struct("!Bdd8s")
# The refusals a fork can report, in a fixed order: a fork that was taken over cannot invent words.
OUTCOMES = (
    "unfinished",
    "decoded",
    "image-corrupt",
    "file-incomplete",
    "header-lies",
    "animated-image",
    "decoder-out-of-memory",
)
# How the fork ended: exit code, or minus the signal; largest resident memory in KiB; processor seconds.
ANSWER = struct.Struct("!iid")
MAX_REQUEST_BYTES = 1024
# Sent once, when everything is imported: the clock of the first image starts here.
READY = b"R"


def main() -> int:
    """Serves requests on standard input's socket until the other side hangs up."""
    control = socket.socket(fileno=os.dup(0))
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.close(quiet)
    # Pillow would import its basic plug-ins at the first image, when a fork may no longer open files.
    Image.preinit()
    control.sendall(READY)
    while True:
        message, fds, _, _ = socket.recv_fds(control, MAX_REQUEST_BYTES, 2)
        if not message or len(fds) != 2:
            return 0
        request = json.loads(message)
        if request["format"] == "HEIC":
            # Here and not in the fork, which may no longer open files and would pay for it with every image.
            with contextlib.suppress(ImportError):
                load_heic_reader()
        pid = os.fork()
        if pid == 0:
            control.close()
            _decode_and_exit(request, source_fd=fds[0], result_fd=fds[1])
        for fd in fds:
            os.close(fd)
        _, status, usage = os.wait4(pid, 0)
        cpu_s = usage.ru_utime + usage.ru_stime
        control.sendall(ANSWER.pack(os.waitstatus_to_exitcode(status), usage.ru_maxrss, cpu_s))


def _decode_and_exit(request: Mapping[str, int | str], *, source_fd: int, result_fd: int) -> None:
    """Body of the fork; never returns, and reports through the result's header."""
    code = 1
    try:
        with mmap(source_fd, 0, prot=1) as source:
            payload = source[:]
        result = mmap(result_fd, 0)
        os.close(source_fd)
        os.close(result_fd)
        give_up_rights(
            memory_bytes=int(request["memory_bytes"]),
            cpu_s=int(request["cpu_s"]),
            wall_s=float(request["wall_s"]),
            # The HEIC codec has to have one beside the main one.
            may_start_threads=request["format"] == "HEIC",
        )
        result[: RESULT_HEADER.size] = _outcome(request, payload, result)
        code = 0
    finally:
        os._exit(code)


def _outcome(request: Mapping[str, int | str], payload: bytes, result: mmap) -> bytes:
    """Decodes into the result and returns its header."""
    stored = StoredImage(
        payload=payload,
        format=str(request["format"]),
        width_px=int(request["width_px"]),
        height_px=int(request["height_px"]),
        orientation=int(request["orientation"]),
    )
    shape = (int(request["out_height_px"]), int(request["out_width_px"]), 3)
    out = np.frombuffer(result, dtype=np.uint8, offset=RESULT_HEADER.size).reshape(shape)
    try:
        mode = normalise(stored, out)
    except ImageRefused as refused:
        return _header(refused.code, measured=refused.measured, limit=refused.limit)
    except MemoryError:
        return _header("decoder-out-of-memory", limit=float(request["memory_bytes"]))
    return _header("decoded", mode=mode)


def _header(outcome: str, *, measured: float | None = None, limit: float | None = None, mode: str = "") -> bytes:
    nothing = float("nan")
    return RESULT_HEADER.pack(
        OUTCOMES.index(outcome),
        nothing if measured is None else measured,
        nothing if limit is None else limit,
        mode.encode("ascii"),
    )


if __name__ == "__main__":
    sys.exit(main())
