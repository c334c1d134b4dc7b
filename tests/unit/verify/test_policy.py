from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest

from imaging.photo.standards import STANDARDS
from ocr.model import Kind
from verify.errors import PolicyInvalid, PolicyUnknown
from verify.model import Level
from verify.policy import available_policies, load_policy, parse_policy

TEXT = files("verify").joinpath("policies", "yunnan-2023.toml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize("name", available_policies())
def test_every_pack_loads_and_names_a_known_photo_standard(name: str) -> None:
    policy = load_policy(name)
    assert policy.name == name
    assert policy.photo.standard in STANDARDS


def test_yunnan_says_what_the_notices_say() -> None:
    policy = load_policy("yunnan-2023")
    # design.md section 3: 20 KB written as 20 000 bytes and accepted up to 20 480, likewise 200 KB.
    assert (policy.photo.limits.written_bytes, policy.photo.limits.accepted_bytes) == (20_000, 20_480)
    assert (policy.documents.written_bytes, policy.documents.accepted_bytes) == (200_000, 204_800)
    assert policy.photo.limits.formats == policy.documents.formats == ("JPEG", "PNG")
    assert policy.photo.background == "white"
    assert policy.effective_from == date(2023, 7, 13)


def test_required_materials_are_those_of_the_guide() -> None:
    required = {(row.when, row.one_of) for row in load_policy("yunnan-2023").required}
    assert ("on_duty", (Kind.WORK_CERTIFICATE,)) in required
    assert ("qualified", (Kind.QUALIFICATION_CERTIFICATE,)) in required
    assert {one_of[0] for when, one_of in required if when == "always"} == {
        Kind.PHOTO,
        Kind.ID_CARD_FRONT,
        Kind.ID_CARD_BACK,
    }


@pytest.mark.parametrize(
    ("day", "in_force"), [(date(2023, 7, 12), False), (date(2023, 7, 13), True), (date(2030, 1, 1), True)]
)
def test_first_day_in_force(day: date, in_force: bool) -> None:
    assert load_policy("yunnan-2023").in_force(day) is in_force


@pytest.mark.parametrize(("day", "in_force"), [(date(2024, 12, 31), True), (date(2025, 1, 1), False)])
def test_last_day_in_force(day: date, in_force: bool) -> None:
    text = changed("effective_from = 2023-07-13", "effective_from = 2023-07-13\neffective_to = 2024-12-31")
    assert parse_policy(text, name="yunnan-2023").in_force(day) is in_force


def test_unknown_name_is_refused() -> None:
    with pytest.raises(PolicyUnknown):
        load_policy("atlantis-2023")


@pytest.mark.parametrize("name", ["../policy", "yunnan-2023.toml", "", "/etc/passwd"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(PolicyUnknown):
        load_policy(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml [",
        changed('name = "yunnan-2023"', 'name = "other"'),
        changed("effective_from = 2023-07-13", 'effective_from = "2023-07-13"'),
        changed("effective_from = 2023-07-13", "effective_from = 2023-07-13T00:00:00"),
        changed("effective_from = 2023-07-13", "effective_from = 2023-07-13\neffective_to = 2023-07-12"),
        changed("written_bytes = 20_000", "written_bytes = 20_481"),
        changed("written_bytes = 20_000", "written_bytes = 0"),
        changed("written_bytes = 20_000", "written_bytes = -1"),
        changed("written_bytes = 20_000", 'written_bytes = "20 KB"'),
        changed("written_bytes = 20_000", "written_bytes = true"),
        changed('formats = ["JPEG", "PNG"]', "formats = []"),
        changed('formats = ["JPEG", "PNG"]', 'formats = "JPEG"'),
        changed('background = "white"', 'background = "plaid"'),
        changed('when = "always"', 'when = "on Sundays"'),
        changed('one_of = ["photo"]', "one_of = []"),
        changed('one_of = ["photo"]', 'one_of = ["selfie"]'),
        changed('source = "guide"', 'source = "hearsay"'),
        changed("block = 40", "block = 101"),
        changed("mismatch = 25", "mismatch = 50"),
        changed("warn = 4", "warn = 30"),
        changed("different_warn = 10", "different_warn = 26"),
        changed("warn_group_cap = 12", "warn_group_cap = 41"),
        changed("likely_pass_from = 85", "likely_pass_from = 101"),
        changed("likely_return_below = 50", "likely_return_below = 86"),
    ],
)
def test_a_broken_pack_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(PolicyInvalid) as refusal:
        parse_policy(text, name="yunnan-2023")
    assert refusal.value.name == "yunnan-2023"
    assert refusal.value.reason


def test_mandatory_fields_have_labels() -> None:
    from verify.wording import field_name

    for row in load_policy("yunnan-2023").mandatory:
        path = f"education.0.{row.path}" if row.when == "per_education" else row.path
        assert re.search("[一-鿿]", field_name(path)), path
        assert row.level is not Level.MISMATCH


def test_sources_are_cited_with_their_clause() -> None:
    assert load_policy("yunnan-2023").documents.source.cite() == "《云南省会计人员信息采集操作说明》第1.5项"
