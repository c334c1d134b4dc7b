"""After warming up, no person waits for a table."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from tests.unit.verify.conftest import Papers
from verify.warm_up import warm_up


def tables() -> Iterator[tuple[str, Any]]:
    """Every cached loader without arguments in the stage, by its full name."""
    for module_name, module in list(sys.modules.items()):
        if not module_name.startswith("verify"):
            continue
        for name, value in list(vars(module).items()):
            cached = hasattr(value, "cache_info") and value.__module__ == module_name
            if cached and not inspect.signature(value).parameters:
                yield f"{module_name}.{name}", value


def test_no_table_is_loaded_for_the_first_person(papers: Papers) -> None:
    papers.verdict()
    for _, load in tables():
        load.cache_clear()
    warm_up()
    cold = {name for name, load in tables() if load.cache_info().currsize == 0}
    papers.type("person.name", "岩温军").type("work.employer", "盈江大盈江水电厂").type(
        "person.address", "昆明市五华区"
    )
    papers.type("education.0.school", "昆明理工大学").verdict()
    loaded = {name for name, load in tables() if name in cold and load.cache_info().currsize}
    assert len(list(tables())) >= 5
    assert loaded == set()
