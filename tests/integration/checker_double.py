"""A child of the checker that behaves as the upload says; run as a program."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

from intake.checked import FastCheck, check_to_wire
from intake.frames import Frame, packed, read_frame


def main() -> None:
    """Answers every check with an empty one, unless its upload is one of the words below."""
    control = socket.socket(fileno=os.dup(0))
    control.sendall(packed({"ready": True}))
    while (frame := read_frame(control.recv)) is not None:
        control.sendall(_reply(frame))


def _reply(frame: Frame) -> bytes:
    word, _, place = frame.data.decode("ascii").partition(":")
    if word == "die" or (word == "die-once" and not Path(place).exists()):
        Path(place or os.devnull).touch()
        os._exit(3)
    if word == "hang":
        time.sleep(3600)
    if word == "garbage":
        return b"HTTP/1.1 200 OK\r\n\r\n"
    if word == "nonsense":
        return packed({"findings": "none"})
    if word.startswith("fault-"):
        return packed({"fault": word.removeprefix("fault-")})
    return packed(check_to_wire(FastCheck((), "JPEG", 4, 3, 4, 3)))


if __name__ == "__main__":
    main()
