"""The supervisor with real processes: what dies is started anew, what is stuck is ended, and nothing is left behind."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from intake.queue import supervisor as module
from intake.queue.children import Child, ProcessChild, Program, RedisChild, http_probe
from intake.queue.supervisor import ChildState, Supervisor, read_children
from tests.own_redis import handle, until

ROOT = Path(__file__).parents[2]
LIVES = ("sh", "-c", "exec sleep 600")
BEATS = ("sh", "-c", 'while :; do touch "$INTAKE_BEAT_FILE"; sleep 0.05; done')
# Ends politely on SIGTERM, after writing that it did.
POLITE = ("sh", "-c", 'trap "echo polite > $OUT; exit 0" TERM; while :; do sleep 0.02; done')
DEAF = ("sh", "-c", 'trap "" TERM; while :; do sleep 0.02; done')


class Watched:
    """A supervisor in a thread of its own, with what a test looks at."""

    def __init__(self, children: Sequence[Child], folder: Path, **options: Any) -> None:
        self.state_file = folder / "children.json"
        self.supervisor = Supervisor(children, self.state_file, **options)
        self.thread = threading.Thread(target=self.supervisor.run)

    def __enter__(self) -> Watched:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.supervisor.end()
        self.thread.join()

    def state(self, name: str) -> ChildState | None:
        return next((one for one in read_children(self.state_file) or () if one.name == name), None)

    def up(self, name: str) -> ChildState:
        until(lambda: (one := self.state(name)) is not None and one.up)
        found = self.state(name)
        assert found is not None
        return found


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_STEP_S", 0.02), ("_FIRST_PAUSE_S", 0.05), ("_ASK_EVERY_S", 0.1), ("_END_S", 10.0)):
        monkeypatch.setattr(module, name, seconds)


def child(name: str, arguments: Sequence[str], **options: Any) -> ProcessChild:
    environment = {"PATH": os.environ["PATH"], **options.pop("environment", {})}
    return ProcessChild(Program(name, arguments, environment, **options))


def gone(pid: int | None) -> bool:
    assert pid is not None
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_children_are_up_and_their_states_can_be_read(tmp_path: Path) -> None:
    ups: list[int] = []
    with Watched([child("a", LIVES), child("b", LIVES)], tmp_path, when_up=lambda: ups.append(1)) as watched:
        one, two = watched.up("a"), watched.up("b")
        assert one.restarts == 0 and one.pid != two.pid and psutil.pid_exists(one.pid or 0)
        until(lambda: ups == [1])
    assert gone(one.pid) and gone(two.pid)
    assert read_children(watched.state_file) is None and ups == [1]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_what_dies_is_started_anew(tmp_path: Path, number: signal.Signals) -> None:
    with Watched([child("a", LIVES), child("b", LIVES)], tmp_path) as watched:
        first, other = watched.up("a"), watched.up("b")
        assert first.pid is not None
        os.kill(first.pid, number)
        until(lambda: (now := watched.state("a")) is not None and now.up and now.restarts == 1)
        second = watched.up("a")
        assert second.pid != first.pid and watched.up("b").pid == other.pid


def test_what_cannot_start_is_tried_again_with_growing_pauses(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    failing = child("a", ("sh", "-c", f"echo x >> {starts}; exit 3"))
    missing = child("m", ("/no/such/program",))
    with Watched([failing, missing, child("b", LIVES)], tmp_path) as watched:
        watched.up("b")
        until(lambda: starts.exists() and len(starts.read_text().split()) >= 3)
        state = watched.state("a")
        assert state is not None and state.restarts >= 2
        until(lambda: (other := watched.state("m")) is not None and other.restarts >= 2)


def test_pauses_double_up_to_a_limit_and_begin_anew_after_a_long_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE_S", 0.2)
    now_s = [0.0]
    started: list[float] = []

    class Dies(ProcessChild):
        def start(self) -> bool:
            started.append(now_s[0])
            return True

        def ended(self) -> int | None:
            return 1 if self.dead else None

        dead = True

    dying = Dies(Program("a", (), {}))
    watching = Supervisor([dying], tmp_path / "s.json", clock=lambda: now_s[0])
    while len(started) < 9:
        watching.step()
        now_s[0] = round(now_s[0] + 0.1, 3)
    pauses = [after - before for before, after in pairwise(started)]
    # 0.2 doubled up to 10, plus the step in which a death is seen and the one in which the pause is over.
    least = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    assert all(pause <= found <= pause + 0.21 for pause, found in zip(least, pauses, strict=True))
    dying.dead = False
    now_s[0] += 31
    watching.step()
    dying.dead = True
    watching.step()
    died_s = now_s[0]
    while len(started) < 10:
        now_s[0] = round(now_s[0] + 0.1, 3)
        watching.step()
    assert 0.2 <= started[-1] - died_s <= 0.41


def test_a_child_without_signs_of_life_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SILENT_S", 0.3)
    beating = child("a", BEATS, beat_file=tmp_path / "a.beat", beat_age_s=1.0)
    with Watched([beating], tmp_path) as watched:
        first = watched.up("a")
        assert first.pid is not None
        os.kill(first.pid, signal.SIGSTOP)
        until(lambda: (now := watched.state("a")) is not None and now.restarts == 1 and now.up)
        assert gone(first.pid)


def test_a_child_that_never_gives_a_sign_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SILENT_AT_START_S", 0.2)
    silent = child("a", LIVES, beat_file=tmp_path / "a.beat")
    with Watched([silent], tmp_path) as watched:
        until(lambda: (now := watched.state("a")) is not None and now.restarts >= 1)
        assert (now := watched.state("a")) is not None and not now.up


def test_children_are_asked_to_end_and_may_finish(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Watched([child("a", POLITE, environment={"OUT": str(out)})], tmp_path) as watched:
        watched.up("a")
        time.sleep(0.2)
    assert out.read_text() == "polite\n"


def test_a_deaf_child_is_killed_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_END_S", 0.3)
    with Watched([child("a", LIVES), child("b", DEAF)], tmp_path) as watched:
        one = watched.up("b")
        time.sleep(0.2)
    assert gone(one.pid)


def test_a_second_signal_does_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_END_S", 600.0)
    watched = Watched([child("a", LIVES), child("b", DEAF)], tmp_path)
    with watched:
        one = watched.up("b")
        time.sleep(0.2)
        watched.supervisor.end()
        watched.supervisor.end()
    assert gone(one.pid)


def test_a_childs_own_children_are_killed_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_END_S", 0.2)
    numbers = tmp_path / "pid"
    parent = child("b", ("sh", "-c", f'trap "" TERM; sleep 600 & echo $! > {numbers}; wait; wait'))
    with Watched([child("a", LIVES), parent], tmp_path):
        until(lambda: numbers.exists() and numbers.read_text().strip())
    until(lambda: gone(int(numbers.read_text())))


def test_redis_is_a_child_too(tmp_path: Path) -> None:
    own = handle(tmp_path)
    assert own.server is not None
    with Watched([RedisChild(own.server), child("b", LIVES)], tmp_path) as watched:
        first = watched.up("redis")
        assert first.pid is not None and own.client().ping() is True
        os.kill(first.pid, signal.SIGKILL)
        until(lambda: (now := watched.state("redis")) is not None and now.up and now.pid != first.pid)
        until(own.server.ping)
        last = watched.up("redis")
    assert gone(last.pid)


SUPERVISOR = """
import sys
from pathlib import Path
from intake.queue.children import ProcessChild, Program, RedisChild
from intake.queue.supervisor import Supervisor
from tests.own_redis import handle
folder = Path(sys.argv[1])
program = Program("a", ("sh", "-c", 'trap "" TERM HUP; while :; do sleep 1; done'), {"PATH": "/usr/bin:/bin"})
own = Supervisor([RedisChild(handle(folder).server), ProcessChild(program)], folder / "children.json")
own.end_on_signals()
own.run()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_however_the_supervisor_ends(tmp_path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = SUPERVISOR.replace("own.run()", "import intake.queue.supervisor as m; m._END_S = 0.5\nown.run()")
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], env=environment) as own:
        until(lambda: all(one.up for one in read_children(tmp_path / "children.json") or ()) and
              len(read_children(tmp_path / "children.json") or ()) == 2)  # fmt: skip
        pids = [one.pid for one in read_children(tmp_path / "children.json") or ()]
        os.kill(own.pid, number)
        assert own.wait(60) == (-9 if number is signal.SIGKILL else 0)
    assert len(pids) == 2
    for pid in pids:
        until(lambda pid=pid: gone(pid))  # type: ignore[misc]


