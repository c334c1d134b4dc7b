"""Every way to spoil a portrait that the benchmark knows, on one real face: the right code, and no photo made of it.

The networks take a masked face for none at all now and then (docs/photo-checks.md), which is refused as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from bench.photo_degradations import DEGRADATIONS, Degradation
from imaging.model import Pixels
from imaging.photo.check import check_photo
from imaging.photo.made import Refused
from imaging.photo.make import make_photo
from imaging.photo.portrait import Portrait
from imaging.photo.standards import ONE_INCH
from imaging.photo.weights import PhotoModels


@pytest.mark.parametrize("degradation", DEGRADATIONS, ids=lambda d: d.name.replace(" ", "-"))
def test_the_right_code_is_given(degradation: Degradation, face: Pixels, portrait: Portrait, models: PhotoModels):
    spoilt = np.ascontiguousarray(degradation.apply(face, portrait))
    report = check_photo(spoilt, models, ONE_INCH, source_bytes=None, source_format=None)
    codes = (*degradation.codes, "photo-no-face") if "mask" in degradation.name else degradation.codes
    wanted = [d for d in report.defects if d.code in codes]
    assert wanted
    assert degradation.warning or wanted[0].severe


@pytest.mark.parametrize(
    "degradation",
    [d for d in DEGRADATIONS if not d.warning and "turned" not in d.name and "screenshot" not in d.name],
    ids=lambda d: d.name.replace(" ", "-"),
)
def test_no_photo_is_made_of_it(degradation: Degradation, face: Pixels, portrait: Portrait, models: PhotoModels):
    spoilt = np.ascontiguousarray(degradation.apply(face, portrait))
    result = make_photo(spoilt, models, ONE_INCH, max_bytes=20_000, background="whiten")
    assert isinstance(result, Refused)


def test_the_good_face_has_none_of_these_faults(face: Pixels, models: PhotoModels):
    report = check_photo(face, models, ONE_INCH, source_bytes=None, source_format=None)
    told = {code for degradation in DEGRADATIONS for code in degradation.codes}
    assert {d.code for d in report.defects} & told == set()
