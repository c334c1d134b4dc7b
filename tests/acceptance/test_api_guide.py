"""The commands of docs/api.md, word for word but for the two ports, from an empty folder against a real service."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
_BLOCK = re.compile(r"(?P<mark><!-- terminal 1 -->\n)?```sh\n(?P<code>.*?)```", re.DOTALL)
# Models are loaded and four pages read, beside other tests.
_PATIENCE_S = 240


def blocks(ports: Mapping[str, int]) -> tuple[str, str]:
    """What is typed into the first terminal, and into the second one."""
    text = _GUIDE.read_text(encoding="utf-8")
    for told, port in ports.items():
        text = text.replace(told, str(port))
    found = list(_BLOCK.finditer(text))
    first = "".join(one["code"] for one in found if one["mark"])
    second = "".join(one["code"] for one in found if not one["mark"])
    return first, second


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def terminal_one(code: str, folder: Path, environment: dict[str, str], port: int) -> Iterator[None]:
    """Runs the service until the block ends."""
    with (folder / "serve.log").open("wb") as log:
        service = subprocess.Popen(
            ["bash", "-c", f"exec env {code}"], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        await_ready(service, port)
        yield
    finally:
        service.send_signal(signal.SIGTERM)
        try:
            service.wait(timeout=60)
        finally:
            service.kill()


def await_ready(service: subprocess.Popen[bytes], port: int) -> None:
    """Waits until uploads are taken."""
    ends_at = time.monotonic() + _PATIENCE_S
    while time.monotonic() < ends_at:
        assert service.poll() is None, "the service ended"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise AssertionError("the service does not become ready")


def test_the_guides_commands_lead_to_a_verdict_and_a_webhook(tmp_path: Path) -> None:
    service_port, hook_port = free_port(), free_port()
    first, second = blocks({"8400": service_port, "8500": hook_port})
    # The suite's own proxy leads nowhere, and curl would ask it for this machine too.
    kept = (name for name in os.environ if not name.startswith("INTAKE_") and not name.lower().endswith("_proxy"))
    environment = {name: os.environ[name] for name in kept}
    programs = Path(sys.executable).parent
    environment |= {"PATH": f"{programs}:{environment['PATH']}", "INTAKE_PORT": str(service_port)}
    with terminal_one(first, tmp_path, environment, service_port):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", second], cwd=tmp_path, env=environment, capture_output=True, text=True,
            timeout=_PATIENCE_S, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads((tmp_path / "verdict.json").read_text(encoding="utf-8"))
    assert verdict["state"] == "in_review"
    # Only two of the materials that the rules ask for were sent: that is told, and nothing was misread.
    assert verdict["score"] is not None
    assert {one["kind"] for one in verdict["materials"].values()} == {"id_card_front", "id_card_back"}
    assert not [one for one in verdict["findings"] if one["level"] == "mismatch"]
    assert (tmp_path / "photo.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    assert (tmp_path / "front-rendition.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    received = [json.loads(line) for line in (tmp_path / "received.jsonl").read_text(encoding="utf-8").splitlines()]
    scored = [one for one in received if one["event"] == "submission.scored"]
    assert [one["revision"] for one in scored] == [1, 2]
    assert (scored[0]["submission_id"], scored[0]["score"]) == (verdict["id"], verdict["score"])
    # One message was sent again on request, under its old id: the receiver answered it and wrote it down once.
    posts = re.findall(r'"POST /intake [^"]*" ([0-9]{3})', (tmp_path / "receiver.log").read_text(encoding="utf-8"))
    assert posts == ["204"] * (len(received) + 1)
    assert "530111198210097758" not in (tmp_path / "serve.log").read_text(encoding="utf-8", errors="replace")
    assert "530111198210097758" not in (tmp_path / "received.jsonl").read_text(encoding="utf-8")
