"""Short runs of `make chaos` and `make chaos-faults`: twenty kills on either database, and the control that must fail.

Leases are shorter here; the long run takes the real ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.disk_full import NotAllowedError, blobs_full, postgresql_full, sqlite_full
from tests.chaos.faults import Fault, database_faults, redis_faults, under_faults
from tests.chaos.naive_system import NaiveSystem
from tests.chaos.one_run import Plan, lines, run_once
from tests.chaos.postgresql import PostgresqlServer
from tests.chaos.system import ServiceSystem, work_folder

LEASE_MS = 3_000
KILLS = 20


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_nothing_acknowledged_is_lost_or_done_twice(name: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgresql_url") if name == "postgresql" else ""
    with work_folder() as folder:
        system = ServiceSystem(folder, url, LEASE_MS)
        report = run_once(system, Plan(KILLS, seed=7, pause_s=(0.05, 0.3)))
        told = "\n".join(lines(name, report, system.restarts_s, system.dead))
    assert report.judgement.good, told
    assert report.complete, told
    # Something was at stake.
    assert report.history.acknowledged, told
    assert report.found.scored, told


def test_the_naive_variant_is_found_out() -> None:
    with work_folder() as folder:
        report = run_once(NaiveSystem(folder), Plan(12, seed=7, rest_s=0.0, pause_s=(0.05, 0.2)))
    assert report.judgement.lost
    assert report.judgement.duplicated
    assert report.judgement.unequal


def test_calls_are_accepted_whatever_happens_to_redis_and_while_the_database_is_locked() -> None:
    with work_folder() as folder, under_faults(folder, lease_ms=LEASE_MS) as site:
        faults = [*redis_faults(site, away_s=20), *database_faults(site, None)]
        wrong = [line for fault in faults for line in site.suffer(fault)[1]]
        assert wrong == []
        assert site.judged() == []
        assert site.history.acknowledged


def test_a_database_that_crashes_loses_nothing() -> None:
    with (
        PostgresqlServer(durable=True) as server,
        server.fresh_database() as url,
        work_folder() as folder,
        under_faults(folder, url, lease_ms=LEASE_MS) as site,
    ):
        faults: list[Fault] = [one for one in database_faults(site, server) if one.name.endswith("crashed")]
        assert [line for fault in faults for line in site.suffer(fault)[1]] == []
        assert site.judged() == []


def needs_mount() -> None:
    pytest.skip("mounting a small file system needs root")


@pytest.mark.parametrize("fill", [sqlite_full, blobs_full])
def test_a_full_disk_acknowledges_nothing_that_it_does_not_hold(fill: object, tmp_path: Path) -> None:
    assert callable(fill)
    try:
        told = fill(tmp_path)
    except NotAllowedError:
        needs_mount()
    assert told.faults == ()
    assert "storage-full" in told.refused


def test_a_full_disk_of_postgresql_acknowledges_nothing_that_it_does_not_hold(
    postgresql_server: PostgresqlServer, tmp_path: Path
) -> None:
    try:
        told = postgresql_full(postgresql_server, tmp_path)
    except NotAllowedError:
        needs_mount()
    assert told.faults == ()
    assert told.refused == {"storage-full"}
