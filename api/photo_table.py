"""The table of `intake photo check`: every judged measure with its value, what is asked for, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from imaging.model import Defect
from imaging.photo import limits
from imaging.photo.standards import PhotoStandard, Span


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        label: What is looked at, in Chinese.
        value: As measured, with its unit; empty when it could not be measured.
        asked: What is asked for.
        codes: Defects that mean this line.
    """

    label: str
    value: str
    asked: str
    codes: tuple[str, ...]


def photo_table(measures: Mapping[str, float], defects: Iterable[Defect], standard: PhotoStandard) -> Table:
    """The table of one photo; what could not be measured is left out."""
    severe = {d.code for d in defects if d.severe}
    mild = {d.code for d in defects if not d.severe}
    table = Table("检查项", "测得", "要求", "结论")
    for row in photo_rows(measures, standard):
        if row.value:
            table.add_row(row.label, row.value, row.asked, _verdict(row, severe, mild))
    return table


def photo_rows(measures: Mapping[str, float], standard: PhotoStandard) -> tuple[Row, ...]:
    """All lines in the order in which people look: file, place of the head, face, light, picture, background."""
    rows = (
        *_file_rows(measures, standard),
        *_place_rows(measures, standard),
        *_face_rows(measures),
        *_light_rows(measures),
        *_picture_rows(measures),
        *_background_rows(measures, standard),
    )
    return rows if measures.get("faces") else tuple(row for row in rows if row.codes[0] in _WITHOUT_FACE)


_WITHOUT_FACE = ("photo-wrong-size", "photo-too-many-bytes", "photo-no-face", "photo-border")


def _verdict(row: Row, severe: set[str], mild: set[str]) -> Text:
    if severe.intersection(row.codes):
        return Text("✗ 不合格", style="bold red")
    if mild.intersection(row.codes):
        return Text("! 请留意", style="yellow")
    return Text("✓", style="green")


def _file_rows(measures: Mapping[str, float], standard: PhotoStandard) -> tuple[Row, ...]:
    width, height, size = (measures.get(name) for name in ("width_px", "height_px", "file_bytes"))
    pixels = f"{width:.0f}×{height:.0f} 像素" if width and height else ""
    most = f"{standard.max_bytes:,} 字节以内"
    if standard.min_bytes:
        most = f"{standard.min_bytes:,} 至 {standard.max_bytes:,} 字节"
    return (
        Row(
            "尺寸",
            pixels,
            f"{standard.width_px}×{standard.height_px} 像素",
            ("photo-wrong-size", "photo-too-few-pixels", "photo-turned"),
        ),
        Row(
            "文件大小",
            f"{size:,.0f} 字节" if size is not None else "",
            most,
            ("photo-too-many-bytes", "photo-too-few-bytes"),
        ),
        Row("人脸", _number(measures, "faces", "张"), "1 张", ("photo-no-face", "photo-several-faces")),
    )


def _place_rows(measures: Mapping[str, float], standard: PhotoStandard) -> tuple[Row, ...]:
    head = standard.good_head or standard.usable_head
    return (
        Row("头部占照片高度", _share(measures, "head"), _span(head), ("photo-head-size",)),
        Row("头顶到上边", _share(measures, "top_margin"), _span(standard.good_top_margin), ("photo-top-margin",)),
        Row("眼睛到下边", _share(measures, "eye_line"), f"至少 {_percent(standard.min_eye_line)}", ("photo-eye-line",)),
        Row(
            "偏离中线",
            _share(measures, "off_centre"),
            f"最多 {_percent(standard.max_off_centre)}",
            ("photo-off-centre",),
        ),
        Row("脸被画面切掉", _share(measures, "outline_outside"), "最多 6%", ("photo-head-cut",)),
        Row(
            "头部歪斜",
            _degrees(measures, "roll_deg"),
            _most_deg(limits.ROLL_WARN_DEG, limits.ROLL_FAIL_DEG),
            ("photo-roll",),
        ),
        Row(
            "左右转头",
            _degrees(measures, "yaw_deg"),
            _most_deg(limits.YAW_WARN_DEG, limits.YAW_FAIL_DEG),
            ("photo-yaw",),
        ),
        Row(
            "抬头低头",
            _degrees(measures, "pitch_deg"),
            _most_deg(limits.PITCH_WARN_DEG, limits.PITCH_FAIL_DEG),
            ("photo-pitch",),
        ),
    )


def _face_rows(measures: Mapping[str, float]) -> tuple[Row, ...]:
    eyes = f"至少 {limits.EYE_OPENNESS_WARN:.0f} 分，低于 {limits.EYE_OPENNESS_FAIL:.0f} 分不可用"
    return (
        Row("睁眼程度", _number(measures, "eye_openness", "分"), eyes, ("photo-eyes-closed", "photo-eye-covered")),
        Row(
            "眼睛被遮挡程度",
            _share(measures, "eye_hidden"),
            f"最多 {_percent(limits.EYE_HIDDEN_FAIL)}",
            ("photo-sunglasses",),
        ),
        Row("镜片反光", _share(measures, "glare"), f"最多 {_percent(limits.GLARE_WARN)}", ("photo-glare",)),
        Row("红眼", _share(measures, "red_eye"), f"最多 {_percent(limits.RED_EYE_WARN)}", ("photo-red-eyes",)),
        Row("张嘴", _share(measures, "mouth_open"), f"最多 {_percent(limits.MOUTH_OPEN_WARN)}", ("photo-mouth-open",)),
        Row(
            "唇部明暗对比（口罩）",
            _share(measures, "mouth_contrast"),
            f"至少 {_percent(limits.MOUTH_CONTRAST_WARN)}",
            ("photo-mouth-covered",),
        ),
    )


