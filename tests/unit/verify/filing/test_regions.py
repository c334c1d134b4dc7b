from __future__ import annotations

import pytest

from verify.filing.regions import region_code, region_name, region_path, regions_above
from verify.identifiers.addresses import current_code_of


@pytest.mark.parametrize(
    ("code", "today"),
    [
        # domain.md 2.3: 533103 was 潞西市 until 2009 and is 芒市; 533121 was 潞西县.
        ("533103", "533103"),
        ("533121", "533103"),
        # 瑞丽县 became 瑞丽市.
        ("533125", "533102"),
        # 北票市: before 211381 it was 211326 and 211319; 凌源市 before 211323.
        ("211326", "211381"),
        ("211319", "211381"),
        ("211323", "211382"),
        # 昭通地区 became 昭通市 under another number and took its counties along.
        ("532100", "530600"),
        ("532122", "530621"),
        # 畹町市 was merged away: the table names no heir.
        ("533101", None),
        # 崇文区 was merged into 东城区 under another name.
        ("110103", None),
        ("533199", None),
        ("999999", None),
    ],
)
def test_an_abolished_code_is_led_to_its_only_heir(code: str, today: str | None) -> None:
    assert current_code_of(code) == today


def test_an_abolished_district_has_no_heir_in_another_city() -> None:
    # 汤旺河区 of 伊春 ended in 2019; a district of 佳木斯 once had the same name and is another place.
    assert current_code_of("230712") is None


def test_an_abolished_district_goes_on_where_its_whole_city_was_merged() -> None:
    # 莱芜市 was merged into 济南 in 2018, and 钢城区 with it.
    assert current_code_of("371203") == "370117"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("533103", "533103"),
        ("５３３１０３", "533103"),
        (" 533 103 ", "533103"),
        ("53310", None),
        ("5331033", None),
        ("033103", None),
        ("芒市", None),
        ("", None),
        ("५३३१०३", None),
    ],
)
def test_a_code_is_six_ascii_digits(text: str, code: str | None) -> None:
    assert region_code(text) == code


@pytest.mark.parametrize(
    ("code", "above"),
    [("533103", ("533100", "530000")), ("533100", ("530000",)), ("530000", ())],
)
def test_what_lies_above(code: str, above: tuple[str, ...]) -> None:
    assert regions_above(code) == above


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("210202", "辽宁省大连市中山区（210202）"),
        ("110105", "北京市朝阳区（110105）"),
        ("530000", "云南省（530000）"),
        ("533199", "云南省德宏傣族景颇族自治州（533199）"),
    ],
)
def test_a_place_elsewhere_is_named_with_what_lies_above(code: str, path: str) -> None:
    assert region_path(code) == path


def test_names() -> None:
    assert region_name("533103") == "芒市（533103）"
    assert region_name("533199") == "533199"
