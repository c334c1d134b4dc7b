"""Rules on the basic information form: the person signs it (seed 001, 二(二): 经本人签字单位盖章的基本信息表)."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.model import Kind
from verify.model import Finding, Level
from verify.rules.case import CaseView
from verify.rules.findings import finding_on
from verify.severity import is_sure


def check_signature(case: CaseView) -> Iterator[Finding]:
    """A signature behind its label; where strokes are too few to tell, a person looks."""
    for document in case.of_kind(Kind.INFORMATION_FORM):
        signed = document.reading.fields.get("signature_present")
        if signed is None or signed.value is True:
            continue
        missing = signed.value is False
        yield finding_on(
            document,
            "signature-missing" if missing else "signature-uncertain",
            level=Level.BLOCK if missing and is_sure(signed) else Level.WARN,
            of=signed,
        )
