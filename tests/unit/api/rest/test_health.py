from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.rest.health import LEAST_FREE_SHARE, FolderWatch, is_late
from api.rest.schemas import Health
from intake.storage.clients import Scope
from intake.storage.errors import DatabaseAway
from intake.storage.work import Queue, QueueFigure, WorkState
from tests.rest_site import Site, problem


class Away:
    """A database that does not answer."""

    @contextmanager
    def read(self) -> Iterator[Any]:
        raise DatabaseAway
        yield


def codes(site: Site) -> tuple[int, str, dict[str, str]]:
    """Status, word and the codes of what is not well."""
    answer = site.caller("").get("/readyz")
    body = answer.json()
    Health.model_validate(body)
    return answer.status_code, body["status"], {one["name"]: one["code"] for one in body["parts"] if not one["ok"]}


def test_all_is_well(site: Site) -> None:
    assert codes(site) == (200, "ok", {})


@pytest.mark.parametrize(
    ("part", "code", "status", "word"),
    [
        ("store", "storage-full", 503, "unready"),
        ("store", "store-away", 503, "unready"),
        ("keys", "keyring-missing", 503, "unready"),
        ("redis", "redis-away", 200, "degraded"),
        ("children", "child-down", 200, "degraded"),
    ],
)
def test_what_is_missing_is_named(site: Site, part: str, code: str, status: int, word: str) -> None:
    site.faults[part] = code
    assert codes(site) == (status, word, {part: code})


def test_without_the_database_it_lives_and_is_not_ready(site: Site) -> None:
    service = site.parts.service
    object.__setattr__(service, "database", Away())
    try:
        assert codes(site) == (503, "unready", {"database": "database-away"})
        assert site.caller("").get("/livez").status_code == 200
        metrics = site.caller("", address="127.0.0.1").get("/metrics")
        assert "intake_database_up 0.0" in metrics.text
    finally:
        object.__setattr__(service, "database", site.place.service.database)


@pytest.mark.parametrize(
    ("queue", "state", "oldest_ms", "late"),
    [
        (Queue.LIVE, WorkState.READY, 120_000, False),
        (Queue.LIVE, WorkState.READY, 120_001, True),
        (Queue.DELIVER, WorkState.READY, 120_001, True),
        (Queue.BATCH, WorkState.READY, 10**9, False),
        (Queue.LIVE, WorkState.RUNNING, 10**9, False),
        (Queue.LIVE, WorkState.DEAD, 10**9, False),
    ],
)
def test_live_work_that_nobody_takes_is_told(queue: Queue, state: WorkState, oldest_ms: int, late: bool) -> None:
    assert is_late([QueueFigure(queue, state, 1, oldest_ms)]) is late


@pytest.mark.parametrize(
    ("share", "fault"),
    [(0.0, "storage-full"), (LEAST_FREE_SHARE - 0.001, "storage-full"), (LEAST_FREE_SHARE, None), (1.0, None)],
)
def test_the_disk_must_have_room(tmp_path: Path, share: float, fault: str | None) -> None:
    assert FolderWatch(tmp_path, free_share=lambda _: share)() == fault


def test_a_folder_that_is_gone_is_told() -> None:
    assert FolderWatch(Path("/nowhere/at/all"))() == "store-away"


def test_the_disk_is_not_asked_at_every_call(tmp_path: Path) -> None:
    now, asked = [0.0], []

    def share(folder: Path) -> float:
        asked.append(folder)
        return 0.5

    watch = FolderWatch(tmp_path, clock=lambda: now[0], free_share=share)
    for at in (0.0, 1.0, 4.9, 5.0, 5.1):
        now[0] = at
        watch()
    assert len(asked) == 2


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_may_see_the_figures(site: Site, address: str) -> None:
    answer = site.caller("", address=address).get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "intake_redis_up 1.0" in answer.text


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "testclient", "::ffff:127.0.0.1.evil"])
def test_others_need_the_scope(site: Site, address: str) -> None:
    problem(site.caller("", address=address).get("/metrics"), 401, "not-authenticated")
    key = site.new_key(Scope.MATERIALS, Scope.SUBMISSIONS)
    problem(site.caller(key, address=address).get("/metrics"), 403, "scope-missing")
    assert site.caller(site.new_key(Scope.OPERATIONS), address=address).get("/metrics").status_code == 200
