"""Which identity paper a number is said to belong to: the stored words of `person.id_type` and what forms call them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from verify.text.folding import fold_text


class IdType(StrEnum):
    """Identity papers that a collection form offers (domain.md 2.2 and 4.3); the values are stored in submissions."""

    RESIDENT_ID_CARD = "resident_id_card"
    HK_MACAU_PERMIT = "hk_macau_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit"
    FOREIGN_PERMANENT_RESIDENCE = "foreign_permanent_residence"
    PASSPORT = "passport"
    MILITARY_ID = "military_id"


# The paper's own name comes first; the others are what forms and people call it.
_NAMES: Mapping[IdType, tuple[str, ...]] = {
    IdType.RESIDENT_ID_CARD: ("居民身份证", "身份证", "中华人民共和国居民身份证", "二代身份证", "公民身份号码"),
    IdType.HK_MACAU_PERMIT: (
        "港澳居民来往内地通行证", "港澳来往内地通行证", "港澳通行证", "港澳居民通行证", "回乡证", "港澳台通行证",
    ),
    IdType.TAIWAN_PERMIT: (
        "台湾居民来往大陆通行证", "台湾来往大陆通行证", "台湾通行证", "台湾居民通行证", "台胞证",
    ),
    IdType.HMT_RESIDENCE_PERMIT: (
        "港澳台居民居住证", "港澳居民居住证", "台湾居民居住证", "港澳台居住证", "港澳居住证", "台湾居住证",
    ),
    IdType.FOREIGN_PERMANENT_RESIDENCE: (
        "外国人永久居留身份证", "外国人永久居留证", "永久居留身份证", "永久居留证", "外国人居留证",
    ),
    IdType.PASSPORT: ("护照", "中国护照", "外国护照", "普通护照", "中华人民共和国护照", "外籍护照"),
    IdType.MILITARY_ID: ("军官证", "军人身份证件", "军人证", "士兵证", "警官证", "文职干部证", "武警警官证"),
}  # fmt: skip
_BY_WORD = {
    fold_text(word): id_type for id_type, names in _NAMES.items() for word in (id_type.value, id_type.name, *names)
}


def id_type_of(text: str | None) -> IdType | None:
    """The paper that a word means; None for a word nobody knows. Nothing typed means the resident identity card."""
    if text is None or not text.strip():
        return IdType.RESIDENT_ID_CARD
    return _BY_WORD.get(fold_text(text))


def id_type_name(id_type: IdType) -> str:
    """What the paper is called in Chinese."""
    return _NAMES[id_type][0]
