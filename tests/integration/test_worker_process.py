"""The worker's and the sweeper's real processes on a real database, with and without Redis.

The queue `deliver` needs no models, so its processes start quickly; a message that is not there is work all the same.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from click.testing import Result
from redis import Redis
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer
from sqlalchemy import func, select, update
from typer.testing import CliRunner

from api.cli import app
from intake.queue.bell import RedisBell
from intake.service_settings import ServiceSettings
from intake.storage.database import Database
from intake.storage.ids import new_id
from intake.storage.keyring import create_keyring
from intake.storage.schema import work
from intake.storage.work import Due, Queue, Task, WorkState, add_work, queue_figures
from tests.own_redis import running, until
from worker import main as worker_main

ROOT = Path(__file__).parents[2]


class Installation:
    """A data folder with tables and keys."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.settings = ServiceSettings(data=data)
        data.mkdir(exist_ok=True)
        create_keyring(self.settings.keys_file)
        self.database = Database(self.settings.database)
        self.database.migrate()

    def add(self, count: int = 1) -> list[str]:
        with self.database.write() as connection:
            return [
                add_work(
                    connection,
                    task=Task.DELIVER_WEBHOOK,
                    subject=new_id(),
                    queue=Queue.DELIVER,
                    request_id="r",
                )
                for _ in range(count)
            ]

    def count(self, state: WorkState) -> int:
        if state is WorkState.DONE:
            return self.added - sum(self.count(s) for s in (WorkState.READY, WorkState.RUNNING, WorkState.DEAD))
        with self.database.read() as connection:
            return sum(figure.count for figure in queue_figures(connection) if figure.state is state)

    @property
    def added(self) -> int:
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(work)).scalar_one())

    def all_done(self) -> bool:
        return self.count(WorkState.DONE) == self.added

    @contextmanager
    def process(self, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        log = self.data / f"{'-'.join(arguments)}.log"
        with log.open("w") as written, self._start(written, arguments, environment) as started:
            try:
                yield started
            finally:
                if started.poll() is None:
                    started.kill()
                started.wait()

    def _start(
        self, written: IO[str], arguments: tuple[str, ...], environment: dict[str, str]
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "worker", *arguments],
            cwd=ROOT,
            env={**os.environ, "INTAKE_DATA": str(self.data), **environment},
            stderr=written,
            text=True,
        )

    def log(self, *arguments: str) -> list[dict[str, object]]:
        text = (self.data / f"{'-'.join(arguments)}.log").read_text()
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path / "data")
    yield installation
    installation.database.close()


DELIVER = ("run", "--queue", "deliver")
# Nobody listens on this machine's discard port.
NO_REDIS = "redis://127.0.0.1:9/0"


def test_a_worker_does_what_is_rung_outlives_redis_and_leaves_when_asked(own: Installation, tmp_path: Path) -> None:
    beat = tmp_path / "one.beat"
    environment = {"INTAKE_BEAT_FILE": str(beat)}
    with (
        running(tmp_path / "redis") as redis,
        own.process(*DELIVER, INTAKE_REDIS_URL=redis.url, **environment) as worker,
    ):
        assert redis.server is not None
        ids = own.add(5)
        assert RedisBell(redis.url).ring([Due(one, Queue.DELIVER, 0) for one in ids]) == tuple(ids)
        until(own.all_done)
        until(lambda: redis.client().llen("rq:queue:deliver") == 0)
        redis.server.stop()
        ids += own.add()
        until(own.all_done)
        redis.server.start()
        until(lambda: any(line["event"] == "redis-back" for line in own.log(*DELIVER)))
        assert worker.poll() is None and beat.exists()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    lines = own.log(*DELIVER)
    ended = [line for line in lines if line["event"] == "work-ended"]
    assert {line["work_id"] for line in ended} == set(ids) and {line["outcome"] for line in ended} == {"done"}
    assert lines[-1]["event"] == "worker-leaves" and lines[-1]["reason"] == "asked"


def test_a_worker_without_redis_finds_its_work_and_is_renewed_after_so_many(own: Installation) -> None:
    own.add(3)
    with own.process(*DELIVER, INTAKE_REDIS_URL=NO_REDIS, INTAKE_WORKER_MAX_JOBS="2") as worker:
        assert worker.wait(60) == 0
    assert own.count(WorkState.READY) == 1
    lines = own.log(*DELIVER)
    assert lines[-1]["reason"] == "jobs" and any(line["event"] == "redis-away" for line in lines)


