"""Shows what the photo tool and the compressor found."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from api.output import Output
from api.photo_table import photo_table
from api.show_findings import show_findings
from imaging.compliance import Reason
from imaging.photo.standards import PhotoStandard
from intake.case_folder import shown_name
from intake.photo_tool import CompressAnswer, PhotoAnswer
from intake.record import finding_json
from intake.rules import word_defects

# What the maker puts right by cropping, turning, whitening and compressing.
_MENDED = frozenset({
    "photo-wrong-size", "photo-wrong-format", "photo-too-many-bytes", "photo-turned", "photo-head-size",
    "photo-top-margin", "photo-eye-line", "photo-background-not-white", "photo-background-colour", "photo-border",
})  # fmt: skip
# Decimals of a measure; none is known better than to a thousandth.
_MEASURE_DIGITS = 4


def show_check(output: Output, answer: PhotoAnswer, standard: PhotoStandard, *, as_json: bool) -> None:
    """The answer of `intake photo check`: what to do first, then every measure beside its limit."""
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
    output.show(Text.assemble((file, "bold"), "  ", _verdict(answer)))
    if findings:
        show_findings(output, findings)
    if answer.refused and {defect.code for defect in answer.defects if defect.severe} <= _MENDED:
        output.show(Text(f"  不合格的各项都可以由系统处理：intake photo fix {file} -o 新文件.jpg", style="bold"))
    if answer.measures:
        output.show(photo_table(answer.measures, answer.defects, standard))


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
                "source_width_px": answer.source_width_px or None,
                "source_height_px": answer.source_height_px or None,
                "bytes": len(answer.data) if answer.data is not None else None,
                "format": answer.format or None,
                "width_px": answer.width_px if made else None,
                "height_px": answer.height_px if made else None,
                "unchanged": answer.unchanged,
                "reasons": [reason.value for reason in answer.reasons],
                "encodes": answer.encodes,
                "metadata_kept": answer.metadata_kept,
                "findings": [finding_json(f) for f in findings],
            }
        )
        return
    if answer.data is not None:
        output.show(Text.assemble((file, "bold"), f" → {shown_name(str(out))}"))
        for line in compression_lines(answer, out):
            output.show(Text(f"  {line}"))
    else:
        output.show(Text.assemble((file, "bold"), "  不能压缩，未写文件"))
    if findings:
        show_findings(output, findings)


# What was done about each reason; the limit and the cut are told with their numbers.
_DONE = {
    Reason.OTHER_FORMAT: "已转为 JPEG 格式",
    Reason.TURNED: "已把画面转正（原文件靠拍摄信息转正，有的平台会显示成横躺的）",
    Reason.PRINT_COLOURS: "已由印刷用的 CMYK 颜色转为通用的 RGB 颜色",
    Reason.TRANSPARENT: "透明部分已填成白色",
    Reason.DEEP_COLOUR: "已由每色 16 位转为通用的 8 位",
}
_SUFFIXES = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}


def compression_lines(answer: CompressAnswer, out: Path) -> list[str]:
    """What was done to the file, in sentences for the person who uploads it."""
    assert answer.data is not None
    size, was = len(answer.data), answer.source_bytes
    pixels = f"{answer.width_px}×{answer.height_px} 像素"
    lines = []
    if answer.unchanged:
        lines.append(f"文件已符合要求，原样写出，一个字节也没有改动：{_kilobytes(size)}，{pixels}。")
    elif answer.encodes == 0:
        lines.append(f"画面没有改动，只去掉了图像以外的数据：{_kilobytes(was)} → {_kilobytes(size)}，{pixels}。")
    else:
        lines.append(f"大小 {_kilobytes(was)} → {_kilobytes(size)}（上限 {_kilobytes(answer.limit_bytes)}）。")
        source = f"{answer.source_width_px}×{answer.source_height_px}"
        same = (answer.source_width_px, answer.source_height_px) == (answer.width_px, answer.height_px)
        lines.append(f"像素没有减少：{pixels}。" if same else f"像素 {source} → {pixels}。")
    lines += [f"{_DONE[reason]}。" for reason in answer.reasons if reason in _DONE]
    if answer.cut_bytes:
        lines.append(f"原文件在图像结束后还带有 {_kilobytes(answer.cut_bytes)} 其他数据，没有带入新文件。")
    if answer.metadata_kept:
        lines.append("提示：文件里带有拍摄信息（可能含时间、地点、设备），原样保留。")
    suffixes = _SUFFIXES.get(answer.format, ())
    if suffixes and out.suffix.lower() not in suffixes:
        lines.append(f"提示：内容是 {answer.format} 格式，上传前请把文件名改成以 {suffixes[0]} 结尾。")
    return lines


def _kilobytes(count: int) -> str:
    """As upload forms count, 1 KB = 1000 bytes; small sizes exactly."""
    return f"{count} 字节" if count < 1000 else f"{count / 1000:,.1f}".removesuffix(".0") + " KB"


def _verdict(answer: PhotoAnswer) -> str:
    severe = sum(defect.severe for defect in answer.defects)
    mild = len(answer.defects) - severe
    counted = [f"{severe} 项不合格"] * bool(severe) + [f"{mild} 项请留意"] * bool(mild)
    verdict = "不符合要求" if answer.refused else "符合要求"
    return f"{verdict}（{'，'.join(counted)}）" if counted else verdict


def _rounded(answer: PhotoAnswer) -> dict[str, float]:
    return {name: round(value, _MEASURE_DIGITS) for name, value in answer.measures.items()}
