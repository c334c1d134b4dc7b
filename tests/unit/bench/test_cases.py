"""The reserved seeds and who may look at them."""

from __future__ import annotations

import pytest

from bench.cases import RESERVED_SEEDS, Deal
from bench.main import main


def test_the_plain_deal_is_the_reserved_range() -> None:
    assert Deal().seeds == RESERVED_SEEDS


@pytest.mark.parametrize(
    ("seed_from", "per_level", "touches"),
    [
        (RESERVED_SEEDS.start - 5, 1, False),
        (RESERVED_SEEDS.start - 4, 1, False),
        (RESERVED_SEEDS.start - 3, 1, True),
        (RESERVED_SEEDS.stop - 1, 1, True),
        (RESERVED_SEEDS.stop, 1, False),
        (0, RESERVED_SEEDS.stop, True),
    ],
)
def test_a_deal_that_holds_a_reserved_seed_says_so(seed_from: int, per_level: int, touches: bool) -> None:
    assert Deal(seed_from, per_level).touches_reserved is touches


def test_reserved_cases_are_never_named_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["accuracy", "--detail"])
    assert ended.value.code == 2
    assert "reserved" in capsys.readouterr().err
