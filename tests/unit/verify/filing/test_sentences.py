from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest

from verify.filing.circumstances import Category
from verify.filing.sentences import category_name, day_name, office_contact, phrase, say
from verify.policy_model import Office, Source

WORDS = tomllib.loads(files("verify.filing").joinpath("sentences.toml").read_text(encoding="utf-8"))


def test_words_that_people_typed_are_put_in_once() -> None:
    assert (
        phrase("place-missing", place="{place}{0}\\1")
        == "没有填报{place}{0}\\1的行政区划，不能确定属地，请补充六位代码"
    )


def test_a_missing_word_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        phrase("place-missing")


def test_the_source_stands_behind_the_sentence() -> None:
    assert say("choice-open", Source("某通知", "三")).endswith("请选择其一。依据：某通知第三项。")
    assert say("choice-open").endswith("请选择其一。")


@pytest.mark.parametrize("category", Category)
def test_every_category_has_a_name(category: Category) -> None:
    assert category_name(category).endswith(("人员", "在校生"))


def test_templates_end_without_a_full_stop() -> None:
    assert [key for key, text in WORDS["sentences"].items() if text.endswith("。")] == []


@pytest.mark.parametrize(
    ("phone", "address", "text"),
    [
        ("1", "某路", "（电话：1；地址：某路）"),
        ("1", "", "（电话：1）"),
        ("", "某路", "（地址：某路）"),
        ("", "", ""),
    ],
)
def test_contact_as_far_as_published(phone: str, address: str, text: str) -> None:
    assert office_contact(Office("533103", "某局", phone, address, Source("某通知"))) == text


def test_days() -> None:
    assert day_name(date(2026, 3, 5)) == "2026年3月5日"
