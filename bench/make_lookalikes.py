"""Measures which Han characters look alike and writes the table that verify uses.

Every character of GB 2312 is drawn in four typefaces that certificates are printed in, blurred a little as a phone
photo is, and correlated with every other one; rarer characters count as misreadable anyway (`is_rare`). Pairs above
the limit in the mean over the typefaces are kept. Run once when the limit or the typefaces change:
`python -m bench.make_lookalikes verify/text/lookalikes.txt`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

# Sans, serif and kai cover what provinces print; two drawings of the song style keep one font's quirks out.
TYPEFACES = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Medium.ttc", 2),
    ("/usr/share/fonts/truetype/arphic/ukai.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
)
# The recogniser sees lines 48 px high, so glyphs of about 40 px; 24 px with a blur keeps what survives a hard photo.
GLYPH_PX = 24
BLUR_SIGMA = 1.0
# Read off known pairs: 末未 0.96, 戊戌 0.93, 己已 0.90, 淼森 0.90, 贸货 0.85, 白自 0.78 are in; 静净 0.73, 伟韦 0.61 or
# 沙少 0.49, where a whole part of the character is lost, are out and left to the confidence.
LIMIT = 0.78
# Dense characters correlate with many others; the nearest sixteen hold every pair above that was tried.
KEEP = 16


def drawings(characters: list[str], path: str, index: int) -> NDArray[np.float32]:
    """One unit vector a character, array of shape (characters, GLYPH_PX ** 2); zeros where the typeface has none."""
    font = ImageFont.truetype(path, GLYPH_PX - 4, index=index)
    rows = np.zeros((len(characters), GLYPH_PX * GLYPH_PX), np.float32)
    missing = font.getmask("\U0010fffd").getbbox(), bytes(font.getmask("\U0010fffd"))
    for place, character in enumerate(characters):
        mask = font.getmask(character)
        if (mask.getbbox(), bytes(mask)) == missing:
            continue
        image = Image.new("L", (GLYPH_PX, GLYPH_PX), 0)
        ImageDraw.Draw(image).text((GLYPH_PX / 2, GLYPH_PX / 2), character, fill=255, font=font, anchor="mm")
        blurred = np.asarray(cv2.GaussianBlur(np.asarray(image, np.float32), (0, 0), BLUR_SIGMA), np.float32).ravel()
        blurred = blurred - blurred.mean()
        rows[place] = blurred / (np.linalg.norm(blurred) or 1.0)
    return rows


def gb2312_characters() -> list[str]:
    """The 6,763 characters that print shops and recognisers have known since 1980."""
    return [
        bytes((row, cell)).decode("gb2312")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)
    ]


def main(target: Path) -> None:
    common = gb2312_characters()
    total = np.zeros((len(common), len(common)), np.float32)
    drawn = np.zeros_like(total)
    for path, index in TYPEFACES:
        vectors = drawings(common, path, index)
        present = vectors.any(axis=1).astype(np.float32)
        total += vectors @ vectors.T
        drawn += np.outer(present, present)
    total /= np.maximum(drawn, 1)
    lines = []
    for place, character in enumerate(common):
        order = np.argsort(-total[place])[: KEEP + 1]
        alike = [common[i] for i in order if i != place and total[place, i] >= LIMIT]
        if alike:
            lines.append(character + "".join(alike))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
