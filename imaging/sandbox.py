"""Decodes uploads in a child process with little memory, little time and no rights.

One small child (Pillow and numpy only) starts with the first image and forks for every image: a fork costs 3 ms, a
new interpreter 250 (reliability.md, rule 5 of section 3.1). Pixels come back through a memory area that this process
sized itself; nothing the child says is trusted beyond a refusal code and pixel values.

Refusal codes beside those of `imaging.prescan`:

| code | means | unit of measured / limit |
|---|---|---|
| decoder-crashed | the codec died on this image | signal number / - |
| decoder-timeout | the codec used up its processor or clock time | seconds |
| decoder-out-of-memory | the image needs more than the child may have | - / bytes |

What this does not stop: a codec that is taken over can still compute until its time is up and return any picture.
The child runs as the same user; hosts that want more put the whole worker into a container without network.

Linux only (anonymous memory files).
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import numpy as np

from imaging.decode_child import ANSWER, OUTCOMES, READY, RESULT_HEADER
from imaging.errors import DecoderKilled, ImageRefused
from imaging.model import Pixels, Rendition
from imaging.normalise import rendition_size
from imaging.prescan import DEFAULT_LIMITS, ScanLimits, Scanned, prescan


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What one image may cost.

    Attributes:
        memory_bytes: Address space of the fork.
        cpu_s: Processor time of the fork.
        wall_s: Clock time of the fork.
        max_side_px: Longest side of the rendition; larger images are scaled down while they are decoded.
    """

    # reliability.md, section 2.1.
    memory_bytes: int = 1024**3
    cpu_s: int = 10
    # Longer than the processor time, because a busy machine shares its cores; shorter than a person waits.
    wall_s: float = 20.0
    # Readers use at most 2400 px of a document (photo.md, Compression); a document often fills three quarters of a
    # photo. 3200 px keep a 12 MP photo at 23 MB.
    max_side_px: int = 3200


@dataclass(frozen=True, slots=True)
class DecodeCost:
    """What one image did cost in its fork.

    Attributes:
        cpu_s: Processor seconds.
        peak_bytes: Largest resident memory, the 40 MB of an idle child included.
    """

    cpu_s: float
    peak_bytes: int


DEFAULT_DECODE_LIMITS = DecodeLimits()
_CHILD_PROGRAM = Path(__file__).with_name("decode_child.py")
# Nothing of the parent's environment reaches the child. One thread: forking a process with threads is unsafe.
_CHILD_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# The fork's own alarm comes first; this is for a child that is stopped as a whole.
_GRACE_S = 5.0
# Starting takes 0.3 s on an idle machine (measured); a machine that needs this long decodes nothing either.
_START_S = 60.0
# Nothing that a fork may do ends it like this: they come from outside.
_OUTSIDE_SIGNALS = frozenset((signal.SIGKILL, signal.SIGTERM))
# Signals that mean "time is up": processor limit and alarm.
_TIMEOUT_SIGNALS = frozenset((signal.SIGXCPU, signal.SIGALRM))


class _ChildLostError(Exception):
    """The child itself, not only its fork, is gone or silent."""


