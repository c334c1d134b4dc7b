"""Black print under a seal stays, the seal goes."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.under_seal import ENLARGEMENT, without_seal
from tests.unit.imaging.seal_drawing import Stamp, ink_of, page_with_text, stamped

LINES = ["2023年7月13日 单位盖章"] * 6


@pytest.mark.parametrize(("colour", "tint"), [("red", (205, 30, 40)), ("blue", (40, 60, 200))])
def test_seal_goes_and_print_stays(colour: str, tint: tuple[int, int, int]) -> None:
    bare = page_with_text(LINES, width=600, height=400)
    ink = ink_of(Stamp("芒市金穗商贸有限公司"), diameter_px=240)
    cleaned = without_seal(stamped(bare, ink, centre=(300, 200), colour=tint), colour=colour)
    plain = without_seal(bare, colour=colour)
    assert cleaned.shape == (400 * ENLARGEMENT, 600 * ENLARGEMENT, 3)
    assert cleaned.dtype == np.uint8
    difference = np.abs(cleaned.astype(int) - plain.astype(int))
    assert (difference > 90).mean() < 0.01
    assert (plain < 100).mean() > 0.01


def test_the_other_channel_would_keep_the_seal() -> None:
    ink = ink_of(Stamp("芒市金穗商贸有限公司"), diameter_px=240)
    page = stamped(page_with_text([], width=600, height=400), ink, centre=(300, 200))
    assert (without_seal(page, colour="red") < 128).mean() < 0.002
    assert (without_seal(page, colour="blue") < 128).mean() > 0.02


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (40, 1)])
def test_scraps_are_no_error(shape: tuple[int, int]) -> None:
    out = without_seal(np.full((*shape, 3), 200, np.uint8))
    assert out.shape == (shape[0] * ENLARGEMENT, shape[1] * ENLARGEMENT, 3)
