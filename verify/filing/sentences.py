"""Chinese sentences of the answers about filing; the words are data beside this module (`sentences.toml`).

They are not in `verify/messages.toml`: that catalogue words findings, which have a level, a material and a measured
value. An answer about filing has none of them, and most answers are no finding.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from verify.filing.circumstances import Category
from verify.policy_model import Office, Source

# A place for a word. Values are put in once and never looked at again: what people typed may hold braces.
_PLACE = re.compile(r"\{(\w+)\}")


def say(key: str, source: Source | None = None, **words: str) -> str:
    """A whole sentence, with its source behind it where there is one.

    Args:
        key: Key in `[sentences]`.
        source: Where the rule comes from.
        words: One for every place in the template.

    Raises:
        KeyError: There is no such sentence, or one of its words is missing.
    """
    origin = f"依据：{source.cite()}。" if source is not None else ""
    return f"{phrase(key, **words)}。{origin}"


def phrase(key: str, **words: str) -> str:
    """A part of a sentence, without full stop and source; arguments and errors as in `say`."""
    return _PLACE.sub(lambda place: words[place[1]], _table("sentences")[key])


def category_name(category: Category) -> str:
    """What persons of a category are called."""
    return _table("categories")[category.value]


def place_word(place: str) -> str:
    """What the place that decides about the office is called, by its key in `[places]`."""
    return _table("places")[place]


def question_names(questions: Iterable[str]) -> str:
    """Unanswered questions as a list; names are those of the attributes of `Circumstances`."""
    return "、".join(_table("questions")[question] for question in questions)


def day_name(day: date) -> str:
    """A day as sentences write it: `2026年3月5日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def office_contact(office: Office) -> str:
    """Phone and address in brackets, as far as they were published; empty when neither was."""
    if office.phone and office.address:
        return phrase("office-contact", phone=office.phone, address=office.address)
    if office.phone:
        return phrase("office-phone", phone=office.phone)
    return phrase("office-address", address=office.address) if office.address else ""


def _table(name: str) -> Mapping[str, str]:
    return _load()[name]


@cache
def _load() -> dict[str, dict[str, str]]:
    """sentences.toml, loaded once; the only place that opens it."""
    return tomllib.loads(files("verify.filing").joinpath("sentences.toml").read_text(encoding="utf-8"))
