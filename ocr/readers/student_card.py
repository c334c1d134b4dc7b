"""Reader for student cards (学生证): booklets, plastic cards, printed pages; no layout is fixed (domain.md 7)."""

from __future__ import annotations

from ocr.model import Field
from ocr.page import Page
from ocr.readers.schooling import (
    find_id_number,
    find_labelled_name,
    find_school,
    find_student_number,
    find_valid_until,
)


def read(page: Page) -> dict[str, Field]:
    """Fields: name, school, id_number, student_number, valid_until. The seal is added by `ocr.read`."""
    found = {
        "name": find_labelled_name(page, ("学生姓名", "姓名", "持证人")),
        "school": find_school(page),
        "id_number": find_id_number(page),
        "student_number": find_student_number(page),
        "valid_until": find_valid_until(page.by_row, by_line=True),
    }
    return {name: field for name, field in found.items() if field is not None}
