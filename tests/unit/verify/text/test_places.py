from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.text.places import as_place, leading_places, shorten_places


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("德宏傣族景颇族自治州", "德宏州"),
        ("楚雄彝族自治州", "楚雄州"),
        ("孟连傣族拉祜族佤族自治县", "孟连县"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江县"),
        ("伊犁哈萨克自治州", "伊犁州"),
        ("龙胜各族自治县", "龙胜县"),
        ("莫力达瓦达斡尔族自治旗", "莫力达瓦旗"),
        ("内蒙古自治区赤峰市", "内蒙古赤峰市"),
        ("新疆维吾尔自治区", "新疆"),
        ("广西壮族自治区", "广西"),
        ("香港特别行政区", "香港"),
        # Named after the people alone: the name must not be lost.
        ("东乡族自治县", "东乡县"),
        ("临夏回族自治州东乡族自治县", "临夏州东乡县"),
        ("云南民族大学", "云南民族大学"),
    ],
)
def test_short_names_of_autonomous_places(long: str, short: str) -> None:
    assert shorten_places(long) == short


# Names and codes of domain.md section 2.3.
@pytest.mark.parametrize(
    ("spelling", "today"),
    [
        ("芒市", "芒市"),
        ("潞西市", "芒市"),
        ("潞西县", "芒市"),
        ("瑞丽县", "瑞丽市"),
        ("畹町市", "畹町市"),
        ("北票县", "北票市"),
        ("凌源县", "凌源市"),
        ("思茅市", "普洱市"),
        ("思茅地区", "普洱市"),
        ("襄樊市", "襄阳市"),
        # Its code went to 眉山市, a place elsewhere.
        ("涪陵市", "涪陵市"),
        ("武隆县", "武隆县"),
        ("云南", "云南省"),
        ("昆明", "昆明市"),
        ("德宏", "德宏州"),
        ("朝阳市", "朝阳市"),
        ("朝阳县", "朝阳县"),
        # No names of places.
        ("市辖区", ""),
        ("勐焕路", ""),
        ("", ""),
    ],
)
def test_names_of_today(spelling: str, today: str) -> None:
    assert as_place(spelling) == today


@pytest.mark.parametrize(
    ("text", "places", "rest"),
    [
        ("云南省德宏州芒市勐焕路12号", ("云南省", "德宏州", "芒市"), "勐焕路12号"),
        ("云南芒市勐焕路12号", ("云南省", "芒市"), "勐焕路12号"),
        ("潞西市勐焕路", ("芒市",), "勐焕路"),
        ("北京路12号", (), "北京路12号"),
        ("芒市大街12号", (), "芒市大街12号"),
        ("芒市芒市大街12号", ("芒市",), "芒市大街12号"),
        ("勐焕路12号", (), "勐焕路12号"),
        ("", (), ""),
    ],
)
def test_places_in_front(text: str, places: tuple[str, ...], rest: str) -> None:
    assert leading_places(text) == (places, rest)


@given(st.text(alphabet="云南省德宏州芒市县区路12", max_size=12))
def test_what_is_not_a_place_stays(text: str) -> None:
    places, rest = leading_places(text)
    assert text.endswith(rest)
    assert (places == ()) == (rest == text)
