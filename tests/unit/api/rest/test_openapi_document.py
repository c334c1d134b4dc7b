from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.rest import examples, schemas
from api.rest.problems import PROBLEMS, codes_by_status
from api.rest.schemas import KINDS, NewFiling, Refiling
from tests.rest_site import Site
from verify.identifiers.resident import check_character
from verify.policy import available_policies

_MODELS = {
    "createMaterial": schemas.MaterialAnswer,
    "getMaterial": schemas.MaterialAnswer,
    "createSubmission": schemas.SubmissionAnswer,
    "reviseSubmission": schemas.SubmissionAnswer,
    "getSubmission": schemas.SubmissionAnswer,
    "checkPhoto": schemas.PhotoAnswer,
    "fixPhoto": schemas.PhotoAnswer,
    "listDeliveries": schemas.DeliveryList,
    "resendDelivery": schemas.DeliveryAnswer,
    "listPolicies": schemas.PolicyList,
    "live": schemas.Health,
    "ready": schemas.Health,
}


@pytest.fixture
def document(site: Site) -> dict[str, Any]:
    """As it is served, without a key."""
    found: dict[str, Any] = site.caller("").get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_has_a_name_words_and_an_example(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for _, _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        (status,) = [status for status in operation["responses"] if status.startswith("2")]
        for content in operation["responses"][status]["content"].values():
            assert "example" in content or "format" in content["schema"] or operation["operationId"] == "metrics"
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content


def test_every_problem_is_declared_with_an_example_of_each_code(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        for status, codes in codes_by_status().items():
            told = operation["responses"][str(status)]["content"]["application/problem+json"]
            assert sorted(told["examples"]) == codes
            assert all(PROBLEMS[code].status == one["value"]["status"] for code, one in told["examples"].items())


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas_of = document["components"]["schemas"]
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)):
        head, _, name = reference.rpartition("/")
        assert head == "#/components/schemas"
        assert name in schemas_of


def test_kinds_and_rules_are_listed(document: dict[str, Any]) -> None:
    form = document["paths"]["/api/v1/materials"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["properties"]["kind"]["enum"] == [kind.value for kind in KINDS]
    assert set(form["properties"]["policy"]["enum"]) == set(available_policies())
    filing = document["components"]["schemas"]["NewFiling"]
    assert set(filing["properties"]["policy"]["anyOf"][0]["enum"]) == set(available_policies())
    assert "x-policy-names" not in str(document)


@pytest.mark.parametrize("name", sorted(_MODELS))
def test_examples_of_answers_fit_their_shapes(name: str) -> None:
    _MODELS[name].model_validate(examples.ANSWERS[name])


def test_examples_of_requests_fit_their_shapes() -> None:
    NewFiling.model_validate(examples.NEW_FILING)
    Refiling.model_validate(examples.REFILING)


def test_the_person_of_the_examples_is_well_formed_and_that_of_a_fixture() -> None:
    number = examples.ENTERED["person"]["id_number"]
    assert number[-1] == check_character(number[:17])
    text = Path("fixtures/accept/case-000060/entered.json").read_text(encoding="utf-8")
    assert number in text


def test_nothing_is_fetched_from_elsewhere(site: Site) -> None:
    for path in ("/docs", "/redoc"):
        assert site.caller().get(path).status_code == 404
