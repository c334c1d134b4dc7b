"""Which findings mean that an input was refused, so that a command ends with 1 (design.md section 4).

A difference, a missing paper or a doubtful number is the business of a reviewer, not a refused input: a person with
ten mismatches is processed successfully. What counts is input that could not be used: a file, a picture, a page that
is no document or lies in the wrong slot, or a typed value that could not be taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from verify.model import Level

# Everything about the folder, its files, the manifest and the typed form, at any level …
_INPUT_PREFIXES = ("entered-", "case-", "file-", "manifest-")
_INPUT_CODES = frozenset({"unknown-file", "slot-taken-twice", "duplicate-image", "wrong-document", "wrong-side"})
# … except what is a gap in the form or only worth a note, and the input was used all the same.
_USED_ALL_THE_SAME = frozenset({"entered-field-missing", "case-name-twice"})
# A picture without pixels or without a document, and a photo that cannot be used: only when it blocks.
_PICTURE_PREFIXES = ("photo-", "page-", "decoder-", "too-many-", "too-few-")
_PICTURE_CODES = frozenset(
    {
        "animated-image",
        "document-unreadable",
        "engine-failed",
        "format-not-allowed",
        "header-lies",
        "image-corrupt",
        "kind-unknown",
        "no-text",
        "not-a-document",
        "not-an-image",
        "portrait-instead-of-document",
        "unsupported-encoding",
        "cannot-fit-bytes",
    }
)


def means_refused(code: str, level: str) -> bool:
    """Whether a finding of this code and level says that some input could not be used."""
    if code in _USED_ALL_THE_SAME:
        return False
    if code in _INPUT_CODES or code.startswith(_INPUT_PREFIXES):
        return True
    return level == Level.BLOCK.value and (code in _PICTURE_CODES or code.startswith(_PICTURE_PREFIXES))


def record_refused(findings: Iterable[Mapping[str, Any]]) -> bool:
    """The same over the findings of a result record."""
    return any(means_refused(str(f.get("code")), str(f.get("level"))) for f in findings)
