"""What the command line says: JSON lines or Chinese tables on stdout, one-line errors on stderr, nothing else.

Libraries that print or log have no business on either stream, so while a command works with models both descriptors
lead nowhere and only `Output` holds the real ones.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType


class Output:
    """The two real streams.

    Args:
        out: Where answers go.
        err: Where errors and progress go.
    """

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self.out, self.err = out, err

    def json_line(self, value: Mapping[str, Any]) -> None:
        """One object a line, flushed at once so that a reader of the pipe sees it."""
        self.out.write(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n")
        self.out.flush()

    def show(self, item: RenderableType) -> None:
        """A table or a line of text for people."""
        from rich.console import Console

        # Wide enough for Chinese messages when the answer goes into a file or a pipe.
        console = Console(file=self.out, highlight=False, width=None if self.out.isatty() else 120)
        console.print(item, markup=False)
        self.out.flush()

    def error(self, code: str, detail: str) -> None:
        """One line: stable code first, so that scripts can look for it."""
        self.err.write(f"{code}: {detail}\n")
        self.err.flush()


@contextlib.contextmanager
def quiet() -> Iterator[Output]:
    """Gives the real streams to the caller and nothing to everybody else, libraries in C included."""
    before = sys.stdout, sys.stderr
    with contextlib.ExitStack() as stack:
        out, err = stack.enter_context(_taken(sys.stdout, 1)), stack.enter_context(_taken(sys.stderr, 2))
        nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
        sys.stdout = sys.stderr = nowhere
        try:
            yield Output(out, err)
        finally:
            sys.stdout, sys.stderr = before


@contextlib.contextmanager
def _taken(stream: TextIO, descriptor: int) -> Iterator[TextIO]:
    """A private way to the stream, while its descriptor leads nowhere."""
    try:
        real = stream.fileno() == descriptor
    except (io.UnsupportedOperation, ValueError, AttributeError):
        real = False
    if not real:
        # Someone captures the stream inside this process (a test); there is no descriptor to take.
        yield stream
        return
    stream.flush()
    kept = os.dup(descriptor)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    # A terminal without UTF-8 still gets every character, escaped.
    private = open(kept, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    try:
        yield private
    finally:
        with contextlib.suppress(OSError):
            private.flush()
        os.dup2(kept, descriptor)
        with contextlib.suppress(OSError):
            private.close()
        os.close(kept)
