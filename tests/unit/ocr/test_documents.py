"""Two documents are proposed from words: where there are two, and never where there is one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Point, Quad
from ocr.documents import Reason, propose_two
from ocr.model import Kind, Line
from tests.unit.ocr.pages import lines_of

FRONT = (
    "姓名李雪",
    "性别女|民族汉",
    "出生1990年7月15日",
    "住址云南省昆明市翠湖路1号",
    "公民身份号码533103199007151226",
)
BACK = ("中华人民共和国", "居民身份证", "签发机关|昆明市公安局", "有效期限|2020.02.15-2040.02.15")
DIPLOMA = (
    "普通高等学校",
    "毕业证书",
    "学生李雪，女，一九九〇年七月十五日生，在本校会计学专业",
    "四年制本科学习，修完教学计划规定的课程，成绩合格，准予毕业。",
    "证书编号：106891201205001234|校长：方维岳",
)
DEGREE = (
    "学士学位证书",
    "李雪，女，1990年7月15日生。在滇中大学完成了会计学本科学习，",
    "经审核符合《中华人民共和国学位条例》的规定，授予管理学学士学位。",
    "学位评定委员会主席：方维岳",
    "证书编号：1068942012001234",
)
BOOKLET_LEFT = (
    "会计专业技术资格",
    "证书",
    "本证书由人力资源和社会保障部、财政部批准颁发。",
    "它表明持证人通过国家统一组织的考试，取得会计专业技术资格。",
)
BOOKLET_RIGHT = (
    "姓名李雪",
    "证件号码533103199007151226",
    "级别中级",
    "批准日期2019年9月8日",
    "管理号2019053000001",
)
WORK = (
    "会计人员工作证明",
    "兹证明李雪系我单位正式职工，从事如下工作：",
    "□会计机构负责人|□出纳|□稽核",
    "□财产物资收发|□会计机构内会计档案管理",
    "统一社会信用代码：91533103MAURQ2839N",
    "所属会计管理部门：芒市财政局",
    "单位盖章",
)


def within(lines: Sequence[Line], left: float, top: float, right: float, bottom: float) -> tuple[Line, ...]:
    """The lines moved into a rectangle of the page."""

    def moved(point: Point) -> Point:
        return left + point[0] * (right - left), top + point[1] * (bottom - top)

    return tuple(
        replace(
            line,
            box=Quad((moved(line.box.points[0]), *(moved(p) for p in line.box.points[1:]))),  # type: ignore[arg-type]
        )
        for line in lines
    )


def stacked(first: Sequence[str], second: Sequence[str]) -> tuple[Line, ...]:
    return (*within(lines_of(*first), 0.1, 0.05, 0.9, 0.4), *within(lines_of(*second), 0.1, 0.55, 0.9, 0.95))


def beside(first: Sequence[str], second: Sequence[str]) -> tuple[Line, ...]:
    return (*within(lines_of(*first), 0.02, 0.2, 0.45, 0.8), *within(lines_of(*second), 0.55, 0.2, 0.98, 0.8))


def turned(lines: Sequence[Line], angle_deg: float) -> tuple[Line, ...]:
    """All lines turned about the page's middle; the page is square."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))

    def about(point: Point) -> Point:
        x, y = point[0] - 0.5, point[1] - 0.5
        return 0.5 + x * c - y * s, 0.5 + x * s + y * c

    return tuple(
        replace(line, box=Quad(tuple(about(p) for p in line.box.points)))  # type: ignore[arg-type]
        for line in lines
    )


def texts(lines: Sequence[Line]) -> set[str]:
    return {line.text for line in lines}


def pieces(rows: Sequence[str]) -> set[str]:
    return {piece for row in rows for piece in row.split("|")}


@pytest.mark.parametrize("arrange", [stacked, beside])
@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        (FRONT, BACK, (Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK)),
        (BACK, FRONT, (Kind.ID_CARD_BACK, Kind.ID_CARD_FRONT)),
        (DIPLOMA, DEGREE, (Kind.DIPLOMA, Kind.DEGREE_CERTIFICATE)),
        (DEGREE, BOOKLET_RIGHT, (Kind.DEGREE_CERTIFICATE, Kind.QUALIFICATION_CERTIFICATE)),
        (WORK, FRONT, (Kind.WORK_CERTIFICATE, Kind.ID_CARD_FRONT)),
    ],
)
def test_two_kinds_are_parted_in_the_order_in_which_they_lie(
    arrange: object, first: Sequence[str], second: Sequence[str], kinds: tuple[Kind, Kind]
) -> None:
    lines = arrange(first, second)  # type: ignore[operator]
    found = propose_two(lines, (), aspect=1.0)
    assert found is not None and found.reason is Reason.KINDS
    assert tuple(side.kind for side in found.sides) == kinds
    assert texts(found.sides[0].lines) == pieces(first)
    assert texts(found.sides[1].lines) == pieces(second)


