"""An installation whose submissions ask to be called back, one step at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from intake.storage import event_log
from intake.storage.database import now_ms
from intake.storage.deliveries import (
    Delivery,
    deliveries_of,
    delivery_of,
)
from intake.storage.schema import client, work
from intake.storage.work import Claim, Task, WorkState, claim
from intake.tasks.run import Outcome, run_work
from intake.tasks.service import WorkerParts
from tests.service_parts import Installation, quick_parts
from tests.webhook_receiver import Behaviour


def parts(*, private: bool = True) -> WorkerParts:
    return replace(quick_parts(), webhook_private=private)


def list_hosts(site: Installation, *hosts: str) -> None:
    with site.service.database.write() as connection:
        connection.execute(update(client).values(callback_hosts=json.dumps(hosts)))


def scored(site: Installation, port: int, *, path: str = "/hook") -> Delivery:
    """Files a submission without uploads, judges it, and returns the message that waits then."""
    list_hosts(site, f"127.0.0.1:{port}")
    filed = json.loads(site.file({}, callback=f"http://127.0.0.1:{port}{path}").body)["id"]
    (judging,) = site.bells.take()
    assert run_work(judging, site.service, parts(), worker="w") is Outcome.DONE
    assert len(site.bells.take()) == 1
    with site.service.database.read() as connection:
        (found,) = deliveries_of(connection, client_id=site.client_id, submission_id=filed)
    return found


def work_rows(site: Installation, delivery_id: str) -> list[Any]:
    mine = select(work).where(work.c.subject == delivery_id, work.c.task == Task.DELIVER_WEBHOOK)
    with site.service.database.read() as connection:
        return list(connection.execute(mine.order_by(work.c.number)))


def now_of(site: Installation) -> int:
    with site.service.database.read() as connection:
        return now_ms(connection)


def found_again(site: Installation, one: Delivery) -> Delivery:
    with site.service.database.read() as connection:
        found = delivery_of(connection, one.id)
    assert found is not None
    return found


def attempt(site: Installation, one: Delivery, *, private: bool = True) -> Outcome:
    """One try, without waiting until it is due."""
    last = work_rows(site, one.id)[-1]
    with site.service.database.write() as connection:
        connection.execute(update(work).where(work.c.id == last.id, work.c.state == WorkState.READY).values(due_ms=0))
    return run_work(last.id, site.service, parts(private=private), worker="w")


def events_of(site: Installation, one: Delivery) -> list[tuple[str, dict[str, Any]]]:
    with site.service.database.read() as connection:
        events = event_log.events_of(connection, one.submission_id)
    return [(e.kind, dict(e.data)) for e in events if e.kind.startswith("webhook-")]


def head_of(request: bytes) -> dict[str, str]:
    _, *lines = request.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    return dict(line.split(": ", 1) for line in lines)


def body_of(request: bytes) -> bytes:
    return request.partition(b"\r\n\r\n")[2]


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Behaves like this on the first connection, like that on the second …"""
    left = list(behaviours)
    return lambda connection: left.pop(0)(connection)


def taken(site: Installation, one: Delivery) -> Claim:
    with site.service.database.write() as connection:
        held = claim(connection, work_rows(site, one.id)[-1].id, worker="w")
    assert held is not None
    return held
