"""Shows what the photo tool and the compressor found."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from api.output import Output
from api.show_findings import show_findings
from intake.case_folder import shown_name
from intake.photo_tool import CompressAnswer, PhotoAnswer
from intake.record import finding_json
from intake.rules import word_defects

# Decimals of a measure; none is known better than to a thousandth.
_MEASURE_DIGITS = 4


def show_check(output: Output, answer: PhotoAnswer, *, as_json: bool) -> None:
    """The answer of `intake photo check`."""
    file, findings = shown_name(str(answer.path)), word_defects(answer.defects)
    if as_json:
        output.json_line(
            {
                "file": file,
                "kind": "photo",
                "acceptable": not answer.refused,
                "measures": _rounded(answer),
                "findings": [finding_json(f) for f in findings],
            }
        )
        return
    output.show(Text.assemble((file, "bold"), "  ", "不符合要求" if answer.refused else "符合要求"))
    if findings:
        show_findings(output, findings)


def show_fix(output: Output, answer: PhotoAnswer, out: Path, *, as_json: bool) -> None:
    """The answer of `intake photo fix`."""
    file, findings = shown_name(str(answer.path)), word_defects(answer.defects)
    made = answer.data is not None
    if as_json:
        output.json_line(
            {
                "file": file,
                "kind": "photo",
                "out": shown_name(str(out)) if made else None,
                "bytes": len(answer.data) if answer.data is not None else None,
                "width_px": answer.width_px if made else None,
                "height_px": answer.height_px if made else None,
                "background_replaced": answer.background_replaced,
                "turned_deg": answer.turned_deg,
                "measures": _rounded(answer),
                "findings": [finding_json(f) for f in findings],
            }
        )
        return
    if answer.data is not None:
        size = f"{answer.width_px}×{answer.height_px} 像素，{len(answer.data)} 字节"
        output.show(Text.assemble((file, "bold"), f" → {shown_name(str(out))}（{size}）"))
    else:
        output.show(Text.assemble((file, "bold"), "  不能制作，未写文件"))
    if findings:
        show_findings(output, findings)


def show_compressed(output: Output, answer: CompressAnswer, out: Path, *, as_json: bool) -> None:
    """The answer of `intake compress`."""
    file, findings = shown_name(str(answer.path)), word_defects(answer.defects)
    made = answer.data is not None
    if as_json:
        output.json_line(
            {
                "file": file,
                "out": shown_name(str(out)) if made else None,
                "source_bytes": answer.source_bytes,
                "bytes": len(answer.data) if answer.data is not None else None,
                "width_px": answer.width_px if made else None,
                "height_px": answer.height_px if made else None,
                "unchanged": answer.unchanged,
                "findings": [finding_json(f) for f in findings],
            }
        )
        return
    if answer.data is not None:
        how = "已符合要求，原样写出" if answer.unchanged else "已压缩"
        size = f"{answer.source_bytes} → {len(answer.data)} 字节，{answer.width_px}×{answer.height_px} 像素"
        output.show(Text.assemble((file, "bold"), f" → {shown_name(str(out))}  {how}（{size}）"))
    else:
        output.show(Text.assemble((file, "bold"), "  不能压缩，未写文件"))
    if findings:
        show_findings(output, findings)


def _rounded(answer: PhotoAnswer) -> dict[str, float]:
    return {name: round(value, _MEASURE_DIGITS) for name, value in answer.measures.items()}
