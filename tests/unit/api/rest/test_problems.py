from __future__ import annotations

import json
import re

import pytest

from api.rest.problems import PROBLEMS, Fault, Problem, problem_body, problem_response

_CHINESE = re.compile("[一-鿿]")


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_code_is_kebab_case_with_a_status_and_chinese_words(code: str) -> None:
    kind = PROBLEMS[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert 400 <= kind.status < 600
    assert _CHINESE.search(kind.title)
    assert _CHINESE.search(kind.detail)


@pytest.mark.parametrize("code", sorted(code for code, kind in PROBLEMS.items() if kind.status in (429, 503)))
def test_whoever_may_come_again_is_told_when(code: str) -> None:
    answer = problem_response(Problem(code), request_id="r" * 8)
    assert int(answer.headers["retry-after"]) >= 1


def test_the_body_is_that_of_rfc_9457() -> None:
    told = Problem("body-invalid", detail="别的话。", faults=[Fault("materials.0", "unknown")])
    assert problem_body(told, request_id="abcdefgh") == {
        "type": "urn:intake:problem:body-invalid",
        "title": PROBLEMS["body-invalid"].title,
        "status": 422,
        "code": "body-invalid",
        "detail": "别的话。",
        "instance": "abcdefgh",
        "faults": [{"at": "materials.0", "kind": "unknown"}],
    }


def test_no_more_than_twenty_places_are_told() -> None:
    told = Problem("body-invalid", faults=[Fault(str(number), "unknown") for number in range(21)])
    assert len(told.faults) == 20


def test_a_missing_key_says_how_to_show_one() -> None:
    answer = problem_response(Problem("not-authenticated"), request_id="abcdefgh")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert json.loads(bytes(answer.body))["status"] == 401


def test_an_unknown_code_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        Problem("nobody-knows")
