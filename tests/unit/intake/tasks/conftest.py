from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service_parts import Installation, installation


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """A service on SQLite with one caller."""
    with installation(f"sqlite:///{tmp_path / 'd.sqlite3'}", tmp_path) as made:
        yield made
