from __future__ import annotations

import base64

import pytest

from api.rest.schemas import PhotoAnswer
from tests.rest_site import API, NO_PICTURE, Site, problem


def test_a_check_says_what_was_measured_and_stores_nothing(site: Site) -> None:
    answer = site.caller().post(f"{API}/photo/check", files={"file": ("a.jpg", b"\x80")})
    assert (answer.status_code, answer.json()) == (
        200, {"accepted": True, "findings": [], "measures": {"width_px": 90.0}},
    )  # fmt: skip
    PhotoAnswer.model_validate(answer.json())
    assert not site.place.bells.take()


@pytest.mark.parametrize("tool", ["check", "fix"])
def test_what_is_no_picture_is_a_finding(site: Site, tool: str) -> None:
    body = site.caller().post(f"{API}/photo/{tool}", files={"file": NO_PICTURE}).json()
    assert (body["accepted"], [one["code"] for one in body["findings"]]) == (False, ["file-not-image"])
    assert body.get("photo") is None


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({}, b"None False"),
        ({"max_kb": "5"}, b"5 False"),
        ({"max_kb": "2000", "keep_background": "true"}, b"2000 True"),
        ({"keep_background": "false", "policy": "liaoning-2019"}, b"None False"),
    ],
)
def test_a_made_photo_comes_with_its_size(site: Site, fields: dict[str, str], made: bytes) -> None:
    body = site.caller().post(f"{API}/photo/fix", data=fields, files={"file": b"\x80"}).json()
    PhotoAnswer.model_validate(body)
    assert base64.b64decode(body["photo"]) == made
    assert (body["media_type"], body["size_bytes"], body["width_px"], body["height_px"]) == (
        "image/jpeg", len(made), 295, 413,
    )  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"max_kb": "4"}, {"max_kb": "2001"}, {"max_kb": "20.0"}, {"max_kb": "-5"}, {"max_kb": "２０"}, {"max_kb": ""},
        {"keep_background": "yes"}, {"keep_background": ""}, {"policy": "nowhere"}, {"kind": "photo"},
    ],
)  # fmt: skip
def test_malformed_wishes_are_refused(site: Site, fields: dict[str, str]) -> None:
    answer = site.caller().post(f"{API}/photo/fix", data=fields, files={"file": b"\x80"})
    problem(answer, 422, "policy-unknown" if "policy" in fields else "form-invalid")
    assert site.checks.seen == 0
