"""worker.py is a file and no package, so import-linter cannot look into it."""

import ast
from pathlib import Path

WORKER = Path(__file__).parents[2] / "worker.py"


def test_the_worker_does_not_know_the_interface_nor_the_generator() -> None:
    tree = ast.parse(WORKER.read_text(encoding="utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert any(name.startswith("intake.") for name in imported)
    assert not {name for name in imported if name.split(".")[0] in ("api", "fixtures", "tests", "bench")}
