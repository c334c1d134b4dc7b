"""`make demo`: fictional cases through the batch command, to a report that opens in a browser.

The one module outside tests and benchmarks that uses the fixture generator; the `intake` command never imports it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

# Seeds of the demonstration. They lie apart from those of tests and benchmarks, so that nobody tunes on them.
_FIRST_SEED = 880_000
# Enough to see every band, few enough for a minute on two cores.
_CASES = 6
# Two planted differences a person: something to look at on most cards.
_DIFFERENCES = 1.5


def main(arguments: list[str] | None = None) -> int:
    """Generates cases, runs `intake archive run`, and says where the report is."""
    options = _parser().parse_args(arguments)
    folder = Path(options.out) if options.out else Path(tempfile.mkdtemp(prefix="intake-demo-"))
    cases, out = folder / "cases", folder / "report"
    if not cases.exists():
        print(f"生成 {options.count} 个虚构人员的材料……", flush=True)
        generate = ["--out", str(cases), "--count", str(options.count), "--seed-from", str(_FIRST_SEED)]
        made = subprocess.run(
            [sys.executable, "-m", "fixtures", *generate, "--differences", str(_DIFFERENCES)], check=False
        )
        if made.returncode != 0:
            return made.returncode
    print("识别与核对……", flush=True)
    run = subprocess.run(
        [sys.executable, "-m", "api.cli", "archive", "run", str(cases), "--out", str(out)], check=False
    )
    # 1 means that some input was refused, which the report shows; anything above is a failed run.
    if run.returncode > 1:
        return run.returncode
    print(f"\n报告：{(out / 'report.html').resolve().as_uri()}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api.demo", description="用虚构材料演示批量核验")
    parser.add_argument("--out", metavar="DIR", help="写到这里；不指定则用临时文件夹。再次运行会从中断处继续")
    parser.add_argument("--count", type=int, default=_CASES, metavar="N", help="人数")
    return parser


if __name__ == "__main__":
    sys.exit(main())
