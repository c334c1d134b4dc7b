from __future__ import annotations

import pytest

from ocr.duties import DUTIES, NO_ACCOUNTING_DUTY, canonical_duty


def test_twelve_boxes_as_printed() -> None:
    assert len(DUTIES) == len(set(DUTIES)) == 12
    assert NO_ACCOUNTING_DUTY == DUTIES[11] == "不从事会计工作岗位"


@pytest.mark.parametrize("duty", DUTIES)
def test_every_duty_is_its_own_canonical_form(duty: str) -> None:
    assert canonical_duty(duty) == duty


@pytest.mark.parametrize(
    ("text", "duty"),
    [
        ("会计机构负责人（会计主管）", DUTIES[0]),
        ("会计主管", DUTIES[0]),
        ("总账;", DUTIES[7]),
        ("总帐", DUTIES[7]),
        ("其他会计工作", DUTIES[10]),
        ("收入,支出,债权,债务核算", DUTIES[4]),
        (" 出 纳 ", DUTIES[1]),
    ],
)
def test_spellings_people_use(text: str, duty: str) -> None:
    assert canonical_duty(text) == duty


@pytest.mark.parametrize("text", ["", "开车", "会计", "出纳稽核"])
def test_other_words_are_no_duty(text: str) -> None:
    assert canonical_duty(text) is None
