"""Pages of known text, as uploads of 1 to 12 MP: generated papers of all kinds, and dense forms with small print."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fixtures import ageing, fonts
from fixtures.canvas import BLACK, Box, Canvas, Colour, Style
from fixtures.chance import noise_stream, stream
from fixtures.jpeg import encode
from fixtures.optics import add_noise, blur, place
from fixtures.papers.degree import draw_degree
from fixtures.papers.diploma import draw_diploma
from fixtures.papers.id_card import draw_back, draw_front
from fixtures.papers.paper import Paper, finish
from fixtures.papers.qualification import draw_qualification
from fixtures.papers.work_certificate import draw_work_certificate, filling_of
from fixtures.patterns import guilloche
from fixtures.people import Person, make_person
from fixtures.portraits import draw_figure
from fixtures.seals import make_seal, stamp
from imaging.geometry import Quad

Pixels = NDArray[np.uint8]
# Seeds of this benchmark; any that no other part uses.
_SEED = 771_000
_A4_MM = (210.0, 297.0)
# Lines of a form in order of print: size in points and width in millimetres. Headings and values are set in 9-18
# points, remarks in 7-8, the notes at the foot in 5-6.
_LINES = (
    *((size, 175.0) for size in (12.0, 10.5, 12.0, 9.0, 15.0, 10.5, 18.0, 10.5, 9.0, 12.0, 10.5, 15.0, 9.0, 12.0)),
    *((size, 150.0) for size in (8.0, 10.5, 7.0, 9.0, 8.0, 12.0, 7.0)),
    *((size, 110.0) for size in (6.0, 5.0, 6.0, 5.0)),
)
# The same, as tight as law gazettes are set.
_TIGHT = tuple((size, 180.0) for size in (9.0, 5.0, 12.0, 6.0, 7.0, 18.0, 8.0, 5.0, 10.5, 6.0) * 4)


@dataclass(frozen=True, slots=True)
class KnownLine:
    """One printed run of text.

    Attributes:
        text: As printed.
        place: Where it lies on the displayed upload.
    """

    text: str
    place: Quad


@dataclass(frozen=True, slots=True, eq=False)
class KnownPage:
    """One upload with its printed text.

    Attributes:
        name: Shown in the table.
        data: The file.
        lines: Everything printed but the seals.
    """

    name: str
    data: bytes
    lines: tuple[KnownLine, ...]


@dataclass(frozen=True, slots=True)
class Dense:
    """How one dense form is drawn and taken.

    Attributes:
        name: Shown in the table.
        long_px: Long side of the picture.
        ground: Colour of the paper.
        noise: Sensor noise, levels.
        blur_px: Soft focus, sigma.
        shadow: 0..1, how much light the dark corner lacks.
        photographed: On a desk with perspective; otherwise scanned edge to edge.
        pattern: With the wavy lines of security print.
        quality: JPEG quality of the upload.
        tight: Three times the text.
    """

    name: str
    long_px: int
    ground: Colour = (255, 255, 255)
    noise: float = 2.0
    blur_px: float = 0.5
    shadow: float = 0.1
    photographed: bool = True
    pattern: bool = False
    quality: int = 92
    tight: bool = False


DENSE = (
    Dense("form, photo 12 MP", 4000, noise=3, blur_px=1.0),
    Dense("form, photo 12 MP, shadow, grain", 4000, noise=8, blur_px=1.2, shadow=0.45, quality=95),
    Dense("form, photo 12 MP, pink, security print", 4000, (252, 226, 222), noise=3, blur_px=1.0, pattern=True),
    Dense("form, photo 8 MP, grain", 3264, noise=7, blur_px=0.8, shadow=0.3),
    Dense("form, photo 6 MP, blue sheet", 2828, (214, 228, 248), noise=4, shadow=0.2),
    Dense("form, scan 300 dpi, yellow, print", 3508, (250, 240, 200), photographed=False, shadow=0, pattern=True),
    Dense("form, scan 200 dpi", 2339, photographed=False, noise=3, shadow=0, quality=85),
    Dense("form, scan 150 dpi", 1754, photographed=False, noise=2, shadow=0, quality=85),
    Dense("form, scan 102 dpi", 1195, photographed=False, noise=2, blur_px=0.3, shadow=0, quality=90),
    Dense("gazette, photo 12 MP", 4000, noise=3, blur_px=1.0, tight=True),
)


def dense_pages() -> Iterator[KnownPage]:
    """Forms with print of 5 to 18 points and a seal, in all sizes and lights."""
    for number, dense in enumerate(DENSE):
        yield _taken(draw_form(_SEED + number, dense), dense, seed=_SEED + number)


def generated_pages(people: int = 2) -> Iterator[KnownPage]:
    """Papers of the fixture generator as it ages them, every level once a person."""
    for row in range(people):
        for column, level in enumerate(ageing.LEVELS):
            seed = _SEED + 100 + row * len(ageing.LEVELS) + column
            slot, paper = _paper(seed, level, number=row * 3 + column)
            aged = ageing.age(paper, level, seed=seed, label=slot)
            yield KnownPage(f"{slot}, {level}", aged.data, _placed(paper, np.array(aged.quad, np.float32)))


def _paper(seed: int, level: str, *, number: int) -> tuple[str, Paper]:
    """One of a person's papers, the kinds in turn."""
    person = _person_with_all(seed)
    portrait = draw_figure(person.seed, person.gender).one_inch((255, 255, 255))
    card_dpi, dpi = ageing.print_dpi(level, card=True), ageing.print_dpi(level, card=False)
    course, held = person.education[0], person.qualification
    assert held is not None
    kind = number % 6
    if kind == 0:
        return "work_certificate", draw_work_certificate(filling_of(person, seed=seed), seed=seed, dpi=dpi)
    if kind == 1:
        return "diploma", draw_diploma(person, course, seed=seed, label="diploma", dpi=dpi, portrait=portrait)
    if kind == 2:
        return "qualification", draw_qualification(person, held, seed=seed, dpi=dpi, portrait=portrait)
    if kind == 3:
        label = "degree_certificate"
        return "degree", draw_degree(person, course, seed=seed, label=label, dpi=dpi, portrait=portrait)
    if kind == 4:
        return "id_card_front", draw_front(person, seed=seed, dpi=card_dpi, portrait=portrait[: portrait.shape[0]])
    return "id_card_back", draw_back(person, seed=seed, dpi=card_dpi)


