"""Shows how a batch ended."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from api.output import Output
from intake.archive.results import RESULTS_NAME
from intake.archive.run import RunReport
from intake.archive.summary import SUMMARY_NAME
from intake.case_folder import shown_name
from intake.report.labels import BANDS
from intake.report.render import REPORT_NAME

# The most frequent codes are what an operator acts on; summary.json has all.
_CODES_SHOWN = 10


def show_run(output: Output, report: RunReport) -> None:
    """A short table, and where the files are."""
    summary = report.summary
    table = Table("项目", "数量")
    table.add_row("人数", f"{summary['cases']} / {summary['cases_total']}（本次跳过已完成 {report.skipped}）")
    for band, label in BANDS.items():
        table.add_row(label, str(summary["by_band"].get(band, 0)))
    table.add_row("平均分", str(summary["score_mean"]))
    table.add_row("用时", f"{summary['seconds']:.0f} 秒（{summary['cases_per_second'] or 0:.2f} 人/秒）")
    table.add_row("进程内存峰值", f"{summary['peak_rss_bytes'] / 1e9:.2f} GB")
    output.show(table)
    if summary["by_code"]:
        codes = Table("结论代码", "次数")
        for code, many in list(summary["by_code"].items())[:_CODES_SHOWN]:
            codes.add_row(code, str(many))
        output.show(codes)
    if not report.complete:
        output.show(Text("已中断；再次运行同一命令将从中断处继续。"))
    for name in (RESULTS_NAME, SUMMARY_NAME, REPORT_NAME):
        output.show(Text(shown_name(str(Path(report.out, name).resolve()))))
