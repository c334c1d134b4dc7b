from imaging.geometry import Quad
from ocr.model import Line
from ocr.stamped import merge_lines


def _line(text: str, confidence: float, left: float, right: float, top: float = 0.5) -> Line:
    return Line(text, confidence, Quad.from_rect(left, top, right, top + 0.05))


def test_a_more_certain_reading_replaces_the_plain_one() -> None:
    plain = _line("2026年1 月", 0.6, 0.1, 0.5)
    cleaned = _line("2026年10月9日", 0.97, 0.1, 0.5)
    assert merge_lines([plain], [cleaned]) == (cleaned,)


def test_pieces_of_a_line_give_way_to_the_whole() -> None:
    pieces = [_line("2026", 0.9, 0.1, 0.2), _line("9日", 0.9, 0.4, 0.5)]
    cleaned = _line("2026年10月9日", 0.95, 0.1, 0.5)
    assert merge_lines(pieces, [cleaned]) == (cleaned,)


def test_a_clear_piece_does_not_replace_the_whole() -> None:
    whole = _line("本单位代码为91211382499587663G所属会计管", 0.9, 0.1, 0.9)
    assert merge_lines([whole], [_line("本单位代码为91211382499587663G", 1.0, 0.1, 0.8)]) == (whole,)


def test_a_box_across_the_whole_seal_is_no_rival() -> None:
    blob = Line("上州湖有品有限公司", 0.45, Quad.from_rect(0.1, 0.4, 0.5, 0.6))
    found = _line("2026年10月9日", 1.0, 0.15, 0.45)
    assert merge_lines([blob], [found]) == (blob, found)


def test_a_worse_reading_changes_nothing() -> None:
    # Red print vanishes with the seal's ink, so the cleaned reading can be the worse one.
    plain = _line("滇中工商大学", 0.95, 0.1, 0.5)
    assert merge_lines([plain], [_line("工大", 0.5, 0.1, 0.5)]) == (plain,)


def test_a_line_found_only_under_the_seal_is_added() -> None:
    plain, found = _line("单位盖章", 0.9, 0.1, 0.3), _line("2026年10月9日", 0.9, 0.1, 0.5, top=0.7)
    assert merge_lines([plain], [found]) == (plain, found)
