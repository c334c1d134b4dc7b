"""Names of persons: one test for each pitfall of domain.md section 5.1."""

from __future__ import annotations

import pytest

from verify.compare import FieldKind, Why, compare
from verify.model import Match


def match(typed: str, read: str) -> Match:
    return compare(FieldKind.NAME, typed, read).match


# The dots of domain.md section 5.1, "seen in the wild", and two that NFKC makes of them.
@pytest.mark.parametrize("dot", [*"•‧・･∙⋅.．。˙ꞏ-_", " · ", "··"])
def test_every_dot_is_the_right_one(dot: str) -> None:
    assert match("阿依古丽·买买提", f"阿依古丽{dot}买买提") is Match.NORMALISED


@pytest.mark.parametrize("dot", ["", " ", "　"])
def test_a_dot_dropped_or_typed_as_a_space_is_a_variant(dot: str) -> None:
    found = compare(FieldKind.NAME, "阿依古丽·买买提", f"阿依古丽{dot}买买提")
    assert (found.match, found.why) == (Match.VARIANT, Why.DOT)


def test_a_dot_in_a_latin_name() -> None:
    assert match("John Smith", "ＪＯＨＮ　ｓｍｉｔｈ") is Match.NORMALISED
    assert match("John·Smith", "JOHN.SMITH") is Match.NORMALISED
    assert match("John·Smith", "John Smith") is Match.VARIANT


def test_order_of_the_parts_is_not_touched() -> None:
    assert match("John Smith", "Smith John") is Match.DIFFERENT
    assert match("买买提·阿依古丽", "阿依古丽·买买提") is Match.DIFFERENT


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("王小明", "王\u3000小 明"),
        ("王小明", "王小\u200b明\ufeff"),
        # Kangxi radicals (U+2F00 一, U+2F08 人, U+2FA6 金) and the supplement's simplified forms from PDF pages.
        ("金一人", "\u2fa6\u2f00\u2f08"),
        ("马见龙", "\u2ee2\u2ec5\u2ef0"),
        # A selector that picks another drawing of the same character.
        ("葛小明", "葛\U000e0101小明"),
        # GB 18030-2022: FE59 and FE90 in an old export, and 䶮 (FE9F) in a GBK one.
        ("王\u9fb4", "王\ue81e"),
        ("王\u9fba", "王\ue854"),
        ("王䶮", "王\ue863"),
        ("王\U00020087", "王\ue816"),
    ],
)
def test_what_nobody_sees_does_not_count(typed: str, read: str) -> None:
    assert match(typed, read) is Match.NORMALISED


# GB 18030-2022 against the private code points of Python's codec: every pair of the standard's change list.
@pytest.mark.parametrize(
    ("private", "public"),
    [
        ("\ue81e", "\u9fb4"),
        ("\ue826", "\u9fb5"),
        ("\ue82b", "\u9fb6"),
        ("\ue82c", "\u9fb7"),
        ("\ue832", "\u9fb8"),
        ("\ue843", "\u9fb9"),
        ("\ue854", "\u9fba"),
        ("\ue864", "\u9fbb"),
    ],
)
def test_private_code_points_of_the_codec(private: str, public: str) -> None:
    assert match(f"王{private}", f"王{public}") is Match.NORMALISED


@pytest.mark.parametrize("codec_bytes", [b"\xfe\x59", b"\xfe\x61", b"\xfe\x66", b"\xfe\xa0"])
def test_bytes_of_an_old_export_and_the_same_in_unicode(codec_bytes: bytes) -> None:
    public = {0x59: "\u9fb4", 0x61: "\u9fb5", 0x66: "\u9fb6", 0xA0: "\u9fbb"}[codec_bytes[1]]
    assert match("王" + codec_bytes.decode("gb18030"), f"王{public}") is Match.NORMALISED


# Characters that OpenCC merges though they are two (domain.md section 5.1), lawful variants, and traditional print.
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("余小明", "餘小明"),
        ("沈小明", "瀋小明"),
        ("姜小明", "薑小明"),
        ("游小明", "遊小明"),
        ("王昇", "王升"),
        ("王喆", "王哲"),
        ("张国华", "張國華"),
        ("呂小明", "吕小明"),
    ],
)
def test_variants_are_never_normalised(typed: str, read: str) -> None:
    found = compare(FieldKind.NAME, typed, read)
    assert (found.match, found.why, found.edits) == (Match.VARIANT, Why.SPELLING, 0)


@pytest.mark.parametrize(
    "mark",
    [
        "?",
        "？",
        "□",
        "*",
        "＊",
        "\ufffd",
        "\ue123",
        "(马高)",
        "（马高）",
        "[马高]",
        "【左马右高】",
        "⿰马高",
        "gao",
        "Gāo",
    ],
)
def test_a_makeshift_for_a_rare_character_is_for_a_person(mark: str) -> None:
    # 䯄 (U+4BC4) has 马 and 高 as its parts and is read gua; the pinyin above is somebody's guess.
    found = compare(FieldKind.NAME, "王䯄", f"王{mark}")
    assert (found.match, found.why) == (Match.FUZZY, Why.PLACEHOLDER)


def test_a_makeshift_excuses_only_its_own_character() -> None:
    assert match("王䯄", "李(马高)") is Match.DIFFERENT
    assert match("王小明", "李?军") is Match.DIFFERENT


def test_letters_of_a_foreign_name_are_no_pinyin() -> None:
    assert match("SMITH JOHN", "SMITH JACK") is Match.DIFFERENT


@pytest.mark.parametrize("pair", ["己已", "已巳", "末未", "日曰", "土士", "戊戌", "戌戍", "淼森", "昊吴"])
def test_homographs_are_slips(pair: str) -> None:
    assert match(f"王{pair[0]}", f"王{pair[1]}") is Match.FUZZY


@pytest.mark.parametrize("name", ["王䶮", "王㛃", "王𬭊", "王𫖯", "王𬀩", "王𠮷", "王喆", "王堃", "王犇"])
def test_rare_characters_survive_and_are_often_misread(name: str) -> None:
    assert match(name, f" {name}") is Match.NORMALISED
    assert match(name, "王目") is Match.FUZZY


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        # One character in common, and the others no look-alikes.
        ("王小明", "王大军"),
        ("王小明", "李小军"),
        ("王丽", "王军"),
        ("王小明", "明小王"),
        ("岩温香", "玉香"),
    ],
)
def test_two_people_who_share_a_character(typed: str, read: str) -> None:
    assert match(typed, read) is Match.DIFFERENT


@pytest.mark.parametrize("name", ["玉", "岩", "阿卜杜热合曼·阿卜杜热合曼·阿卜杜热合曼·阿卜杜热合曼"])
def test_no_length_is_wrong(name: str) -> None:
    assert match(name, name) is Match.EXACT
    assert match(name, f"{name}\n") is Match.NORMALISED


def test_composed_and_decomposed_letters_are_exact() -> None:
    assert match("Ren\u00e9", "Rene\u0301") is Match.EXACT
