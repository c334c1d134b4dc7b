from __future__ import annotations

import io
from typing import Any

from api.output import Output
from api.show_findings import show_findings, show_records
from verify.model import Level, Match
from verify.wording import finding


def shown(records: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    show_records(Output(out, io.StringIO()), records)
    return out.getvalue()


def record(**changes: Any) -> dict[str, Any]:
    return {"code": "name-differs", "level": "warn", "message": "全文", "short": "姓名或为误读", **changes}


def test_a_reviewer_sees_what_to_look_at_beside_the_sentence() -> None:
    out = io.StringIO()
    item = finding("name-differs", level=Level.WARN, field="person.name", entered="甲", read="乙", match=Match.FUZZY)
    show_findings(Output(out, io.StringIO()), [item])
    text = out.getvalue()
    assert "姓名或为误读" in text
    assert "[name-differs]" in text


def test_notes_are_counted_by_what_they_say() -> None:
    notes = [record(level="info", code="page-shadow", short="有阴影")] * 2
    text = shown([*notes, record(level="info", code="bytes-will-be-compressed", short="将压缩大小")])
    assert "提示 3 条：有阴影×2、将压缩大小" in text


def test_records_of_earlier_versions_show_their_code() -> None:
    old = record()
    del old["short"]
    # In the first column, and behind the sentence as always.
    assert shown([old]).count("name-differs") == 2
