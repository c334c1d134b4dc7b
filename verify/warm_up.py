"""Loads what comparing and wording keep in memory, so that the first person of a process does not wait for it."""

from __future__ import annotations

from verify.compare import FieldKind, compare
from verify.filing.circumstances import Category
from verify.filing.sentences import category_name
from verify.wording import field_name, known_codes

# Two values that no folding makes equal, so that every comparer goes on to its last table.
_ONE, _OTHER = "云南省德宏傣族景颇族自治州芒市", "北京市朝阳區會計學院"


def warm_up() -> None:
    """Loads every table once: divisions, look-alikes, traditional characters, schools, sentences."""
    for kind in FieldKind:
        compare(kind, _ONE, _OTHER)
    known_codes()
    field_name("person.name")
    category_name(Category.OTHER)