def test_a_state_that_nobody_renews_is_no_state(tmp_path: Path) -> None:
    path = tmp_path / "children.json"
    said = {"supervisor": 1, "children": [{"name": "a", "up": True, "pid": 2, "restarts": 0}]}
    path.write_text(json.dumps(said))
    assert read_children(path) == (ChildState("a", True, 2, 0),)
    now_s = time.time()
    os.utime(path, (now_s - 16, now_s - 16))
    assert read_children(path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"children": [{"name": "a"}]}', '{"children": 3}'])
def test_a_damaged_state_is_no_state(tmp_path: Path, text: str) -> None:
    (tmp_path / "children.json").write_text(text)
    assert read_children(tmp_path / "children.json") is None


@pytest.fixture
def answering() -> Iterator[Callable[[int], int]]:
    """Starts HTTP servers that answer with one status."""
    servers: list[http.server.HTTPServer] = []

    def start(status: int) -> int:
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status if self.path == "/livez" else 500)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        return server.server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "well"), [(200, True), (503, True), (204, False), (500, False)])
def test_an_interface_is_well_when_it_answers(answering: Callable[[int], int], status: int, well: bool) -> None:
    port = answering(status)
    assert http_probe("127.0.0.1", port)() is well and http_probe("0.0.0.0", port)() is well


def test_an_interface_that_is_not_there_or_is_silent_is_not_well() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        assert http_probe("127.0.0.1", port)() is False
        silent.listen()
        assert http_probe("127.0.0.1", port)() is False