class Decoder:
    """Decodes uploads one at a time; safe to share between threads. Use as a context manager.

    The child starts with the first image (or with `start`) and is replaced when it dies.
    """

    def __init__(self, limits: DecodeLimits = DEFAULT_DECODE_LIMITS, scan_limits: ScanLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._scan_limits = scan_limits
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._owner: int | None = None
        self._last_cost: DecodeCost | None = None

    def __enter__(self) -> Decoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def child_pid(self) -> int | None:
        """Process id of the running child, for supervision and tests."""
        return None if self._child is None else self._child.pid

    @property
    def last_cost(self) -> DecodeCost | None:
        """What the last image cost; None when the pre-scan refused it or its fork did not answer. For benchmarks."""
        return self._last_cost

    def start(self) -> None:
        """Starts the child now, so that the first image does not wait for it. Returns before it is ready."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """Ends the child. The decoder can be used again afterwards."""
        with self._lock:
            self._stop()

    def decode(self, data: bytes, *, formats: tuple[str, ...] | None = None) -> Rendition:
        """Checks and decodes an upload.

        Args:
            data: The upload as it came.
            formats: Names that the policy lets in (`Policy.opened_formats`); the usual three when not given.

        Returns:
            The upright, opaque sRGB image, long side at most `max_side_px`.

        Raises:
            ImageRefused: With a code of `imaging.prescan` or of this module.
            DecoderKilled: See there.
        """
        self._last_cost = None
        limits = self._scan_limits if formats is None else replace(self._scan_limits, formats=formats)
        return self.decode_scanned(prescan(data, limits))

    def decode_scanned(self, scanned: Scanned) -> Rendition:
        """Decodes an upload that was checked before.

        Raises:
            ImageRefused: `image-corrupt`, `file-incomplete`, `header-lies`, `animated-image` or a code of this module.
        """
        with self._lock:
            self._last_cost = None
            pixels, mode = self._pixels(scanned)
        return Rendition(
            pixels=pixels,
            source_format=scanned.format,
            source_width_px=scanned.upright_width_px,
            source_height_px=scanned.upright_height_px,
            source_mode=mode,
        )

    def _pixels(self, scanned: Scanned) -> tuple[Pixels, str]:
        width_px, height_px = rendition_size(
            width_px=scanned.width_px,
            height_px=scanned.height_px,
            orientation=scanned.orientation,
            max_side_px=self._limits.max_side_px,
        )
        source_fd = os.memfd_create("image")
        result_fd = os.memfd_create("pixels")
        try:
            _write_all(source_fd, scanned.payload)
            os.ftruncate(result_fd, RESULT_HEADER.size + width_px * height_px * 3)
            request = self._request(scanned, out_width_px=width_px, out_height_px=height_px)
            self._raise_for_end(self._asked(request, (source_fd, result_fd)))
            mode = _mode_or_refusal(os.pread(result_fd, RESULT_HEADER.size, 0))
            return _read_pixels(result_fd, width_px=width_px, height_px=height_px), mode
        finally:
            os.close(source_fd)
            os.close(result_fd)

    def _request(self, scanned: Scanned, *, out_width_px: int, out_height_px: int) -> bytes:
        return json.dumps(
            {
                "format": scanned.format,
                "width_px": scanned.width_px,
                "height_px": scanned.height_px,
                "orientation": scanned.orientation,
                "out_width_px": out_width_px,
                "out_height_px": out_height_px,
                "memory_bytes": self._limits.memory_bytes,
                "cpu_s": self._limits.cpu_s,
                "wall_s": self._limits.wall_s,
            }
        ).encode()

    def _asked(self, request: bytes, fds: tuple[int, int]) -> int:
        """Exit code of the fork. A child that was killed from outside, or its fork, is replaced and asked again."""
        try:
            return self._ask(request, fds)
        except _ChildLostError:
            self._stop()
        try:
            return self._ask(request, fds)
        except _ChildLostError as exc:
            self._stop()
            raise DecoderKilled from exc

    def _ask(self, request: bytes, fds: tuple[int, int]) -> int:
        control = self._started()
        try:
            self._await_ready(control)
            socket.send_fds(control, [request], list(fds))
            answer = control.recv(ANSWER.size, socket.MSG_WAITALL)
        except TimeoutError as exc:
            self._stop()
            raise ImageRefused("decoder-timeout", limit=self._limits.wall_s) from exc
        except OSError as exc:
            raise _ChildLostError from exc
        if len(answer) != ANSWER.size:
            raise _ChildLostError
        exit_code, peak_kib, cpu_s = ANSWER.unpack(answer)
        if -exit_code in _OUTSIDE_SIGNALS:
            raise _ChildLostError
        self._last_cost = DecodeCost(cpu_s, peak_kib * 1024)
        return int(exit_code)

    def _await_ready(self, control: socket.socket) -> None:
        if self._ready:
            return
        control.settimeout(_START_S)
        if control.recv(len(READY)) != READY:
            raise _ChildLostError
        control.settimeout(self._limits.wall_s + _GRACE_S)
        self._ready = True

    def _raise_for_end(self, exit_code: int) -> None:
        if exit_code == 0:
            return
        if -exit_code in _TIMEOUT_SIGNALS:
            raise ImageRefused("decoder-timeout", measured=self._spent_s(exit_code), limit=self._limit_s(exit_code))
        raise ImageRefused("decoder-crashed", measured=abs(exit_code))

    def _limit_s(self, exit_code: int) -> float:
        return self._limits.wall_s if -exit_code == signal.SIGALRM else self._limits.cpu_s

    def _spent_s(self, exit_code: int) -> float | None:
        """Processor seconds; for the alarm the clock time, which is its limit."""
        if -exit_code == signal.SIGALRM:
            return self._limits.wall_s
        return None if self._last_cost is None else round(self._last_cost.cpu_s, 1)

    def _started(self) -> socket.socket:
        self._forget_inherited()
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-B", str(_CHILD_PROGRAM)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_CHILD_ENVIRONMENT,
                cwd="/",
                # A group of its own: Ctrl-C in a terminal reaches only the parent, and the fork can be ended with it.
                start_new_session=True,
            )
        self._control, self._ready, self._owner = ours, False, os.getpid()
        return ours

    def _forget_inherited(self) -> None:
        """After a fork of this process the child still belongs to the original; sharing it would mix up answers."""
        if self._owner in (None, os.getpid()):
            return
        if self._control is not None:
            self._control.close()
        if self._child is not None:
            # Not ours to wait for; without a return code the object would complain when it is collected.
            self._child.returncode = 0
        self._child = self._control = self._owner = None

    def _stop(self) -> None:
        self._forget_inherited()
        if self._control is not None:
            self._control.close()
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
        self._child = self._control = None


def decode_upload(
    data: bytes, decoder: Decoder, *, formats: tuple[str, ...] = DEFAULT_LIMITS.formats
) -> tuple[Scanned, Rendition]:
    """Checks and decodes an upload, and keeps what the header said.

    Args:
        data: The upload as it came.
        decoder: Decodes it.
        formats: Names that the policy lets in.

    Raises:
        ImageRefused: With a code of `imaging.prescan` or of this module.
    """
    scanned = prescan(data, replace(DEFAULT_LIMITS, formats=formats))
    return scanned, decoder.decode_scanned(scanned)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _mode_or_refusal(header: bytes) -> str:
    if len(header) != RESULT_HEADER.size:
        raise ImageRefused("decoder-crashed")
    index, measured, limit, mode = RESULT_HEADER.unpack(header)
    outcome = OUTCOMES[index] if index < len(OUTCOMES) else OUTCOMES[0]
    if outcome == OUTCOMES[0]:
        raise ImageRefused("decoder-crashed")
    if outcome != "decoded":
        raise ImageRefused(outcome, measured=_number(measured), limit=_number(limit))
    return str(mode.rstrip(b"\x00").decode("ascii", "replace"))


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _read_pixels(fd: int, *, width_px: int, height_px: int) -> Pixels:
    """Copies the pixels out by reading: a mapped area that the child cuts short would end this process."""
    pixels = np.empty((height_px, width_px, 3), dtype=np.uint8)
    view = pixels.reshape(-1).data
    done = 0
    while done < len(view):
        count = os.preadv(fd, [view[done:]], RESULT_HEADER.size + done)
        if count == 0:
            raise ImageRefused("decoder-crashed")
        done += count
    return pixels
