"""One interface for a test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.storage.database import Database
from tests.rest_site import Site, rest_site


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows, to be copied: making the tables takes longer than most tests."""
    file = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    return file


@pytest.fixture
def site(empty_database: Path, tmp_path: Path) -> Iterator[Site]:
    """An interface on SQLite with a caller who may do everything."""
    file = tmp_path / "intake.sqlite3"
    shutil.copy(empty_database, file)
    with rest_site(f"sqlite:///{file}", tmp_path) as opened:
        yield opened
