"""Shows what `intake verify` found."""

from __future__ import annotations

from rich.text import Text

from api.output import Output
from api.show_findings import show_records
from intake.model import CaseResult
from intake.report.labels import BANDS

_STYLES = {"likely_pass": "bold green", "needs_review": "bold yellow", "likely_return": "bold red"}


def show_case(output: Output, result: CaseResult, *, as_json: bool) -> None:
    """One object a case, or a heading and a table."""
    if as_json:
        output.json_line(result.record)
        return
    band = result.band.value
    output.show(
        Text.assemble((result.name, "bold"), f"  {result.score} 分  ", (BANDS.get(band, band), _STYLES.get(band, "")))
    )
    if result.record["findings"]:
        show_records(output, result.record["findings"])
    else:
        output.show(Text("填报内容与证明材料一致，没有发现问题。"))
