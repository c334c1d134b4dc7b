"""Claims, leases, fences and attempts, one transaction at a time; two at once are in tests/integration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from intake.storage.database import Database, now_ms
from intake.storage.errors import FenceLost
from intake.storage.ids import new_id
from intake.storage.schema import work
from intake.storage.work import (
    HEARTBEAT_MS,
    LEASE_MS,
    MAX_ATTEMPTS,
    RETRY_MS,
    RING_AGAIN_MS,
    Claim,
    Due,
    Queue,
    Task,
    WorkState,
    add_work,
    claim,
    due,
    extend,
    fail,
    finish,
    lost_for_good,
    mark_rung,
    next_ready,
    put_off,
    queue_figures,
    retry_dead,
    supersede,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as opened:
        yield opened


def some_work(connection: Connection, **values: Any) -> str:
    """Work for a subject of its own; `values` are columns to overwrite."""
    work_id = add_work(connection, task=Task.READ_MATERIAL, subject=new_id(), queue=Queue.LIVE, request_id="r")
    if values:
        connection.execute(update(work).where(work.c.id == work_id).values(**values))
    return work_id


def row_of(connection: Connection, work_id: str) -> Any:
    return connection.execute(select(work).where(work.c.id == work_id)).one()


def taken(connection: Connection, work_id: str) -> Claim:
    held = claim(connection, work_id, worker="w")
    assert held is not None
    return held


def let_lease_run_out(connection: Connection, work_id: str) -> None:
    values = {"lease_until_ms": now_ms(connection) - 1}
    connection.execute(update(work).where(work.c.id == work_id).values(**values))


def test_three_signs_of_life_may_be_lost() -> None:
    assert 3 * HEARTBEAT_MS < LEASE_MS


def test_the_same_work_exists_once(connection: Connection) -> None:
    subject = new_id()
    first, second = (
        add_work(connection, task=Task.JUDGE_SUBMISSION, subject=subject, number=1, queue=Queue.LIVE, request_id=word)
        for word in ("a", "b")
    )
    assert first == second
    assert row_of(connection, first).request_id == "a"


def test_another_number_or_task_is_other_work(connection: Connection) -> None:
    subject = new_id()
    made = {
        add_work(connection, task=task, subject=subject, number=number, queue=Queue.LIVE, request_id="r")
        for task in Task
        for number in (0, 1)
    }
    assert len(made) == 2 * len(Task)


def test_a_claim_says_what_to_do(connection: Connection) -> None:
    subject = new_id()
    work_id = add_work(
        connection, task=Task.JUDGE_SUBMISSION, subject=subject, number=3, queue=Queue.LIVE, request_id="req"
    )
    assert claim(connection, work_id, worker="w") == Claim(work_id, Task.JUDGE_SUBMISSION, subject, 3, 1, 1, "req")
    row = row_of(connection, work_id)
    assert (row.state, row.worker) == (WorkState.RUNNING, "w")


def test_unknown_work_cannot_be_claimed(connection: Connection) -> None:
    assert claim(connection, new_id(), worker="w") is None


def test_claimed_work_cannot_be_claimed_again(connection: Connection) -> None:
    work_id = some_work(connection)
    taken(connection, work_id)
    assert claim(connection, work_id, worker="other") is None
    assert row_of(connection, work_id).worker == "w"


def test_work_whose_lease_ran_out_is_claimed_with_a_new_fence(connection: Connection) -> None:
    work_id = some_work(connection)
    first = taken(connection, work_id)
    let_lease_run_out(connection, work_id)
    second = taken(connection, work_id)
    assert (second.fence, second.attempt) == (first.fence + 1, 2)


def test_a_lease_is_good_to_its_last_millisecond(connection: Connection) -> None:
    work_id = some_work(connection)
    taken(connection, work_id)
    until = now_ms(connection) + 60_000
    connection.execute(update(work).where(work.c.id == work_id).values(lease_until_ms=until))
    assert claim(connection, work_id, worker="other") is None


@pytest.mark.parametrize("act", ["extend", "finish", "put_off", "fail"])
def test_who_lost_the_fence_writes_nothing(connection: Connection, act: str) -> None:
    work_id = some_work(connection)
    old = taken(connection, work_id)
    let_lease_run_out(connection, work_id)
    taken(connection, work_id)
    before = row_of(connection, work_id)
    if act == "extend":
        assert not extend(connection, old)
    else:
        with pytest.raises(FenceLost):
            {
                "finish": lambda: finish(connection, old),
                "put_off": lambda: put_off(connection, old, due_ms=0, error="x"),
                "fail": lambda: fail(connection, old, error="x"),
            }[act]()
    assert row_of(connection, work_id) == before


@pytest.mark.parametrize("state", [s for s in WorkState if s not in (WorkState.READY, WorkState.RUNNING)])
def test_what_is_over_is_not_claimed(connection: Connection, state: WorkState) -> None:
    work_id = some_work(connection, state=state)
    assert claim(connection, work_id, worker="w") is None


def test_work_is_not_claimed_before_it_is_due(connection: Connection) -> None:
    work_id = some_work(connection, due_ms=now_ms(connection) + 60_000)
    assert claim(connection, work_id, worker="w") is None


def test_a_sign_of_life_moves_the_lease(connection: Connection) -> None:
    work_id = some_work(connection)
    held = taken(connection, work_id)
    connection.execute(update(work).where(work.c.id == work_id).values(lease_until_ms=1))
    assert extend(connection, held)
    assert row_of(connection, work_id).lease_until_ms >= now_ms(connection) + LEASE_MS - 5_000


def test_finished_work_is_done(connection: Connection) -> None:
    work_id = some_work(connection)
    held = taken(connection, work_id)
    finish(connection, held)
    row = row_of(connection, work_id)
    assert (row.state, row.lease_until_ms, row.error) == (WorkState.DONE, None, None)
    assert row.finished_ms is not None
    with pytest.raises(FenceLost):
        finish(connection, held)


def test_the_third_failed_attempt_is_the_last(connection: Connection) -> None:
    work_id = some_work(connection)
    states = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        held = taken(connection, work_id)
        assert held.attempt == attempt
        before = now_ms(connection)
        states.append(fail(connection, held, error="engine-failed"))
        row = row_of(connection, work_id)
        # The pause grows with the attempts, and nothing is claimed within it.
        assert before + RETRY_MS * attempt <= row.due_ms <= now_ms(connection) + RETRY_MS * attempt
        assert claim(connection, work_id, worker="w") is None
        connection.execute(update(work).where(work.c.id == work_id).values(due_ms=0))
    assert states == [WorkState.READY, WorkState.READY, WorkState.DEAD]
    assert claim(connection, work_id, worker="w") is None
    assert row_of(connection, work_id).error == "engine-failed"


def test_a_final_failure_needs_no_third_attempt(connection: Connection) -> None:
    held = taken(connection, some_work(connection))
    assert fail(connection, held, error="client-revoked", final=True) is WorkState.DEAD


def test_putting_off_costs_no_attempt(connection: Connection) -> None:
    work_id = some_work(connection)
    for _ in range(MAX_ATTEMPTS + 2):
        held = taken(connection, work_id)
        assert held.attempt == 1
        put_off(connection, held, due_ms=0, error="receiver-busy")
    assert row_of(connection, work_id).state == WorkState.READY


def test_a_process_that_dies_three_times_is_found_and_not_claimed_a_fourth_time(connection: Connection) -> None:
    work_id = some_work(connection)
    for _ in range(MAX_ATTEMPTS):
        assert lost_for_good(connection) == []
        taken(connection, work_id)
        assert lost_for_good(connection) == []
        let_lease_run_out(connection, work_id)
    assert claim(connection, work_id, worker="w") is None
    (lost,) = lost_for_good(connection)
    assert (lost.work_id, lost.attempt) == (work_id, MAX_ATTEMPTS)
    # Another sweeper that looks now finds nothing to bury.
    assert lost_for_good(connection) == []
    assert fail(connection, lost, error="worker-killed", final=True) is WorkState.DEAD


def test_dead_work_gets_three_attempts_more(connection: Connection) -> None:
    work_id = some_work(connection)
    fail(connection, taken(connection, work_id), error="x", final=True)
    assert retry_dead(connection, work_id)
    assert not retry_dead(connection, work_id)
    assert taken(connection, work_id).attempt == 1


@pytest.mark.parametrize("state", [s for s in WorkState if s is not WorkState.DEAD])
def test_only_dead_work_is_retried(connection: Connection, state: WorkState) -> None:
    work_id = some_work(connection, state=state)
    assert not retry_dead(connection, work_id)
    assert row_of(connection, work_id).state == state


def test_superseded_work_takes_the_fence_from_whoever_has_it(connection: Connection) -> None:
    work_id = some_work(connection)
    row = row_of(connection, work_id)
    held = taken(connection, work_id)
    supersede(connection, task=Task(row.task), subject=row.subject, number=row.number)
    with pytest.raises(FenceLost):
        finish(connection, held)
    assert claim(connection, work_id, worker="w") is None


@pytest.mark.parametrize("state", [WorkState.DONE, WorkState.DEAD])
def test_what_is_over_is_not_superseded(connection: Connection, state: WorkState) -> None:
    work_id = some_work(connection, state=state)
    row = row_of(connection, work_id)
    supersede(connection, task=Task(row.task), subject=row.subject, number=row.number)
    assert row_of(connection, work_id).state == state


class TestDue:
    def test_new_work_is_left_to_whoever_adds_it(self, connection: Connection) -> None:
        some_work(connection)
        assert due(connection) == []

    @pytest.mark.parametrize(("ago_ms", "rings"), [(RING_AGAIN_MS - 2_000, False), (RING_AGAIN_MS + 1, True)])
    def test_a_bell_that_brought_nobody_is_rung_again(self, connection: Connection, ago_ms: int, rings: bool) -> None:
        work_id = some_work(connection, rung_ms=now_ms(connection) - ago_ms)
        assert [one.work_id for one in due(connection)] == ([work_id] if rings else [])

    def test_work_that_was_never_rung_for_is_due(self, connection: Connection) -> None:
        work_id = some_work(connection, rung_ms=None)
        assert due(connection) == [Due(work_id, Queue.LIVE, 0)]
        mark_rung(connection, [work_id])
        assert due(connection) == []

    def test_orphaned_work_is_due(self, connection: Connection) -> None:
        work_id = some_work(connection, rung_ms=None)
        taken(connection, work_id)
        assert due(connection) == []
        let_lease_run_out(connection, work_id)
        assert due(connection) == [Due(work_id, Queue.LIVE, 1)]

    def test_failed_work_is_due_after_its_pause(self, connection: Connection) -> None:
        work_id = some_work(connection)
        fail(connection, taken(connection, work_id), error="x")
        assert due(connection) == []
        connection.execute(update(work).where(work.c.id == work_id).values(due_ms=now_ms(connection)))
        assert [one.work_id for one in due(connection)] == [work_id]

    def test_the_oldest_comes_first_and_the_limit_holds(self, connection: Connection) -> None:
        made = [some_work(connection, rung_ms=None, due_ms=at) for at in (30, 10, 20)]
        assert [one.work_id for one in due(connection, limit=2)] == [made[1], made[2]]


class TestNextReady:
    def test_finds_the_oldest_of_its_queue(self, connection: Connection) -> None:
        some_work(connection, queue=Queue.BATCH, due_ms=1)
        some_work(connection, due_ms=3)
        oldest = some_work(connection, due_ms=2)
        assert next_ready(connection, Queue.LIVE) == oldest

    def test_finds_nothing_where_nothing_waits(self, connection: Connection) -> None:
        some_work(connection, due_ms=now_ms(connection) + 60_000)
        taken(connection, some_work(connection))
        assert next_ready(connection, Queue.LIVE) is None
        assert next_ready(connection, Queue.DELIVER) is None


def test_figures_count_what_is_not_over(connection: Connection) -> None:
    now = now_ms(connection)
    some_work(connection, due_ms=now - 5_000)
    some_work(connection, due_ms=now + 60_000)
    some_work(connection, state=WorkState.DONE)
    some_work(connection, state=WorkState.DEAD, queue=Queue.DELIVER)
    figures = {(one.queue, one.state): one for one in queue_figures(connection)}
    assert {key: one.count for key, one in figures.items()} == {
        (Queue.LIVE, WorkState.READY): 2,
        (Queue.DELIVER, WorkState.DEAD): 1,
    }
    assert figures[Queue.LIVE, WorkState.READY].oldest_ms >= 5_000
