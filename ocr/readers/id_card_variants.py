"""Tells the identity cards apart and hands each to its reader."""

from __future__ import annotations

import re

from ocr.model import Field
from ocr.page import Page
from ocr.people import find_resident_number
from ocr.readers import bilingual_card, foreign_card, id_card

COMPATRIOT, FOREIGN, BILINGUAL = "hmt_residence_permit", "foreign_permanent_residence", "minority_script"

_COMPATRIOT_WORDS = re.compile("(?:港澳|台湾|臺灣)居民居住证|通行证号码|签发次数")
# Fields whose values have a form of their own, whatever stands around them.
_CLOSED = ("gender", "ethnicity", "birth_date", "id_number")
# 810000, 820000 and 830000 stand where a resident's number has the county (国办发〔2018〕81号 art. 3).
_COMPATRIOT_NUMBER = re.compile("8[123]0000")


def variant(page: Page) -> str:
    """Which card it is; empty for the ordinary one."""
    if foreign_card.is_foreign(page):
        return FOREIGN
    flow = page.by_row
    number = find_resident_number(flow)
    if _COMPATRIOT_WORDS.search(flow.text) or (number and _COMPATRIOT_NUMBER.match(flow.text, number[0])):
        return COMPATRIOT
    return BILINGUAL if bilingual_card.is_bilingual(page) else ""


def read_front(page: Page) -> dict[str, Field]:
    """Fields of the portrait side of any identity card."""
    found = variant(page)
    if found == FOREIGN:
        return foreign_card.read_front(page)
    if found != BILINGUAL:
        return id_card.read_front(page)
    fields = bilingual_card.read_front(page)
    ordinary = id_card.read_front(page)
    # Where a label and its second line were found as one, the value's place says nothing; its form still does.
    return {**{name: ordinary[name] for name in _CLOSED if name in ordinary}, **fields}


def read_back(page: Page) -> dict[str, Field]:
    """Fields of the other side of any identity card."""
    found = variant(page)
    if found == FOREIGN:
        return foreign_card.read_back(page)
    if found != BILINGUAL:
        return id_card.read_back(page)
    fields = id_card.read_back(bilingual_card.without_other_script(page))
    issuer = bilingual_card.read_issuer(page)
    return {**fields, "issuing_authority": issuer} if issuer else fields
