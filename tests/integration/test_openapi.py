"""schemathesis over the whole document, a small run; `make schemathesis` makes a large one."""

from __future__ import annotations

from pathlib import Path

from tests.openapi_run import check_all
from tests.rest_site import rest_site, with_limits

# The same requests in every run, so that a red one names the change that broke it.
_SEED = 20261127


def test_every_operation_keeps_what_its_document_says(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'intake.sqlite3'}"
    with rest_site(url, tmp_path, change=with_limits(stream_s=0.2)) as site:
        done = check_all(site, tmp_path, examples=5, seed=_SEED)
    assert done.returncode == 0, done.stdout[-20_000:]
