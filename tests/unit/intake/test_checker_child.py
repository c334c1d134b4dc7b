"""What the checker's child answers to a request, apart from its process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from imaging.photo.weights import PhotoModelError
from intake import checker_child
from intake.checked import check_from_wire, photo_from_wire
from intake.checker_child import answer_for
from intake.fast_check import CheckDesk
from intake.frames import Frame, packed
from ocr.model import Kind
from verify.errors import PolicyInvalid
from verify.policy import load_policy

REQUESTS: tuple[dict[str, Any], ...] = (
    {"do": "check", "kind": "diploma", "policy": "yunnan-2023"},
    {"do": "check", "kind": "photo", "policy": "yunnan-2023"},
    {"do": "photo-check", "kind": "photo", "policy": "yunnan-2023"},
    {"do": "photo-fix", "kind": "photo", "policy": "yunnan-2023", "max_kb": None, "keep_background": False},
)


@pytest.fixture(scope="module")
def desk() -> Iterator[CheckDesk]:
    with CheckDesk() as shared:
        yield shared


def found_codes(request: dict[str, Any], message: Any, data: bytes) -> list[str]:
    answer = check_from_wire(message) if request["do"] == "check" else photo_from_wire(message, data)
    return [item.code for item in answer.findings]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request["do"])
def test_every_operation_answers_bad_bytes_in_its_own_form(request_: dict[str, Any], desk: CheckDesk) -> None:
    message, data = answer_for(Frame(request_, b"text"), desk)
    assert packed(message, data)
    assert found_codes(request_, message, data) == ["not-an-image"]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request["do"])
@pytest.mark.parametrize("fault", [RuntimeError("a person's name"), MemoryError(), ValueError("x"), KeyError("x")])
def test_what_a_library_raises_stays_with_the_upload(
    request_: dict[str, Any], fault: Exception, desk: CheckDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_everything(monkeypatch, fault)
    message, data = answer_for(Frame(request_, b"text"), desk)
    assert found_codes(request_, message, data) == ["engine-failed"]
    assert b"person" not in packed(message, data)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request["do"])
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (PhotoModelError("gone"), "models-unusable"),
        (ImportError("gone"), "models-unusable"),
        (PolicyInvalid("p", "x"), "policy-unusable"),
    ],
)
def test_a_broken_installation_is_not_blamed_on_the_upload(
    request_: dict[str, Any], fault: Exception, code: str, desk: CheckDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_everything(monkeypatch, fault)
    assert answer_for(Frame(request_, b"text"), desk) == ({"fault": code}, b"")


@pytest.mark.parametrize("policy", ["no-such", "", "../yunnan-2023", "/etc/passwd", "x.toml", "a\x00b.toml"])
def test_a_policy_that_cannot_be_used_is_named(policy: str, desk: CheckDesk) -> None:
    request = {"do": "check", "kind": Kind.DIPLOMA.value, "policy": policy}
    assert answer_for(Frame(request, b"text"), desk) == ({"fault": "policy-unusable"}, b"")


def test_an_odd_photo_standard_is_the_policys_fault(desk: CheckDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = load_policy("yunnan-2023")
    odd = replace(policy, photo=replace(policy.photo, standard="no-such"))
    monkeypatch.setattr(checker_child, "_policy", lambda name: odd)
    request = {"do": "photo-check", "kind": "photo", "policy": "odd"}
    assert answer_for(Frame(request, b"text"), desk) == ({"fault": "policy-unusable"}, b"")


def break_everything(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def broken(*_: object, **__: object) -> None:
        raise fault

    for name in ("fast_check", "check_photo_bytes", "fix_photo_bytes"):
        monkeypatch.setattr(checker_child, name, broken)
