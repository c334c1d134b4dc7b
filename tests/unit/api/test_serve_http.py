"""The socket of the interface."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from api.serve_http import children_fault, listening
from intake.settings import SettingRefused


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_do_not_wait_for_the_callers_acknowledgement(host: str) -> None:
    with listening(host, 0) as listener, socket.create_connection(listener.getsockname()[:2]):
        taken, _ = listener.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_port_that_is_taken_is_refused_with_its_number() -> None:
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SettingRefused, match=str(port)):
            listening("127.0.0.1", port)


@pytest.mark.parametrize(("ups", "code"), [([True, True], None), ([True, False], "child-down")])
def test_a_process_of_this_machine_that_is_down_is_told(ups: list[bool], code: str | None, tmp_path: Path) -> None:
    path = tmp_path / "children.json"
    children = [{"name": f"live-{n}", "up": up, "pid": 1, "restarts": 0} for n, up in enumerate(ups)]
    path.write_text(json.dumps({"supervisor": os.getpid(), "children": children}), encoding="ascii")
    assert children_fault(path) == code


def test_without_a_supervisor_nothing_is_told(tmp_path: Path) -> None:
    assert children_fault(tmp_path / "children.json") is None
