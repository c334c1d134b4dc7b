"""Codes of a page as fields."""

from imaging.codes import Code
from imaging.geometry import Quad
from ocr.coded import code_fields
from ocr.model import Kind
from ocr.readers.registry import READERS

HERE = Quad.from_rect(0.8, 0.1, 0.9, 0.2)
THERE = Quad.from_rect(0.1, 0.8, 0.3, 0.9)


def test_a_page_without_codes_has_no_fields():
    assert code_fields(()) == ({}, ())


def test_the_first_decoded_code_of_each_sort_is_told_with_its_place():
    codes = (Code("", "qr", THERE), Code("a", "qr", HERE), Code("b", "qr", THERE), Code("690", "bar", THERE))
    fields, defects = code_fields(codes)
    assert {name: (field.value, field.box) for name, field in fields.items()} == {
        "qr_code": ("a", HERE),
        "bar_code": ("690", THERE),
    }
    assert defects == ()


def test_a_code_that_was_only_seen_is_none_and_noted():
    fields, (defect,) = code_fields((Code("", "qr", HERE),))
    assert (fields["qr_code"].value, fields["qr_code"].confidence, fields["qr_code"].box) == (None, 0.0, HERE)
    assert (defect.code, defect.box, defect.severe) == ("code-unreadable", HERE, False)


def test_codes_are_looked_for_only_where_papers_carry_them():
    coded = {kind for kind, reader in READERS.items() if reader.coded}
    assert {Kind.DIPLOMA, Kind.DEGREE_CERTIFICATE, Kind.QUALIFICATION_CERTIFICATE} <= coded
    assert not coded & {Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK, Kind.WORK_CERTIFICATE}
