from ocr.scripts import script_pairs


def test_pairs_lead_from_traditional_to_simplified_only() -> None:
    characters = ("", "學", "学", "国", "A", "龘", " ")
    assert script_pairs(characters) == {1: 2}


def test_a_form_outside_the_networks_list_has_no_pair() -> None:
    assert script_pairs(("", "學")) == {}