def _person_with_all(seed: int) -> Person:
    """The first person from this seed on that has a degree and a qualification."""
    while True:
        person = make_person(seed)
        if person.qualification is not None and person.education and person.education[0].degree:
            return person
        seed += 10_000


def draw_form(seed: int, dense: Dense) -> Paper:
    """A4 with a title, ruled lines of text in all type sizes, numbers, and a seal over the print."""
    chance = stream(seed, "dense-form")
    # Printed half as fine again as the camera sees it, so that the print itself is never the limit.
    dpi = min(400, round(dense.long_px / _A4_MM[1] * 25.4 * (1.3 if dense.photographed else 1.0)))
    canvas = Canvas(width_mm=_A4_MM[0], height_mm=_A4_MM[1], dpi=dpi, chance=chance, ground=dense.ground)
    if dense.pattern:
        width_px, height_px = canvas.image.size
        canvas.lay_under(
            guilloche(
                width_px=width_px,
                height_px=height_px,
                colour=(196, 168, 150),
                strength=0.3,
                pitch_px=dpi / 25.4 * 2.6,
                phase=1.0,
            )
        )
    canvas.centred(105, 14, "会计人员信息采集基本信息表", Style("noto-serif-bold", 18.0))
    top_mm, gap_mm = 26.0, 0.8 if dense.tight else 3.2
    for size_pt, width_mm in _TIGHT if dense.tight else _LINES:
        style = Style(chance.choice(("uming", "noto-serif", "zenhei", "ukai", "noto-sans")), size_pt)
        canvas.text(15, top_mm, _line_of_text(chance, canvas, style, width_mm), style)
        top_mm += size_pt * 0.353 * 1.25 + gap_mm
        if chance.random() < 0.5:
            canvas.rule(14, top_mm - gap_mm / 2, 182, colour=BLACK, width_px=max(1, dpi // 150))
        top_mm += gap_mm
    seal = make_seal(chance, make_person(seed).unit.seal_text, county_code="533103")
    stamp(canvas, seal, centre_x_mm=160, centre_y_mm=250, noise=noise_stream(seed, "dense-seal"))
    return finish(canvas, "information_form", {}, dense.name)


def _line_of_text(chance: random.Random, canvas: Canvas, style: Style, width_mm: float) -> str:
    """Phrases and values of fictional people, up to about this width."""
    text = ""
    while True:
        more = _phrase(chance)
        if not fonts.covers(style.face, more):
            continue
        if canvas.width_mm(text + more, style) > width_mm:
            return text or more[: round(width_mm / canvas.width_mm(more, style) * len(more))]
        text += more


_PHRASES = (
    "填表人对所填内容的真实性负责，并同意核对有关证明材料。",
    "所在单位盖章后由县级财政部门审核，逾期未采集的按规定处理。",
    "从事会计工作的时间自首次任职之日起连续计算。",
    "照片为近期免冠正面彩色照片，白色背景。",
    "继续教育学分按年度登记，跨地区调转时一并转出。",
    "银行存款余额调节表由出纳以外的人员编制并复核。",
    "固定资产折旧年限变更应当说明理由和影响金额。",
)


def _phrase(chance: random.Random) -> str:
    person = make_person(chance.randint(1, 900_000_000))
    return chance.choice(
        (
            chance.choice(_PHRASES),
            f"姓名：{person.name}　性别：{person.gender}　民族：{person.ethnicity}　",
            f"身份证件号码：{person.id_number}　",
            f"单位：{person.unit.name}　",
            f"统一社会信用代码：{person.unit.uscc}　",
            f"住址：{person.address}　",
            f"金额：{chance.randint(10, 99_999_999) / 100:,.2f}元　",
            f"联系电话：{person.phone}　",
        )
    )


def _taken(paper: Paper, dense: Dense, *, seed: int) -> KnownPage:
    """The form as a photo on a desk, or as a scan."""
    noise = noise_stream(seed, "dense-camera")
    chance = stream(seed, "dense-camera")
    long_px = dense.long_px
    if dense.photographed:
        width_px, height_px = long_px * 3 // 4, long_px
        corners = _held(paper, chance, width_px=width_px, height_px=height_px)
        picture = place(paper.pixels, None, corners, _desk(chance, noise, width_px=width_px, height_px=height_px))
    else:
        height_px, width_px = paper.pixels.shape[:2]
        corners = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float32)
        picture = paper.pixels
    picture = add_noise(blur(_shaded(picture, dense.shadow), sigma_px=dense.blur_px), noise, sigma=dense.noise)
    quad = np.asarray(corners / np.array([width_px, height_px]), np.float32)
    return KnownPage(dense.name, encode(picture, quality=dense.quality), _placed(paper, quad))


def _held(paper: Paper, chance: random.Random, *, width_px: int, height_px: int) -> NDArray[np.float32]:
    """Corners of a sheet that fills most of the frame, seen a little from the side."""
    tall = 0.94 * height_px
    wide = tall * paper.pixels.shape[1] / paper.pixels.shape[0]
    left, top = (width_px - wide) / 2, (height_px - tall) / 2
    square = [(left, top), (left + wide, top), (left + wide, top + tall), (left, top + tall)]
    reach = 0.012 * height_px
    moved = [(x + chance.uniform(-reach, reach), y + chance.uniform(-reach, reach)) for x, y in square]
    return np.array(moved, np.float32)


def _desk(chance: random.Random, noise: np.random.Generator, *, width_px: int, height_px: int) -> Pixels:
    """A grained wooden desk: what surrounds a page costs bytes as well."""
    tone = np.array(chance.choice(((156, 112, 74), (110, 82, 60), (70, 74, 80))), np.float32)
    streaks = noise.normal(0, 9, (height_px // 12, 12)).astype(np.float32)
    grain = cv2.resize(streaks, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(tone + grain[:, :, None] * (tone / 128), 0, 255), np.uint8)


def _shaded(picture: Pixels, shadow: float) -> Pixels:
    """Less light towards the lower right."""
    if not shadow:
        return picture
    height_px, width_px = picture.shape[:2]
    y = np.linspace(0, 1, height_px, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width_px, dtype=np.float32)[None, :]
    return np.asarray(picture * (1 - shadow * (x + y) / 2)[:, :, None], np.uint8)


def _placed(paper: Paper, quad: NDArray[np.float32]) -> tuple[KnownLine, ...]:
    """The lines of a paper whose corners lie at `quad` (fractions of the picture)."""
    height, width = paper.pixels.shape[:2]
    sheet = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    to_picture = np.asarray(cv2.getPerspectiveTransform(sheet, quad.astype(np.float32)), np.float64)
    return tuple(KnownLine(text, _moved(box, to_picture)) for text, box in joined_runs(paper.runs))


def joined_runs(runs: Sequence[tuple[str, Box]]) -> list[tuple[str, Box]]:
    """Runs that follow each other closely on one row, joined: a label and its value are read as one line."""
    out: list[tuple[str, Box]] = []
    for text, box in runs:
        if out and _follows(out[-1][1], box):
            before, (left, top, _, bottom) = out.pop()
            text, box = before + text, (left, min(top, box[1]), box[2], max(bottom, box[3]))
        out.append((text, box))
    return out


def _follows(before: Box, box: Box) -> bool:
    height = before[3] - before[1]
    same_row = abs(before[3] - box[3]) < 0.3 * height and abs(before[1] - box[1]) < 0.3 * height
    return same_row and -0.1 * height < box[0] - before[2] < 0.5 * height


def _moved(box: Box, matrix: NDArray[np.float64]) -> Quad:
    left, top, right, bottom = box
    corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float32)
    a, b, c, d = ((float(x), float(y)) for x, y in cv2.perspectiveTransform(corners, matrix)[0])
    return Quad((a, b, c, d))
