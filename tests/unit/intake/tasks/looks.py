"""How tests of the tasks look at an installation, and what they do to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from intake.storage import event_log
from intake.storage.database import now_ms
from intake.storage.materials import StoredMaterial, material_of
from intake.storage.schema import work
from intake.storage.work import Claim, claim
from intake.tasks.run import Outcome, run_work
from intake.tasks.service import WorkerParts
from tests.service_parts import (
    Installation,
    quick_parts,
)


def stored_material(site: Installation, material_id: str) -> StoredMaterial:
    """An upload as it is now."""
    with site.service.database.read() as connection:
        found = material_of(connection, site.service.sealer, material_id)
    assert found is not None
    return found


def work_of(site: Installation, subject: str, number: int = 0) -> Any:
    """The row of the work on a subject."""
    with site.service.database.read() as connection:
        same = (work.c.subject == subject) & (work.c.number == number)
        return connection.execute(select(work).where(same)).one()


def kinds_of(site: Installation, subject: str) -> list[str]:
    """Kinds of the events about a subject, in order."""
    with site.service.database.read() as connection:
        return [one.kind for one in event_log.events_of(connection, subject)]


def run_all(site: Installation, parts: WorkerParts | None = None) -> list[Outcome]:
    """Does everything that was rung for, until nobody rings any more."""
    outcomes = []
    while ids := site.bells.take():
        outcomes += [run_work(one, site.service, parts or quick_parts(), worker="w") for one in ids]
    return outcomes


def make_due(site: Installation) -> None:
    """Ends every pause before a further attempt."""
    with site.service.database.write() as connection:
        connection.execute(update(work).values(due_ms=0))


def die_over(site: Installation, work_id: str) -> Claim:
    """A process takes work and is not heard of again."""
    with site.service.database.write() as connection:
        held = claim(connection, work_id, worker="dies")
        assert held is not None
        connection.execute(update(work).where(work.c.id == work_id).values(lease_until_ms=now_ms(connection) - 1))
    return held
