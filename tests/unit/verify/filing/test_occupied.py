from __future__ import annotations

from dataclasses import replace

from tests.unit.verify.filing.packs import LIAONING, LINGYUAN_OFFICE, YUNNAN
from verify.filing.occupied import occupied_number
from verify.policy_model import CollectionRules


def test_r17_yunnan_logs_in() -> None:
    result = occupied_number(YUNNAN)
    assert result.then == "log_in"
    assert "直接登录" in result.what and "《云南省会计人员信息采集操作说明》第4项" in result.what


def test_r17_liaoning_asks_the_office_and_r45_names_it() -> None:
    result = occupied_number(LIAONING, LINGYUAN_OFFICE)
    assert result.then == "contact_office"
    assert "直接登录" not in result.what
    assert "凌源市财政局" in result.what and "0421-7955041" in result.what


def test_r17_a_silent_pack_sends_to_the_office() -> None:
    result = occupied_number(replace(YUNNAN, collection=CollectionRules()))
    assert (result.then, result.source) == ("", None)
    assert "会计管理部门" in result.what
