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


def test_a_box_stretched_over_the_seal_gives_way_to_the_lines_in_it() -> None:
    blob = Line("上州湖有品有限公司", 0.45, Quad.from_rect(0.1, 0.45, 0.5, 0.75))
    first, second = _line("单位盖章", 1.0, 0.2, 0.4, top=0.5), _line("2026年10月9日", 1.0, 0.15, 0.45, top=0.6)
    assert merge_lines([blob], [first, second]) == (first, second)


def test_a_stretched_box_that_was_read_better_stays_beside_the_line() -> None:
    clear = Line("云岭财经大学", 0.99, Quad.from_rect(0.1, 0.45, 0.5, 0.75))
    scrap = _line("云今大", 0.6, 0.15, 0.45, top=0.55)
    assert merge_lines([clear], [scrap]) == (clear, scrap)


def test_scraps_beside_the_line_do_not_protect_a_worse_reading() -> None:
    plain, scrap = _line("愿026年8月30日", 0.85, 0.1, 0.5), _line("5", 0.2, 0.4, 0.43)
    cleaned = _line("2026年8月30日", 1.0, 0.12, 0.48)
    assert merge_lines([plain, scrap], [cleaned]) == (cleaned,)


def test_a_worse_reading_changes_nothing() -> None:
    # Red print vanishes with the seal's ink, so the cleaned reading can be the worse one.
    plain = _line("滇中工商大学", 0.95, 0.1, 0.5)
    assert merge_lines([plain], [_line("工大", 0.5, 0.1, 0.5)]) == (plain,)


def test_a_line_found_only_under_the_seal_is_added() -> None:
    plain, found = _line("单位盖章", 0.9, 0.1, 0.3), _line("2026年10月9日", 0.9, 0.1, 0.5, top=0.7)
    assert merge_lines([plain], [found]) == (plain, found)
