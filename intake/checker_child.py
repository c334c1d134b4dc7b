"""Program of the checker's child process: looks at uploads for the API, one at a time, until the API goes away.

Its standard input is one end of a socket pair (`intake.frames`): a request is an operation with the upload's bytes, the
answer is JSON, and for a made photo its bytes. Pixels stay here and in the decoders' children.

What becomes of faults: a bad picture is a finding; what a native library raises is the finding `engine-failed`; a
broken installation and an unusable policy are named to the API, because no document is to blame.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

import cv2

from imaging.model import Defect
from imaging.photo.weights import PhotoModelError
from intake.checked import (
    PhotoServiceAnswer,
    check_to_wire,
    photo_to_wire,
    refused_check,
    refused_photo,
)
from intake.fast_check import CheckDesk, fast_check
from intake.frames import Frame, FrameBroken, packed, read_frame
from intake.memory import give_back_freed
from intake.photo_service import check_photo_bytes, fix_photo_bytes
from intake.rules import open_policy
from ocr.model import Kind
from verify.errors import PolicyInvalid, PolicyUnknown
from verify.policy_model import Policy

# First frame of a child: it has imported everything and takes requests.
READY = "ready"
_Answer = tuple[Mapping[str, Any], bytes]


def main() -> int:
    """Runs until the other end of standard input is closed."""
    # A crash must not leave a document on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    control = socket.socket(fileno=os.dup(0))
    _silence()
    # Other children and the workers have their own cores.
    cv2.setNumThreads(1)
    with CheckDesk() as desk, control, contextlib.suppress(FrameBroken, ConnectionError):
        control.sendall(packed({READY: True}))
        while (frame := read_frame(control.recv)) is not None:
            message, data = answer_for(frame, desk)
            control.sendall(packed(message, data))
            give_back_freed()
    return 0


def _silence() -> None:
    """What libraries print goes nowhere: it could hold document content."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def answer_for(frame: Frame, desk: CheckDesk) -> _Answer:
    """The answer to one request: `check`, `photo-check` or `photo-fix`, or `{"fault": code}`."""
    try:
        policy = _policy(str(frame.message["policy"]))
    except (PolicyUnknown, PolicyInvalid, ValueError):
        # A name with a zero byte is a ValueError of the operating system's layer.
        return {"fault": "policy-unusable"}, b""
    try:
        return _answer(frame, policy, desk)
    except PolicyInvalid:
        return {"fault": "policy-unusable"}, b""
    except (PhotoModelError, ImportError):
        return {"fault": "models-unusable"}, b""


def _answer(frame: Frame, policy: Policy, desk: CheckDesk) -> _Answer:
    """The runner of the stages, so it catches whatever a native library may raise: that stays with this upload."""
    kind = Kind(frame.message["kind"])
    try:
        if frame.message["do"] == "check":
            return check_to_wire(fast_check(frame.data, kind, policy, desk)), b""
        answer = _photo(frame, policy, desk)
    except (PolicyInvalid, PhotoModelError, ImportError):
        raise
    except Exception:
        failed = Defect("engine-failed", severe=True)
        if frame.message["do"] == "check":
            return check_to_wire(refused_check(failed, kind)), b""
        answer = refused_photo(failed)
    return photo_to_wire(answer), answer.data or b""


def _photo(frame: Frame, policy: Policy, desk: CheckDesk) -> PhotoServiceAnswer:
    if frame.message["do"] == "photo-check":
        return check_photo_bytes(frame.data, policy, desk.parts)
    return fix_photo_bytes(
        frame.data,
        policy,
        desk.parts,
        max_kb=frame.message["max_kb"],
        keep_background=bool(frame.message["keep_background"]),
    )


@cache
def _policy(name: str) -> Policy:
    """Opened once a process; a changed pack is seen when the process is replaced."""
    return open_policy(name).policy


if __name__ == "__main__":
    sys.exit(main())
