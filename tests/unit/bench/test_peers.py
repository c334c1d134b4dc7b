"""When a printed value occurs in an engine's text."""

from __future__ import annotations

import pytest

from bench.peers import occurs


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("510104197209170493", "号码5101 0419720917 0493", True),
        ("510104197209170493", "号码51010419720917049", False),
        ("阿依古丽·买买提", "姓名阿依古丽•买买提性别女", True),
        ("上海大学(本部)", "毕业于上海大学（本部）", True),
        ("上海大学", "毕业于上诲大学", False),
        ("李明", "", False),
    ],
)
def test_spaces_widths_and_dots_do_not_matter(value: str, text: str, expected: bool) -> None:
    assert occurs(value, text) is expected
