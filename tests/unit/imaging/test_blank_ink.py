"""A blank's rule alone is empty; writing over it is not, whatever recognition made of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.blank_ink import BlankState, look_at_blank
from imaging.geometry import Quad
from tests.unit.imaging.seal_drawing import photographed
from tests.unit.imaging.tick_drawing import FACES

WIDTH, HEIGHT = 600, 120
PLACE = Quad.from_rect(100 / WIDTH, 40 / HEIGHT, 500 / WIDTH, 85 / HEIGHT)
BLUE, BLACK, RED = (30, 46, 140), (25, 25, 28), (205, 40, 40)


def _blank(text: str = "", *, ink: tuple[int, int, int] = BLUE, rise: int = 0, rule: bool = True) -> NDArray[np.uint8]:
    """Printed words left and right of a ruled blank, the text over the rule; `rise` tilts the rule by pixels."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), (248, 247, 243))
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(FACES[0], 32)
    pen.text((20, 45), "代码", fill=BLACK, font=font)
    if rule:
        pen.line((90, 80 + rise, 510, 80 - rise), fill=BLACK, width=2)
    pen.text((160, 42), text, fill=ink, font=font)
    return np.array(sheet, dtype=np.uint8)


@pytest.mark.parametrize("rise", [0, 2, 5])
@pytest.mark.parametrize("rule", [True, False])
def test_a_rule_alone_is_empty(rise: int, rule: bool) -> None:
    assert look_at_blank(_blank(rise=rise, rule=rule), PLACE).state is BlankState.EMPTY


@pytest.mark.parametrize("text", ["12", "芒市", "91533103MA6K1B2C3D", "王"])
@pytest.mark.parametrize("ink", [BLUE, BLACK])
def test_writing_is_seen(text: str, ink: tuple[int, int, int]) -> None:
    look = look_at_blank(_blank(text, ink=ink), PLACE)
    assert look.state is BlankState.FILLED
    assert look.confidence >= 0.7


def test_a_lone_thin_digit_is_not_called_empty() -> None:
    assert look_at_blank(_blank("1"), PLACE).state is not BlankState.EMPTY


@pytest.mark.parametrize("ink", [RED, (150, 24, 40)])
def test_a_seal_over_the_blank_fills_nothing_in(ink: tuple[int, int, int]) -> None:
    assert look_at_blank(_blank("公司", ink=ink), PLACE).state is BlankState.EMPTY


@pytest.mark.parametrize("shade", [0.4, 0.7])
def test_shade_is_no_ink(shade: float) -> None:
    page = _blank() * np.linspace(shade, 1.0, WIDTH)[None, :, None]
    assert look_at_blank(page.astype(np.uint8), PLACE).state is BlankState.EMPTY


@settings(max_examples=40, deadline=None)
@given(
    st.text(alphabet="0123456789ABCDEFGH", max_size=18),
    st.integers(0, 9999),
    st.floats(0.3, 1.0),
    st.floats(0, 6),
    st.integers(-3, 3),
)
def test_never_the_opposite(text: str, seed: int, blur: float, noise: float, rise: int) -> None:
    random = np.random.default_rng(seed)
    page = photographed(_blank(text, rise=rise), random, blur=blur, noise=noise, shade=0.3, quality=75)
    state = look_at_blank(page, PLACE).state
    assert state is not (BlankState.EMPTY if text else BlankState.FILLED)


@settings(max_examples=40, deadline=None)
@given(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_blank_anywhere_is_no_error(left: float, top: float, width: float, height: float) -> None:
    look = look_at_blank(_blank("芒市"), Quad.from_rect(left, top, left + width, top + height))
    assert 0.0 <= look.confidence <= 1.0
