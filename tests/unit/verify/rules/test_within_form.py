from __future__ import annotations

import pytest

from tests.unit.verify.conftest import Papers
from tests.unit.verify.identifiers import by_hand
from verify.model import Level

# What is said about the code of the unit alone.
UNIT_CODES = ("uscc-check", "uscc-inner-check", "uscc-category", "uscc-licence-number", "uscc-organisation-code")


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("person.name", Level.BLOCK),
        ("person.id_number", Level.BLOCK),
        ("person.gender", Level.WARN),
        ("person.birth_date", Level.WARN),
        ("person.phone", Level.INFO),
        ("work.on_duty", Level.WARN),
        ("work.employer", Level.WARN),
        ("work.uscc", Level.WARN),
        ("work.duties", Level.WARN),
        ("work.finance_bureau", Level.WARN),
        ("education.0.school", Level.WARN),
        ("education.0.certificate_number", Level.WARN),
        ("qualification.level", Level.WARN),
        ("qualification.approved_on", Level.WARN),
    ],
)
def test_each_mandatory_field(papers: Papers, path: str, level: Level) -> None:
    papers.type(path, None)
    found = papers.codes()["entered-field-missing"]
    assert (found.field, found.level) == (path, level)


@pytest.mark.parametrize("path", ["person.address", "person.ethnicity", "work.region", "education.0.degree"])
def test_other_fields_may_stay_empty(papers: Papers, path: str) -> None:
    papers.type(path, None)
    assert "entered-field-missing" not in papers.codes()


def test_off_duty_owes_no_work_fields(papers: Papers) -> None:
    papers.entered["work"] = {"on_duty": False}
    assert "entered-field-missing" not in papers.codes()


def test_without_qualification_none_of_its_fields_is_due(papers: Papers) -> None:
    papers.entered["qualification"] = None
    papers.without.add("qualification_certificate")
    assert papers.codes() == {}


def test_placeholders_in_names(papers: Papers) -> None:
    papers.type("person.name", "岩?香")
    assert papers.codes()["name-placeholder"].level is Level.WARN


@pytest.mark.parametrize(
    ("code", "expected", "level"),
    [
        ("91533103MAURQ2838N", "uscc-check", Level.BLOCK),
        ("91533103MAURQ2839", "uscc-check", Level.BLOCK),
        ("91533103MAURQ2839NN", "uscc-check", Level.BLOCK),
        ("O1533103MAURQ2839N", "uscc-check", Level.BLOCK),
        # Fifteen and nine characters whose own checks fail: neither of the two older numbers.
        ("530103600012345", "uscc-check", Level.BLOCK),
        ("600037342", "uscc-check", Level.BLOCK),
        # The organisation code inside fails, the outer check holds.
        (by_hand.credit("91110000600037342"), "uscc-inner-check", Level.WARN),
        # A new category of a known registry, and a registry that nobody knows.
        (by_hand.credit("95110000600037341"), "uscc-category", Level.INFO),
        (by_hand.credit("E1110000600037341"), "uscc-category", Level.WARN),
        # The specimens of GS 15-2006 and GB 11714.
        ("110108000000016", "uscc-licence-number", Level.WARN),
        ("110108-000000016", "uscc-licence-number", Level.WARN),
        ("D2143569-X", "uscc-organisation-code", Level.WARN),
        ("600037341", "uscc-organisation-code", Level.WARN),
    ],
)
def test_typed_credit_codes(papers: Papers, code: str, expected: str, level: Level) -> None:
    found = {name: item for name, item in papers.type("work.uscc", code).codes().items() if name in UNIT_CODES}
    assert list(found) == [expected]
    assert (found[expected].level, found[expected].field, found[expected].entered) == (level, "work.uscc", code)


def test_older_numbers_of_units_say_what_to_do(papers: Papers) -> None:
    for typed in ("110108000000016", "D2143569-X"):
        codes = papers.type("work.uscc", typed).codes()
        message = next(item.message for name, item in codes.items() if name in UNIT_CODES)
        assert "18位统一社会信用代码" in message
        assert typed in message


@pytest.mark.parametrize("pair", ["N1", "N2", "N3", "A1", "G1", "J1", "Q1", "Y1"])
def test_letter_first_credit_codes_are_good(papers: Papers, pair: str) -> None:
    # Village collectives hold codes that start with N (domain.md section 0); python-stdnum refuses them.
    code = by_hand.credit(f"{pair}533103" + by_hand.organisation("31152449"))
    papers.type("work.uscc", code).print("work_certificate", "uscc", code)
    assert papers.codes() == {}


def test_box_twelve_excludes_the_others(papers: Papers) -> None:
    papers.type("work.duties", ["出纳", "不从事会计工作岗位"])
    assert papers.codes()["duties-exclusive"].level is Level.BLOCK
