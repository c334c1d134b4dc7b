import pytest

from imaging.ellipse import Ellipse
from imaging.geometry import Quad
from imaging.seal import SealSpot
from ocr.model import Line, Seal
from ocr.stamped import NO_STAMPS, Stamps, add_seal_fields, merge_lines, speaking_seal

BOX = Quad.from_rect(0.4, 0.4, 0.6, 0.6)


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


def _seal(text: str, confidence: float, centre: str = "", *, shape: str = "round", colour: str = "red") -> Seal:
    return Seal(text, confidence, None, BOX, centre, 300.0, colour, shape=shape)


def _stamps(*seals: Seal) -> Stamps:
    ellipse = Ellipse(300, 300, 150, 150, 0)
    spots = tuple(SealSpot(seal.box, ellipse, 1.0, 0.2, 300.0, seal.colour, shape=seal.shape) for seal in seals)
    return Stamps(spots, seals, ())


def test_the_formal_seal_speaks_even_beside_a_clearer_finance_seal() -> None:
    formal, finance = _seal("芒市金穗商贸有限公司", 0.7), _seal("芒市金穗商贸有限公司", 1.0, "财务专用章")
    fields, defects = add_seal_fields({}, _stamps(finance, formal))
    assert speaking_seal((finance, formal)) is formal
    assert fields["seal_text"].raw == "芒市金穗商贸有限公司"
    assert defects == ()


def test_a_finance_seal_alone_says_what_it_is_in_the_raw_text() -> None:
    fields, _ = add_seal_fields({}, _stamps(_seal("芒市金穗商贸有限公司", 0.9, "财务专用章")))
    assert fields["seal_text"].value == "芒市金穗商贸有限公司"
    assert "财务专用章" in fields["seal_text"].raw


def test_a_formal_seal_that_cannot_be_read_is_told_and_not_replaced_by_the_square_one() -> None:
    formal, square = _seal("芒市金", 0.3), _seal("芒市金穗商贸有限公司财务专用章", 0.95, shape="square")
    fields, (defect,) = add_seal_fields({}, _stamps(square, formal))
    assert (defect.code, defect.measured) == ("seal-unreadable", 0.3)
    assert fields["seal_text"].value == "芒市金"


def test_no_text_at_all_is_unreadable_and_no_seal_is_absent() -> None:
    fields, (defect,) = add_seal_fields({}, _stamps(_seal("", 0.0)))
    assert defect.code == "seal-unreadable"
    assert (fields["seal_present"].value, fields["seal_text"].value) == (True, None)
    assert add_seal_fields({}, NO_STAMPS)[0]["seal_present"].value is False
    assert speaking_seal(()) is None


def test_a_seal_on_a_grey_copy_is_less_certain() -> None:
    colours = {colour: add_seal_fields({}, _stamps(_seal("芒市金穗商贸有限公司", 0.9, colour=colour)))[0]
               for colour in ("red", "black")}  # fmt: skip
    assert colours["black"]["seal_present"].confidence < colours["red"]["seal_present"].confidence


@pytest.mark.parametrize(
    ("seal", "special"),
    [
        (_seal("芒市金穗商贸有限公司", 1.0), False),
        (_seal("芒市金穗商贸有限公司", 1.0, "合同专用章"), True),
        (_seal("芒市金穗商贸有限公司发票专用章", 1.0), True),
        (_seal("李晓梅印", 1.0, shape="square"), True),
    ],
)
def test_seals_of_one_purpose_are_told_from_formal_ones(seal: Seal, special: bool) -> None:
    assert seal.is_special is special