def test_forged_jobs_in_front_of_a_real_worker(own: Installation, tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    with running(tmp_path / "redis") as redis:
        client: Redis = redis.client()
        for name in ("os.system", "subprocess.getoutput", "os.popen"):
            forged = RqQueue("deliver", connection=client, serializer=JSONSerializer)
            forged.enqueue(name, f"touch {marker}")
        (honest,) = own.add()
        assert RedisBell(redis.url).ring([Due(honest, Queue.DELIVER, 0)]) == (honest,)
        with own.process(*DELIVER, INTAKE_REDIS_URL=redis.url) as worker:
            until(own.all_done)
            until(lambda: client.llen("rq:queue:deliver") == 0)
            assert worker.poll() is None
    refused = [line for line in own.log(*DELIVER) if line["event"] == "bell-refused"]
    assert len(refused) == 3 and not marker.exists()


def test_the_sweeper_rings_for_what_waits(own: Installation, tmp_path: Path) -> None:
    own.add(3)
    with own.database.write() as connection:
        # Whoever adds work rings himself, and the sweeper leaves that a moment.
        connection.execute(update(work).values(rung_ms=None))
    beat = tmp_path / "one.beat"
    with (
        running(tmp_path / "redis") as redis,
        own.process("sweep", INTAKE_REDIS_URL=redis.url, INTAKE_BEAT_FILE=str(beat)) as sweeper,
    ):
        until(lambda: redis.client().llen("rq:queue:deliver") == 3)
        assert beat.exists()
        sweeper.send_signal(signal.SIGTERM)
        assert sweeper.wait(30) == 0


def test_a_process_that_cannot_start_says_why(own: Installation) -> None:
    own.settings.keys_file.unlink()
    with own.process(*DELIVER, INTAKE_REDIS_URL=NO_REDIS) as worker:
        assert worker.wait(60) == 2
    text = (own.data / "run---queue-deliver.log").read_text()
    assert text.startswith("keyring-missing: ") and "Traceback" not in text


def test_a_setting_that_cannot_work_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTAKE_PORT", "none")
    assert worker_main(["migrate"]) == 2
    assert capsys.readouterr().err.startswith("setting-refused: INTAKE_PORT")


@pytest.fixture
def command(own: Installation, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`intake queue …` on the installation."""
    monkeypatch.setenv("INTAKE_DATA", str(own.data))
    return lambda *arguments: CliRunner().invoke(app, ["queue", *arguments])


def test_the_queue_can_be_looked_at_and_the_dead_get_another_chance(
    own: Installation, command: Callable[..., Result]
) -> None:
    assert "空" in command("list").stdout
    waiting, dead = own.add(2)
    with own.database.write() as connection:
        values = {"state": WorkState.DEAD, "attempts": 3, "error": "worker-killed"}
        connection.execute(update(work).where(work.c.id == dead).values(**values))
    listed = [json.loads(line) for line in command("list", "--json").stdout.splitlines()]
    assert [one["count"] for one in listed[:2]] == [1, 1] and listed[2]["work_id"] == dead
    assert (listed[2]["error"], listed[2]["attempts"], listed[2]["request_id"]) == ("worker-killed", 3, "r")
    assert "失败" in command("show", dead).stdout and waiting in command("show", waiting).stdout
    unknown = command("show", "0" * 40)
    assert unknown.exit_code == 1 and "work-unknown" in unknown.stderr
    refused = command("retry", waiting)
    assert refused.exit_code == 1 and "work-not-dead" in refused.stderr
    assert command("retry", "--all").exit_code == 0
    assert own.count(WorkState.DEAD) == 0 and own.count(WorkState.READY) == 2
    for wrong in (("retry",), ("retry", dead, "--all")):
        assert command(*wrong).exit_code == 2


def test_there_is_no_queue_before_the_first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATA", str(tmp_path))
    ended = CliRunner().invoke(app, ["queue", "list"])
    assert ended.exit_code == 1 and "database-missing" in ended.stderr and list(tmp_path.iterdir()) == []
