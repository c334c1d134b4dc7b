from imaging.geometry import Quad
from ocr.model import Line
from ocr.page import Page
from ocr.readers.columns import sentence_flow


def line(text: str, left: float, top: float, right: float, confidence: float = 0.99) -> Line:
    return Line(text, confidence, Quad.from_rect(left, top, right, top + 0.03))


LEFT = [line("左一二三", 0.05, 0.2, 0.4), line("左四五六", 0.05, 0.3, 0.4), line("左七八九", 0.05, 0.4, 0.4)]
RIGHT = [line("RIGHTONE", 0.55, 0.2, 0.9), line("RIGHTTWO", 0.55, 0.3, 0.9), line("RIGHTTHREE", 0.55, 0.4, 0.9)]


def flow_of(*lines: Line) -> str:
    return sentence_flow(Page.of(lines, aspect=1.4)).text


def test_two_pages_are_read_one_after_the_other() -> None:
    assert flow_of(*LEFT, *RIGHT) == "左一二三左四五六左七八九RIGHTONERIGHTTWORIGHTTHREE"


def test_a_line_across_makes_one_text() -> None:
    across = line("一行横跨两边", 0.1, 0.5, 0.9)
    assert flow_of(*LEFT, *RIGHT, across).startswith("左一二三RIGHTONE")


def test_a_scrap_across_does_not() -> None:
    scrap = line("印", 0.3, 0.5, 0.7)
    unsure = line("印章印章", 0.3, 0.6, 0.7, 0.3)
    assert flow_of(*LEFT, *RIGHT, scrap, unsure).startswith("左一二三左四五六")


def test_a_number_under_the_portrait_is_no_column() -> None:
    assert flow_of(LEFT[0], LEFT[1], *RIGHT).startswith("左一二三RIGHTONE")


def test_an_empty_page() -> None:
    assert flow_of() == ""
