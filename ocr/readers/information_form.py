"""Reader for the basic information form of accountants (基本信息表; seed 001, 二(二)): signed and stamped.

Signature and seal are looked at in the pixels (`ocr.signature`, `ocr.stamped`); this module reads the items.
"""

from __future__ import annotations

from ocr.model import Field
from ocr.page import Page
from ocr.readers.schooling import find_id_number, find_labelled_name


def read(page: Page) -> dict[str, Field]:
    """Fields: name, id_number. Signature and seal are added by `ocr.read`."""
    found = {"name": find_labelled_name(page, ("姓名",)), "id_number": find_id_number(page)}
    return {name: field for name, field in found.items() if field is not None}
