"""The certificate of a unit: its code, its type, its inner number."""

from __future__ import annotations

import pytest

from tests.unit.verify.conftest import USCC, Papers
from verify.identifiers.uscc import parse_credit_code
from verify.model import Level

# 91…: a company.
COMPANY = USCC


def certificate(papers: Papers, unit_type: str, uscc: str = COMPANY) -> Papers:
    papers.read["unit_certificate"] = {"unit_name": "芒市金色商贸有限公司", "uscc": uscc, "unit_type": unit_type}
    return papers


@pytest.mark.parametrize(
    ("unit_type", "odd"),
    [
        ("有限责任公司（自然人独资）", False),
        ("其他有限责任公司", False),
        ("个人独资企业", False),
        ("个体工商户", True),
        ("事业单位", True),
        ("机关", True),
        ("农民专业合作社", True),
        ("不认识的类型", False),
    ],
)
def test_the_type_fits_the_category_of_a_company(papers: Papers, unit_type: str, odd: bool) -> None:
    found = certificate(papers, unit_type).codes()
    assert set(found) == ({"uscc-unit-type"} if odd else set())
    assert not odd or found["uscc-unit-type"].level is Level.INFO


def outer(first17: str) -> str:
    """GB 32100 by hand: weights 3^(i-1) mod 31, alphabet without I O Z S V (domain.md section 2.4)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(sign) * pow(3, place, 31) for place, sign in enumerate(first17))
    return first17 + alphabet[(31 - total % 31) % 31]


@pytest.mark.parametrize(
    ("pair", "unit_type", "odd"),
    [
        ("12", "事业单位", False),
        ("12", "有限责任公司", True),
        ("92", "个体工商户", False),
        ("93", "农民专业合作社", False),
        ("11", "机关", False),
        ("51", "社会团体法人", False),
        ("51", "事业单位", True),
        ("N2", "股份经济合作社", False),
        ("Q1", "事业单位", False),
    ],
)
def test_the_type_fits_other_categories(papers: Papers, pair: str, unit_type: str, odd: bool) -> None:
    # 60003734-1 is the inner code that domain.md section 2.4 verifies.
    code = outer(f"{pair}533103600037341")
    assert parse_credit_code(code).is_valid
    papers.type("work.uscc", code).print("work_certificate", "uscc", code)
    assert ("uscc-unit-type" in certificate(papers, unit_type, code).codes()) is odd


@pytest.mark.parametrize(("inner", "told"), [("600037341", False), ("600037342", True)])
def test_the_inner_number_where_none_was_typed(papers: Papers, inner: str, told: bool) -> None:
    code = outer(f"91533103{inner}")
    papers.type("work.uscc", None).print("work_certificate", "uscc", code)
    found = certificate(papers, "有限责任公司", code).codes()
    assert ("uscc-read-inner" in found) is told
    assert not told or found["uscc-read-inner"].level is Level.WARN
