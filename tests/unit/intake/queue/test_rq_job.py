"""What the queue's job accepts: what it writes itself, and nothing else."""

from __future__ import annotations

import json
import pickle
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from rq.serializers import JSONSerializer

from intake.queue.limits import MAX_ATTEMPT, MAX_DATA_BYTES, TASK_NAME
from intake.queue.rq_job import BellJob, BellRefusedError, Ring, read_ring, ring_id

WORK = "0123456789abcdef0123456789abcdef01234567"
# A client that is never used: nothing here contacts a server.
NOBODY = Redis(host="127.0.0.1", port=9)


def packed(said: Any) -> bytes:
    return zlib.compress(json.dumps(said).encode())


def fields(**changed: bytes | None) -> dict[bytes, bytes]:
    """What Redis would return for an honest job, with changes."""
    job = BellJob.ringing(Ring(WORK, 0), queue="live", connection=NOBODY)
    kept = {
        "created_at": b"2026-01-02T03:04:05.678901Z",
        "data": zlib.compress(job.data),
        "enqueued_at": b"2026-01-02T03:04:05.678901Z",
        "origin": b"live",
        "status": b"queued",
        "timeout": b"180",
        "result_ttl": b"0",
        "failure_ttl": b"60",
        "ttl": b"600",
        "description": b"",
        "success_callback_name": b"",
        "failure_callback_name": b"",
        "stopped_callback_name": b"",
        "started_at": b"",
        "ended_at": b"",
        "last_heartbeat": b"",
        "worker_name": b"",
        "group_id": b"",
    } | changed
    return {name.encode(): value for name, value in kept.items() if value is not None}


def restored(raw: dict[bytes, bytes], job_id: str = f"work-{WORK}-0") -> BellJob:
    job = BellJob(job_id, connection=NOBODY, serializer=JSONSerializer)
    job.restore(raw)
    return job


def test_an_honest_job_is_understood() -> None:
    assert restored(fields()).ring == Ring(WORK, 0)
    assert restored(fields()).origin == "live"


@given(st.from_regex(r"[0-9a-f]{40}", fullmatch=True), st.integers(0, MAX_ATTEMPT))
def test_what_is_written_is_read(work_id: str, attempt: int) -> None:
    ring = Ring(work_id, attempt)
    job = BellJob.ringing(ring, queue="live", connection=NOBODY)
    assert read_ring(zlib.compress(job.data)) == ring
    assert len(job.data) <= MAX_DATA_BYTES
    # No content, no arguments, no callbacks anywhere else.
    written = job.to_dict()
    assert written["description"] == "" and "meta" not in written and "webhooks" not in written


@given(st.binary(max_size=400))
def test_other_bytes_are_refused(data: bytes) -> None:
    for form in (data, zlib.compress(data)):
        with pytest.raises(BellRefusedError):
            read_ring(form)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(_JSON)
def test_other_json_is_refused(said: Any) -> None:
    with pytest.raises(BellRefusedError):
        read_ring(packed(said))


@given(_JSON, _JSON, _JSON)
def test_one_wrong_part_is_refused(instance: Any, arguments: Any, named: Any) -> None:
    for said in (
        [TASK_NAME, None, arguments, {}],
        [TASK_NAME, None, [WORK, 0], named if named != {} else [0]],
        [TASK_NAME, instance if instance is not None else 0, [WORK, 0], {}],
    ):
        with pytest.raises(BellRefusedError):
            read_ring(packed(said))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (["os.system", None, ["id"], {}], "wrong-task"),
        (["builtins.eval", None, ["1"], {}], "wrong-task"),
        (["intake.tasks.run.run_work", None, [WORK, 0], {}], "wrong-task"),
        (["intake.work ", None, [WORK, 0], {}], "wrong-task"),
        (["іntake.work", None, [WORK, 0], {}], "wrong-task"),
        ([[TASK_NAME], None, [WORK, 0], {}], "wrong-task"),
        ([{"name": TASK_NAME}, None, [WORK, 0], {}], "wrong-task"),
        ([TASK_NAME, "subprocess.Popen", [WORK, 0], {}], "wrong-form"),
        ([TASK_NAME, {}, [WORK, 0], {}], "wrong-form"),
        ([TASK_NAME, None, [WORK, 0], {"shell": True}], "wrong-form"),
        ([TASK_NAME, None, {"0": WORK}, {}], "wrong-form"),
        ([TASK_NAME, None, [WORK], {}], "wrong-form"),
        ([TASK_NAME, None, [WORK, 0, 1], {}], "wrong-form"),
        ([TASK_NAME, None, [WORK, 0]], "wrong-form"),
        ({"0": TASK_NAME}, "wrong-form"),
        ([TASK_NAME, None, [[WORK], 0], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK + "0", 0], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK[:-1], 0], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK[:-1] + "\n", 0], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK[:-1] + "٣", 0], {}], "wrong-arguments"),
        ([TASK_NAME, None, ["../../" + WORK[:34], 0], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK, True], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK, 0.0], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK, "0"], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK, -1], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK, MAX_ATTEMPT + 1], {}], "wrong-arguments"),
        ([TASK_NAME, None, [WORK, float("nan")], {}], "not-json"),
        ([TASK_NAME, None, [WORK, float("inf")], {}], "not-json"),
    ],
)
def test_a_forged_call_is_refused_with_its_reason(said: Any, reason: str) -> None:
    with pytest.raises(BellRefusedError) as refused:
        read_ring(packed(said))
    assert refused.value.reason == reason


