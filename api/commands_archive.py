"""`intake archive run`: batch re-verification of many cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

archive_app = typer.Typer(help="档案批量核验。", no_args_is_help=True, rich_markup_mode=None)

# Shells and supervisors know 130 as "ended by Ctrl-C".
_INTERRUPTED = 130


@archive_app.callback()
def _archive() -> None:
    """档案批量核验。"""


@archive_app.command("run")
def run(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="档案文件夹，或 CSV / JSONL 清单。", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="输出文件夹。", show_default=False)],
    workers: Annotated[int, typer.Option("--workers", min=0, max=256, help="进程数；0 表示按处理器与内存决定。")] = 0,
    policy: Annotated[str, typer.Option("--policy", help="采集规则的名称或文件。")] = "yunnan-2023",
    resume: Annotated[
        bool, typer.Option("--resume/--no-resume", help="输出文件夹已有同一批次的结果时，从中断处继续。")
    ] = True,
    cards: Annotated[int, typer.Option("--cards", min=0, max=100_000, help="报告中显示最需要核对的多少人。")] = 500,
) -> None:
    """批量核验：写出 results.jsonl、report.html、summary.json；再次运行同一命令即从中断处继续。"""
    import datetime

    from api.new_file import said
    from api.output import quiet
    from api.progress import BatchProgress
    from api.rules import WRONG_USAGE, chosen_policy
    from api.show_summary import show_run
    from intake.archive.model import RunRefusedError, SourceError
    from intake.archive.run import RunOrder, run_archive
    from intake.archive.workers import fitting_workers

    with quiet() as output:
        opened = chosen_policy(policy, output)
        order = RunOrder(
            source=source,
            out=out,
            policy=policy,
            policy_digest=opened.digest,
            workers=workers or fitting_workers(),
            may_resume=resume,
            cards=cards,
        )
        try:
            with BatchProgress(output.err) as progress:
                report = run_archive(order, progress, now=lambda: datetime.datetime.now(datetime.UTC))
        except (SourceError, RunRefusedError) as fault:
            output.error(fault.code, fault.detail)
            raise typer.Exit(WRONG_USAGE) from fault
        except OSError as fault:
            output.error("out-not-writable", f"无法继续写入输出文件夹：{said(fault)}。已写出的结果有效。")
            raise typer.Exit(1) from fault
        show_run(output, report)
    if not report.complete:
        raise typer.Exit(_INTERRUPTED)
    raise typer.Exit(1 if report.summary["cases_refused"] else 0)