@given(st.floats(-20, 20), st.sampled_from((stacked, beside)))
def test_papers_laid_down_loosely_are_parted(angle_deg: float, arrange: object) -> None:
    lines = turned(arrange(FRONT, BACK), angle_deg)  # type: ignore[operator]
    found = propose_two(lines, (), aspect=1.0)
    assert found is not None
    assert {frozenset(texts(side.lines)) for side in found.sides} == {
        frozenset(pieces(FRONT)),
        frozenset(pieces(BACK)),
    }


words = st.sampled_from((*FRONT, *BACK, *DIPLOMA, *DEGREE, *BOOKLET_LEFT, *BOOKLET_RIGHT, "试", "2.0", "。"))
places = st.tuples(st.floats(0, 0.9), st.floats(0, 0.95), st.floats(0.001, 0.6), st.floats(0.001, 0.2))


@given(
    st.lists(st.tuples(words, places, st.floats(0, 1)), max_size=25), st.lists(places, max_size=6), st.floats(0.3, 3)
)
def test_whatever_was_read_every_box_goes_to_one_side(
    read: list[tuple[str, tuple[float, ...], float]], seen: list[tuple[float, ...]], aspect: float
) -> None:
    def box(place: tuple[float, ...]) -> Quad:
        return Quad.from_rect(place[0], place[1], place[0] + place[2], place[1] + place[3])

    lines = tuple(Line(text, confidence, box(place)) for text, place, confidence in read)
    unread = tuple(box(place) for place in seen)
    found = propose_two(lines, unread, aspect=aspect)
    if found is not None:
        assert sorted(b.points for side in found.sides for b in side.boxes) == sorted(
            b.points for b in (*(line.box for line in lines), *unread)
        )
        assert all(side.boxes for side in found.sides)
        assert sum(len(side.lines) for side in found.sides) == len(lines)


@pytest.mark.parametrize("arrange", [stacked, beside])
def test_two_of_one_kind_are_parted(arrange: object) -> None:
    other = tuple(row.replace("李雪", "王芳").replace("1234", "9876") for row in DIPLOMA)
    found = propose_two(arrange(DIPLOMA, other), (), aspect=1.0)  # type: ignore[operator]
    assert found is not None and found.reason is Reason.TWINS
    assert texts(found.sides[0].lines) == pieces(DIPLOMA)
    assert texts(found.sides[1].lines) == pieces(other)


def test_text_the_wrong_way_up_beside_a_document_is_proposed() -> None:
    garbled = tuple(replace(line, text="2试", confidence=0.5) for line in lines_of("x", "x", "x", "x", "x"))
    lines = (*within(lines_of(*FRONT), 0.02, 0.2, 0.45, 0.8), *within(garbled, 0.55, 0.2, 0.98, 0.8))
    found = propose_two(lines, (), aspect=1.0)
    assert found is not None and found.reason is Reason.TURNED
    assert [side.kind for side in found.sides] == [Kind.ID_CARD_FRONT, None]
    assert len(found.sides[1].boxes) == 5


def test_standing_boxes_in_which_nothing_was_read_count_as_turned_text() -> None:
    standing = [Quad.from_rect(x, 0.3, x + 0.03, 0.7) for x in (0.6, 0.7, 0.8)]
    found = propose_two(within(lines_of(*FRONT), 0.02, 0.2, 0.45, 0.8), standing, aspect=1.0)
    assert found is not None and found.reason is Reason.TURNED
    assert found.sides[1].lines == () and set(found.sides[1].boxes) == set(standing)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((), id="nothing"),
        pytest.param(lines_of("居民身份证"), id="one line"),
        pytest.param(lines_of(*FRONT), id="front"),
        pytest.param(lines_of(*BACK), id="back"),
        pytest.param(lines_of(*DIPLOMA), id="diploma"),
        pytest.param(lines_of(*WORK), id="work certificate"),
        pytest.param(beside(("毕业证书",), DIPLOMA[2:]), id="double-page folder"),
        pytest.param(stacked(WORK[:4], WORK[4:]), id="form with a wide gap"),
        pytest.param(stacked(FRONT, ("中国工商银行", "6222 0212 3456 7890", "借记卡")), id="card and a bank card"),
        pytest.param(stacked(DIPLOMA, ("滇中大学教务处专用章",)), id="seal far away"),
        pytest.param(
            (*lines_of(*FRONT), Line("乙", 0.3, Quad.from_rect(0.9, 0.1, 0.95, 0.2))), id="a scrap in the portrait"
        ),
    ],
)
def test_one_document_is_left_whole(lines: tuple[Line, ...]) -> None:
    assert propose_two(lines, (), aspect=1.0) is None