class _Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return eval, ("1/0",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "too-large"),
        (b"\x80\x04garbage", "not-packed"),
        (pickle.dumps(_Runs()), "not-packed"),
        (zlib.compress(pickle.dumps(_Runs())), "not-json"),
        (json.dumps([TASK_NAME, None, [WORK, 0], {}]).encode(), "not-packed"),
        (zlib.compress(b" " * 300_000_000, 9), "too-large"),
        (packed([TASK_NAME, None, [WORK, 0], {}]) + b"more", "too-large"),
        (packed([TASK_NAME, None, [WORK, 0], {}])[:-4], "too-large"),
        (zlib.compress(b"[" * 250), "not-json"),
        (zlib.compress(b"\xff\xfe[]"), "not-json"),
        (zlib.compress(b"1e999"), "wrong-form"),
    ],
)
def test_data_that_is_no_packed_json_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BellRefusedError) as refused:
        read_ring(data)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"success_callback_name": b"os.abort"}, "field-not-empty"),
        ({"failure_callback_name": b"os.abort"}, "field-not-empty"),
        ({"stopped_callback_name": b"os.abort"}, "field-not-empty"),
        ({"group_id": b"g"}, "field-not-empty"),
        ({"started_at": b"2026-01-02T03:04:05.678901Z"}, "field-not-empty"),
        ({"worker_name": b"w"}, "field-not-empty"),
        ({"description": b"11010119900101"}, "field-not-empty"),
        ({"meta": b"{}"}, "unknown-field"),
        ({"webhooks": b"[]"}, "unknown-field"),
        ({"dependency_ids": b"[]"}, "unknown-field"),
        ({"dependency_id": b"x"}, "unknown-field"),
        ({"retries_left": b"3"}, "unknown-field"),
        ({"repeats_left": b"3"}, "unknown-field"),
        ({"result": b"x"}, "unknown-field"),
        ({"exc_info": b"x"}, "unknown-field"),
        ({"success_callback_timeout": b"1"}, "unknown-field"),
        ({"enqueue_at_front": b"1"}, "unknown-field"),
        ({"timeout": b"-1"}, "wrong-limit"),
        ({"timeout": b"181"}, "wrong-limit"),
        ({"timeout": None}, "wrong-limit"),
        ({"result_ttl": b"500"}, "wrong-limit"),
        ({"failure_ttl": b"31536000"}, "wrong-limit"),
        ({"ttl": b"-1"}, "wrong-limit"),
        ({"ttl": None}, "wrong-limit"),
        ({"created_at": b"now"}, "wrong-time"),
        ({"enqueued_at": None}, "wrong-time"),
        ({"status": b"started"}, "wrong-status"),
        ({"status": None}, "wrong-status"),
        ({"data": None}, "too-large"),
    ],
)
def test_a_field_that_is_not_ours_is_refused_with_its_reason(changed: dict[str, bytes | None], reason: str) -> None:
    with pytest.raises(BellRefusedError) as refused:
        restored(fields(**changed))
    assert refused.value.reason == reason


@pytest.mark.parametrize("job_id", [f"work-{WORK}-1", f"work-{WORK[::-1]}-0", "another"])
def test_a_job_under_another_id_is_refused(job_id: str) -> None:
    with pytest.raises(BellRefusedError, match="wrong-id"):
        restored(fields(), job_id)


def test_nothing_of_a_job_can_be_performed() -> None:
    job = restored(fields())
    for act in (
        lambda: job.func,
        lambda: job.success_callback,
        lambda: job.failure_callback,
        lambda: job.stopped_callback,
        job.perform,
    ):
        with pytest.raises(BellRefusedError, match="not-performed-here"):
            act()


def test_a_bell_has_one_id_for_each_attempt() -> None:
    assert ring_id(Ring(WORK, 2)) == f"work-{WORK}-2"
    assert ring_id(Ring(WORK, 2)) != ring_id(Ring(WORK, 3))
