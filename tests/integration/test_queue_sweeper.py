"""The sweeper's rounds on a real database, and the parts that its process is put together from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from intake.open_service import open_objects, open_service
from intake.queue.limits import CLEAN_EVERY_S, FIGURES_EVERY_S
from intake.queue.sweeper import Sweeper
from intake.service_settings import ServiceSettings
from intake.storage.blobs_local import LocalStore
from intake.storage.blobs_s3 import S3Store
from intake.storage.database import now_ms
from intake.storage.ids import new_id
from intake.storage.keyring import create_keyring
from intake.storage.schema import work
from intake.storage.work import Due, Queue, Task, WorkState, add_work
from intake.tasks.service import Service


class Ringing:
    """What was rung, and whether it is heard."""

    def __init__(self) -> None:
        self.heard = True
        self.rung: list[str] = []

    def __call__(self, due: list[Due]) -> tuple[str, ...]:
        if not self.heard:
            return ()
        self.rung += [one.work_id for one in due]
        return tuple(one.work_id for one in due)


@pytest.fixture
def ringing() -> Ringing:
    return Ringing()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    settings = ServiceSettings(data=tmp_path)
    create_keyring(settings.keys_file)
    opened, _ = open_service(settings, lambda _due: None)
    opened.database.migrate()
    yield opened
    opened.database.close()


def add(service: Service) -> str:
    """Work whose bell was lost: whoever adds work rings himself, and the sweeper leaves that a moment."""
    with service.database.write() as connection:
        work_id = add_work(connection, task=Task.DELIVER_WEBHOOK, subject=new_id(), queue=Queue.DELIVER, request_id="r")
        connection.execute(update(work).where(work.c.id == work_id).values(rung_ms=None))
    return work_id


def state(service: Service, work_id: str) -> tuple[str, str | None]:
    with service.database.read() as connection:
        row = connection.execute(select(work.c.state, work.c.error).where(work.c.id == work_id)).one()
    return row.state, row.error


def test_what_is_due_is_rung_once_and_not_again_at_once(service: Service, ringing: Ringing) -> None:
    work_id = add(service)
    sweeper = Sweeper(service, ringing)
    assert sweeper.ring_due() == 1 and ringing.rung == [work_id]
    assert sweeper.ring_due() == 0 and ringing.rung == [work_id]


def test_what_nobody_heard_is_rung_again_in_the_next_round(service: Service, ringing: Ringing) -> None:
    work_id = add(service)
    sweeper = Sweeper(service, ringing)
    ringing.heard = False
    assert sweeper.ring_due() == 0
    ringing.heard = True
    assert sweeper.ring_due() == 1 and ringing.rung == [work_id]


@pytest.mark.parametrize(("attempts", "ended"), [(2, WorkState.RUNNING), (3, WorkState.DEAD)])
def test_work_that_killed_its_third_worker_is_buried_and_the_second_time_rung(
    service: Service, ringing: Ringing, attempts: int, ended: WorkState
) -> None:
    work_id = add(service)
    with service.database.write() as connection:
        lost = {"state": WorkState.RUNNING, "attempts": attempts, "lease_until_ms": now_ms(connection) - 1}
        connection.execute(update(work).where(work.c.id == work_id).values(**lost))
    Sweeper(service, ringing).round()
    assert state(service, work_id)[0] == ended
    if ended is WorkState.DEAD:
        assert state(service, work_id)[1] == "worker-killed" and ringing.rung == []
    else:
        assert ringing.rung == [work_id]


def test_a_database_that_is_away_ends_no_round(tmp_path: Path, ringing: Ringing) -> None:
    settings = ServiceSettings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/no/such/folder/x")
    create_keyring(settings.keys_file)
    away, _ = open_service(settings, lambda _due: None)
    Sweeper(away, ringing).round()
    assert ringing.rung == []


def test_figures_and_cleaning_have_their_own_times(
    service: Service, ringing: Ringing, capfd: pytest.CaptureFixture[str]
) -> None:
    add(service)
    now_s = [0.0]
    cleaned: list[float] = []

    class Cleans(Sweeper):
        def _sweep_blobs(self) -> None:
            cleaned.append(now_s[0])
            super()._sweep_blobs()

    sweeper = Cleans(service, ringing, clock=lambda: now_s[0])
    for now_s[0] in (0.0, FIGURES_EVERY_S - 1, FIGURES_EVERY_S, CLEAN_EVERY_S - 1, CLEAN_EVERY_S, CLEAN_EVERY_S + 1):
        sweeper.round()
    said = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    figures = [line for line in said if line["event"] == "queue-figure"]
    # At the start, after a minute, and when they were next due.
    assert len(figures) == 3 and {line["state"] for line in figures} == {"ready"}
    assert cleaned == [CLEAN_EVERY_S]


def test_blobs_lie_in_a_folder_or_in_a_bucket(tmp_path: Path) -> None:
    assert isinstance(open_objects(ServiceSettings(data=tmp_path)), LocalStore)
    in_bucket = open_objects(
        ServiceSettings(data=tmp_path, blobs="s3://bucket/a/b/", s3_access_key="k", s3_secret_key="s")
    )
    assert isinstance(in_bucket, S3Store)
    assert (in_bucket._place.bucket, in_bucket._place.prefix) == ("bucket", "a/b/")
    whole = open_objects(ServiceSettings(data=tmp_path, blobs="s3://bucket"))
    assert isinstance(whole, S3Store) and whole._place.prefix == ""
