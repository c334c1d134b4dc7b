"""Forged jobs in a real Redis: none is executed, the worker lives, and the honest job behind each of them is done."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Callback, Queue, Retry, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from intake.queue import worker_loop
from intake.queue.bell import RedisBell
from intake.queue.limits import TASK_NAME
from intake.queue.rq_job import BellJob, Ring, open_queue, ring_id
from intake.queue.take_bell import BellRope
from intake.queue.worker_loop import Leave, LoopLimits, WorkerLoop
from intake.storage.work import Due
from intake.storage.work import Queue as QueueName
from tests.own_redis import running

WORK = "0123456789abcdef0123456789abcdef01234567"
HONEST = "f" * 40
LIMITS = LoopLimits(max_jobs=1, max_rss_bytes=10**12, deadline_s=60)
Forge = Callable[[Redis, Path], None]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("forged")) as own:
        yield own.url


@pytest.fixture
def client(url: str) -> Iterator[Redis]:
    connection = Redis.from_url(url, socket_timeout=5)
    connection.flushall()
    yield connection
    connection.close()


def push(client: Redis, job_id: str | bytes, fields: dict[str, Any] | None = None) -> None:
    key = b"rq:job:" + (job_id if isinstance(job_id, bytes) else job_id.encode())
    if fields is not None:
        client.hset(key, mapping=fields)
    client.rpush("rq:queue:live", job_id)


def honest_fields(client: Redis) -> dict[str, Any]:
    job = BellJob.ringing(Ring(WORK, 0), queue="live", connection=client)
    job.enqueued_at = job.created_at
    return {**job.to_dict(), "status": "queued"}


def forged(client: Redis, **changed: Any) -> None:
    push(client, ring_id(Ring(WORK, 0)), {**honest_fields(client), **changed})


def called(client: Redis, said: Any) -> None:
    forged(client, data=zlib.compress(json.dumps(said).encode()))


def touch(marker: Path) -> list[str]:
    return [f"touch {marker}"]


class _Touches:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.system, (f"touch {self.marker}",)


def by_library(client: Redis, marker: Path, **options: Any) -> None:
    Queue("live", connection=client, serializer=JSONSerializer).enqueue("os.system", f"touch {marker}", **options)


def pickled(client: Redis, marker: Path, *, packed: bool) -> None:
    data = pickle.dumps(_Touches(marker))
    forged(client, data=zlib.compress(data) if packed else data)


def as_a_list(client: Redis, _marker: Path) -> None:
    client.rpush("rq:job:" + ring_id(Ring(WORK, 0)), "x")
    client.rpush("rq:queue:live", ring_id(Ring(WORK, 0)))


def many_fields(client: Redis, _marker: Path) -> None:
    forged(client, **{f"f{number}": "x" for number in range(5000)})


FORMS: dict[str, Forge] = {
    "library-os-system": by_library,
    "library-with-retry": lambda c, m: by_library(c, m, retry=Retry(3)),
    "library-on-success": lambda c, m: by_library(c, m, on_success=Callback("os.abort")),
    "library-on-failure": lambda c, m: by_library(c, m, on_failure=Callback("os.abort")),
    "library-on-stopped": lambda c, m: by_library(c, m, on_stopped=Callback("os.abort")),
    "library-own-id": lambda c, m: by_library(c, m, job_id=ring_id(Ring(WORK, 0))),
    "library-meta": lambda c, m: by_library(c, m, meta={"exc_handlers": ["os.abort"]}),
    "call-os-system": lambda c, m: called(c, ["os.system", None, touch(m), {}]),
    "call-builtins-exec": lambda c, m: called(c, ["builtins.exec", None, [f"open('{m}', 'w')"], {}]),
    "call-subprocess": lambda c, m: called(c, ["subprocess.getoutput", None, touch(m), {}]),
    "call-our-function": lambda c, m: called(c, ["intake.tasks.run.run_work", None, [WORK, 0], {}]),
    "call-method-of-instance": lambda c, m: called(c, ["system", "os", touch(m), {}]),
    "call-instance-object": lambda c, m: called(c, [TASK_NAME, {"__class__": "os"}, [WORK, 0], {}]),
    "call-named-arguments": lambda c, m: called(c, [TASK_NAME, None, [WORK, 0], {"run": "os.system"}]),
    "call-list-argument": lambda c, m: called(c, [TASK_NAME, None, [[WORK], 0], {}]),
    "call-look-alike-name": lambda c, m: called(c, ["intаke.work", None, [WORK, 0], {}]),
    "call-look-alike-digits": lambda c, m: called(c, [TASK_NAME, None, [WORK[:-1] + "７", 0], {}]),
    "call-path-argument": lambda c, m: called(c, [TASK_NAME, None, ["../../../etc/passwd", 0], {}]),
    "call-huge-argument": lambda c, m: called(c, [TASK_NAME, None, ["x" * 5_000_000, 0], {}]),
    "call-nan": lambda c, m: called(c, [TASK_NAME, None, [WORK, float("nan")], {}]),
    "call-deep": lambda c, m: forged(c, data=zlib.compress(b"[" * 100_000)),
    "call-other-id": lambda c, m: called(c, [TASK_NAME, None, ["0" * 40, 0], {}]),
    "pickle": lambda c, m: pickled(c, m, packed=False),
    "pickle-packed": lambda c, m: pickled(c, m, packed=True),
    "zlib-garbage": lambda c, m: forged(c, data=b"x\x9c" + b"\xff" * 40),
    "zlib-bomb": lambda c, m: forged(c, data=zlib.compress(b"\0" * 100_000_000, 9)),
    "not-packed": lambda c, m: forged(c, data=json.dumps(["os.system", None, touch(m), {}])),
    "no-data": lambda c, m: push(c, "some-job", {"created_at": "x"}),
    "success-callback": lambda c, m: forged(c, success_callback_name="os.abort", success_callback_timeout="60"),
    "failure-callback": lambda c, m: forged(c, failure_callback_name="os.abort"),
    "stopped-callback": lambda c, m: forged(c, stopped_callback_name="os.abort"),
    "webhook": lambda c, m: forged(c, webhooks=json.dumps([{"url": "http://127.0.0.1:9/", "job_status": "failed"}])),
    "dependency": lambda c, m: forged(c, dependency_ids=json.dumps(["other"])),
    "meta-handlers": lambda c, m: forged(c, meta=json.dumps({"exception_handlers": ["os.abort"]})),
    "no-timeout": lambda c, m: forged(c, timeout="-1"),
    "kept-for-a-year": lambda c, m: forged(c, failure_ttl="31536000"),
    "another-origin": lambda c, m: forged(c, origin="batch"),
    "repeats": lambda c, m: forged(c, repeats_left="5", repeat_intervals="[0]"),
    "bad-status": lambda c, m: forged(c, status="no such status"),
    "bad-number": lambda c, m: forged(c, ttl="many"),
    "not-utf-8-fields": lambda c, m: push(c, "some-job", {b"\xff\xfe": b"\xff"}),  # type: ignore[dict-item]
    "not-utf-8-id": lambda c, m: push(c, b"\xff\xfe\xfa", {"data": "x"}),
    "odd-id": lambda c, m: push(c, "../../etc: passwd", {"data": "x"}),
    "empty-id": lambda c, m: push(c, "", {"data": "x"}),
    "no-such-job": lambda c, m: push(c, "work-none"),
    "large-field": lambda c, m: forged(c, worker_name="x" * 10_000_000),
    "many-fields": many_fields,
    "of-another-type": as_a_list,
}


def ring_honest(url: str) -> None:
    bell = RedisBell(url)
    assert bell.ring([Due(HONEST, QueueName.LIVE, 0)]) == (HONEST,)
    bell.close()


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_forged_job_is_not_executed_and_the_next_one_is_done(
    client: Redis, url: str, tmp_path: Path, form: str, capfd: pytest.CaptureFixture[str]
) -> None:
    marker = tmp_path / "executed"
    FORMS[form](client, marker)
    ring_honest(url)
    done: list[str] = []
    loop = WorkerLoop(
        BellRope("live", client),
        run=lambda work_id: done.append(work_id) is None,
        next_ready=lambda: None,
        limits=LIMITS,
    )
    assert loop.serve() is Leave.JOBS
    assert done == [HONEST] and not marker.exists()
    # Nothing of it is left, and what the log says of it is its reason only.
    left = [key for key in client.scan_iter("rq:job:*")]
    assert left == [] and client.llen("rq:queue:live") == 0
    said = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    refused = [line for line in said if line["event"] == "bell-refused"]
    assert len(refused) == (0 if form == "no-such-job" else 1)
    assert all(set(line) == {"at", "level", "process", "event", "queue", "reason"} for line in refused)


@pytest.mark.parametrize("form", ["library-os-system", "success-callback", "failure-callback", "pickle-packed"])
def test_even_the_librarys_worker_executes_nothing_with_our_job(client: Redis, tmp_path: Path, form: str) -> None:
    marker = tmp_path / "executed"
    FORMS[form](client, marker)
    theirs = SimpleWorker([open_queue("live", client)], connection=client, job_class=BellJob, serializer=JSONSerializer)
    theirs.work(burst=True, logging_level="CRITICAL")
    assert not marker.exists()


def test_the_forms_do_harm_where_nothing_refuses_them(client: Redis, tmp_path: Path) -> None:
    """The control: a worker that runs what Redis says executes the first form, so the marker can appear."""
    marker = tmp_path / "executed"
    FORMS["library-os-system"](client, marker)
    queue = Queue("live", connection=client, serializer=JSONSerializer)
    theirs = SimpleWorker([queue], connection=client, job_class=Job, serializer=JSONSerializer)
    theirs.work(burst=True, logging_level="CRITICAL")
    assert marker.exists()


def test_a_queue_of_another_type_is_removed(client: Redis, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_loop, "LOOK_EVERY_S", 1)
    monkeypatch.setattr(worker_loop, "_LOOK_ALONE_S", 0.05)
    client.set("rq:queue:live", "x")
    done: list[str] = []
    found = iter([None, None, "by-looking"])
    loop = WorkerLoop(
        BellRope("live", client),
        run=lambda work_id: done.append(work_id) is None,
        next_ready=lambda: next(found, None),
        limits=LIMITS,
    )
    loop.serve()
    assert done == ["by-looking"] and client.type("rq:queue:live") == b"none"
    ring_honest(url)
    assert client.llen("rq:queue:live") == 1
