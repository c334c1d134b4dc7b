from __future__ import annotations

import re
from pathlib import Path

import pytest

import intake
from intake.refusal import means_refused, record_refused
from verify.wording import known_codes


@pytest.mark.parametrize(
    ("code", "level", "refused"),
    [
        ("entered-not-json", "block", True),
        ("entered-unknown-key", "warn", True),
        ("entered-field-missing", "block", False),
        ("unknown-file", "warn", True),
        ("duplicate-image", "block", True),
        ("wrong-document", "block", True),
        ("photo-no-face", "block", True),
        ("photo-head-size", "warn", False),
        ("photo-will-be-made", "info", False),
        ("page-blurred", "warn", False),
        ("page-blurred", "block", True),
        ("too-many-scans", "block", True),
        ("decoder-timeout", "block", True),
        ("name-differs", "mismatch", False),
        ("material-missing", "block", False),
        ("id-number-check", "block", False),
        ("seal-missing", "block", False),
        ("field-unread", "block", False),
    ],
)
def test_differences_are_no_refusals_and_unusable_input_is(code: str, level: str, refused: bool) -> None:
    assert means_refused(code, level) is refused


def test_one_refused_input_is_enough() -> None:
    assert record_refused([{"code": "name-differs", "level": "mismatch"}, {"code": "file-empty", "level": "block"}])
    assert not record_refused([])


def test_every_code_that_intake_gives_has_words_for_people() -> None:
    root = Path(intake.__file__).parent if intake.__file__ else Path("intake")
    written = "\n".join(path.read_text(encoding="utf-8") for path in root.rglob("*.py"))
    given = set(re.findall(r'Defect\(\s*"([a-z0-9-]+)"', written)) | set(
        re.findall(r'_UnusableError\("([a-z-]+)"', written)
    )
    assert {"entered-missing", "case-failed", "slot-taken-twice"} <= given
    assert given - known_codes() == set()
