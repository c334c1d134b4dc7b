"""A person refiles at will while workers claim, die and wake up late: a state machine of Hypothesis."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from intake.storage.errors import FenceLost
from intake.storage.schema import event, revision, work
from intake.storage.submissions import SubmissionState, submission_of
from intake.storage.work import MAX_ATTEMPTS, Claim, Queue, Task, WorkState, claim, next_ready
from intake.tasks.judge_submission import judge_submission
from intake.tasks.run import bury_lost, run_work
from tests.service_parts import Installation, id_of, quick_parts, refile, stored_submission


class RefilingMachine(RuleBasedStateMachine):
    """A person refiles at will; workers claim, die, wake up late. One verdict a revision, the newest shown."""

    site: Installation

    @initialize()
    def begin(self) -> None:
        self.filed = id_of(self.site.file({}).body)
        self.revisions = 1
        self.held: list[Claim] = []

    @rule()
    def refile(self) -> None:
        refile(self.site, self.filed, {})
        self.revisions += 1

    @rule()
    def claim(self) -> None:
        with self.site.service.database.write() as connection:
            found = next_ready(connection, Queue.LIVE)
            held = None if found is None else claim(connection, found, worker="w")
        if held is not None:
            self.held.append(held)

    @rule()
    def lease_runs_out(self) -> None:
        with self.site.service.database.write() as connection:
            connection.execute(update(work).where(work.c.state == WorkState.RUNNING).values(lease_until_ms=0))

    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        if not self.held:
            return
        held = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        assert held.task is Task.JUDGE_SUBMISSION
        try:
            judge_submission(held, self.site.service, quick_parts())
        except (FenceLost, LookupError):
            return

    @rule()
    def sweep(self) -> None:
        bury_lost(self.site.service)

    @invariant()
    def one_verdict_a_revision_and_only_for_the_newest_of_its_time(self) -> None:
        with self.site.service.database.read() as connection:
            rows = connection.execute(select(revision).where(revision.c.submission_id == self.filed)).all()
            scored = connection.execute(
                select(event.c.data).where(event.c.subject == self.filed, event.c.kind == "submission-scored")
            ).scalars()
            numbers = [json.loads(data)["revision"] for data in scored]
            state = submission_of(connection, self.site.service.sealer, self.filed)
        assert len(rows) == self.revisions
        assert numbers == sorted(set(numbers))
        assert {row.number for row in rows if row.sealed_verdict is not None} == set(numbers)
        assert state is not None
        assert state.revision == self.revisions
        assert (state.verdict is not None) == (self.revisions in numbers)
        assert (state.state is SubmissionState.IN_REVIEW) == (self.revisions in numbers)

    def teardown(self) -> None:
        """However it went, the newest revision ends."""
        for _ in range(MAX_ATTEMPTS + 1):
            with self.site.service.database.write() as connection:
                connection.execute(update(work).where(work.c.state == WorkState.RUNNING).values(lease_until_ms=0))
                found = next_ready(connection, Queue.LIVE)
            if found is not None:
                run_work(found, self.site.service, quick_parts(), worker="last")
            bury_lost(self.site.service)
        assert stored_submission(self.site, self.filed).state in (SubmissionState.IN_REVIEW, SubmissionState.DEAD)


def test_refiling_while_it_runs(site: Installation) -> None:
    class Machine(RefilingMachine):
        pass

    Machine.site = site
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