def _light_rows(measures: Mapping[str, float]) -> tuple[Row, ...]:
    low, lowest, high = (
        _percent(v) for v in (limits.BRIGHTNESS_WARN, limits.BRIGHTNESS_FAIL, limits.BRIGHTNESS_HIGH_WARN)
    )
    return (
        Row(
            "面部亮度",
            _share(measures, "brightness"),
            f"{low} 至 {high}，低于 {lowest} 不可用",
            ("photo-too-dark", "photo-very-bright"),
        ),
        Row("面部全白", _share(measures, "burnt"), f"最多 {_percent(limits.BURNT_FAIL)}", ("photo-too-bright",)),
        Row(
            "面部明暗范围",
            _share(measures, "contrast"),
            f"至少 {_percent(limits.CONTRAST_WARN)}",
            ("photo-low-contrast",),
        ),
        Row(
            "左右脸明暗差", _share(measures, "uneven"), f"最多 {_percent(limits.UNEVEN_WARN)}", ("photo-uneven-light",)
        ),
        Row(
            "面部色彩差异",
            _number(measures, "colour_variety", "", digits=1),
            f"至少 {limits.COLOUR_VARIETY_FAIL}，否则为黑白或单色",
            ("photo-greyscale", "photo-black-and-white-copy", "photo-colour-cast"),
        ),
    )


def _picture_rows(measures: Mapping[str, float]) -> tuple[Row, ...]:
    clear = f"至少 {limits.CLARITY_WARN:.0f} 分，低于 {limits.CLARITY_FAIL:.0f} 分不可用"
    return (
        Row("清晰度（满分 100）", _number(measures, "clarity", "分"), clear, ("photo-blurred",)),
        Row(
            "拖影宽",
            _number(measures, "smear_px", "像素", digits=1),
            f"最多 {limits.SMEAR_WARN_PX} 像素",
            ("photo-moved",),
        ),
        Row(
            "噪点强度", _number(measures, "noise", "级", digits=1), f"最多 {limits.NOISE_WARN:.0f} 级", ("photo-noisy",)
        ),
        Row(
            "压缩方块落差",
            _number(measures, "blockiness", "级", digits=1),
            f"最多 {limits.BLOCKINESS_WARN:.0f} 级",
            ("photo-blocky",),
        ),
        Row("四周边框", _share(measures, "border"), f"最多 {_percent(limits.BORDER_FAIL)}", ("photo-border",)),
        Row(
            "画中画（翻拍照片）",
            _share(measures, "inner_frame"),
            f"最多 {_percent(limits.INNER_FRAME_FAIL)}",
            ("photo-of-photo",),
        ),
        Row(
            "屏幕条纹（翻拍屏幕）",
            _share(measures, "screen"),
            f"最多 {_percent(limits.SCREEN_FAIL)}",
            ("photo-of-screen",),
        ),
    )


def _background_rows(measures: Mapping[str, float], standard: PhotoStandard) -> tuple[Row, ...]:
    names = {"white": "白", "blue": "蓝", "red": "红"}
    shares = [(measures.get(f"background_{colour}", 0.0), colour) for colour in standard.backgrounds]
    if "background_white" not in measures or not shares:
        return ()
    share, _ = max(shares)
    label = "背景为" + "、".join(names.get(colour, colour) for _, colour in shares) + "色"
    least = f"至少 {_percent(limits.BACKGROUND_WHITE_FAIL)}"
    return (
        Row(label, _percent(share), least, ("photo-background-not-white", "photo-background-colour")),
        Row(
            "背景明暗差",
            _number(measures, "background_spread", "级"),
            f"最多 {limits.BACKGROUND_SPREAD_WARN:.0f} 级",
            ("photo-background-not-uniform",),
        ),
    )


def _percent(value: float) -> str:
    return f"{value * 100:.1f}".removesuffix(".0") + "%"


def _span(span: Span) -> str:
    return f"{_percent(span.low)} 至 {_percent(span.high)}"


def _share(measures: Mapping[str, float], name: str) -> str:
    return _percent(measures[name]) if name in measures else ""


def _number(measures: Mapping[str, float], name: str, unit: str, *, digits: int = 0) -> str:
    return f"{measures[name]:.{digits}f} {unit}".rstrip() if name in measures else ""


def _degrees(measures: Mapping[str, float], name: str) -> str:
    # Which way is told by the picture; the rule is the same for both.
    return f"{abs(measures[name]):.1f} 度" if name in measures else ""


def _most_deg(warn: float, fail: float) -> str:
    return f"最多 {warn:.0f} 度，超过 {fail:.0f} 度不可用"
