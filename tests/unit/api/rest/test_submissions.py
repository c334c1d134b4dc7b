from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from api.rest.schemas import SubmissionAnswer
from api.rest.submissions import is_below
from intake.storage import schema
from intake.storage.clients import Scope
from intake.storage.submissions import Purpose, SubmissionState, submission_of
from tests.rest_site import API, Site, entered, problem
from tests.service_parts import POLICY

_FILINGS = f"{API}/submissions"


def body(site: Site, **changes: Any) -> dict[str, Any]:
    """A filing with one upload; None takes a key away."""
    whole = {"purpose": "registration", "entered": entered(), "materials": [], **changes}
    return {name: value for name, value in whole.items() if value is not None}


def rows(site: Site) -> int:
    """How many submissions are stored."""
    with site.place.service.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.submission)).scalar_one())


def approve(site: Site, submission_id: str) -> None:
    """As a reviewer would."""
    with site.place.service.database.write() as connection:
        connection.execute(
            update(schema.submission)
            .where(schema.submission.c.id == submission_id)
            .values(state=SubmissionState.APPROVED)
        )


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_filing_is_taken_in_and_scored(site: Site, purpose: str) -> None:
    front = site.upload(kind="id_card_front")
    answer = site.caller().post(_FILINGS, json=body(site, purpose=purpose, materials={"id_card_front": front}))
    assert answer.status_code == 201
    filed = answer.json()
    SubmissionAnswer.model_validate(filed)
    assert {name: filed[name] for name in ("revision", "status", "state", "score", "policy", "region", "purpose")} == {
        "revision": 1, "status": "审核中", "state": "received", "score": None, "policy": POLICY, "region": "530000",
        "purpose": purpose,
    }  # fmt: skip
    assert filed["materials"] == {"id_card_front": {"id": front}}
    site.work()
    scored = site.caller().get(f"{_FILINGS}/{filed['id']}").json()
    SubmissionAnswer.model_validate(scored)
    assert (scored["state"], scored["score"], scored["band"]) == ("in_review", 100, "likely_pass")
    assert [(one["number"], one["state"], one["score"]) for one in scored["revisions"]] == [(1, "in_review", 100)]


def test_what_was_typed_is_kept_to_the_letter_and_the_person_is_indexed(site: Site) -> None:
    typed = {"person": {"id_number": " 53011119821009775x ", "other": [1.5, None, True, {"深": "层"}]}, "未知": -1}
    filed = site.caller().post(_FILINGS, json=body(site, entered=typed)).json()
    with site.place.service.database.read() as connection:
        stored = submission_of(connection, site.place.service.sealer, filed["id"])
    assert stored is not None
    assert stored.entered == typed
    assert stored.person_index == site.place.service.sealer.index_of("53011119821009775X")


def test_a_list_of_uploads_gets_slots_by_their_kinds(site: Site) -> None:
    kinds = ["diploma", "photo", "diploma", "diploma"]
    ids = [site.upload(kind=kind, data=bytes([number])) for number, kind in enumerate(kinds)]
    filed = site.caller().post(_FILINGS, json=body(site, materials=ids)).json()
    assert {slot: one["id"] for slot, one in filed["materials"].items()} == {
        "diploma": ids[0], "photo": ids[1], "diploma-2": ids[2], "diploma-3": ids[3],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "at", "kind"),
    [
        ({"purpose": None}, "purpose", "missing"),
        ({"purpose": "holiday"}, "purpose", "literal-error"),
        ({"purpose": 1}, "purpose", "literal-error"),
        ({"entered": None}, "entered", "missing"),
        ({"entered": []}, "entered", "dict-type"),
        ({"materials": None}, "materials", "missing"),
        ({"region": "5331"}, "region", "string-pattern-mismatch"),
        ({"region": 533103}, "region", "string-type"),
        ({"region": "533103\n"}, "region", "string-pattern-mismatch"),
        ({"policy": ""}, "policy", "string-too-short"),
        ({"530111198210097758": "x"}, "*", "extra-forbidden"),
    ],
)
def test_malformed_filings_name_the_place_in_our_words_only(
    site: Site, changes: dict[str, Any], at: str, kind: str
) -> None:
    answer = site.caller().post(_FILINGS, json=body(site, **changes))
    told = problem(answer, 422, "body-invalid")
    assert {"at": at, "kind": kind} in told["faults"]
    assert "530111198210097758" not in answer.text
    assert rows(site) == 0


@pytest.mark.parametrize(
    "materials",
    [
        "text",
        {"passport": "0" * 40},
        {"diploma-0": "0" * 40},
        {"diploma-100": "0" * 40},
        {"Diploma": "0" * 40},
        {"unknown": "0" * 40},
        {"diploma\n": "0" * 40},
        {"diploma": "short"},
        {"diploma": None},
        {"diploma": ["0" * 40]},
        ["0" * 40, "0" * 40],
        ["0" * 41],
        [1],
        [f"{number:040x}" for number in range(41)],
        {f"diploma-{number}": f"{number:040x}" for number in range(1, 42)},
    ],
)
def test_malformed_materials_are_refused(site: Site, materials: object) -> None:
    answer = site.caller().post(_FILINGS, json=body(site, materials=materials))
    faults = problem(answer, 422, "body-invalid")["faults"]
    assert all(fault["at"].split(".")[0] == "materials" for fault in faults)


@pytest.mark.parametrize("count", [39, 40])
def test_forty_uploads_fit(site: Site, count: int) -> None:
    answer = site.caller().post(_FILINGS, json=body(site, materials=[f"{number:040x}" for number in range(count)]))
    problem(answer, 404, "material-unknown")


def test_an_upload_must_be_the_callers_own(site: Site) -> None:
    foreign = site.upload(site.stranger(*Scope))
    for materials in ([foreign], {"diploma": foreign}, ["0" * 40]):
        told = problem(site.caller().post(_FILINGS, json=body(site, materials=materials)), 404, "material-unknown")
        assert told["faults"] == [
            {"at": "materials.diploma" if isinstance(materials, dict) else "materials.0", "kind": "unknown"}
        ]
    assert rows(site) == 0


def test_a_slot_must_be_of_the_uploads_kind(site: Site) -> None:
    photo = site.upload(kind="photo")
    answer = site.caller().post(_FILINGS, json=body(site, materials={"id_card_front": photo}))
    told = problem(answer, 409, "slot-kind-differs")
    assert told["faults"] == [{"at": "materials.id_card_front", "kind": "kind-differs"}]
    assert rows(site) == 0


@pytest.mark.parametrize(
    ("own", "asked", "allowed"),
    [
        ("530000", "533103", True), ("530000", "530000", True), ("533100", "533103", True), ("533103", "533103", True),
        ("000000", "110000", True), ("530000", "520000", False), ("533100", "533000", False),
        ("533100", "530000", False), ("533103", "533100", False),
    ],
)  # fmt: skip
def test_a_caller_files_for_its_region_and_those_below(site: Site, own: str, asked: str, allowed: bool) -> None:
    answer = site.stranger(*Scope, region=own).post(_FILINGS, json=body(site, region=asked))
    if allowed:
        assert (answer.status_code, answer.json()["region"]) == (201, asked)
    else:
        problem(answer, 403, "region-not-allowed")
    assert is_below(asked, own) == allowed


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_every_region_is_below_itself_its_province_and_the_country(region: str) -> None:
    assert is_below(region, region)
    assert is_below(region, "000000")
    assert is_below(region, region[:2] + "0000")


@pytest.mark.parametrize(
    ("callback", "status", "code"),
    [
        ("https://hooks.example/intake?x=1", 201, None),
        ("https://other.example/", 403, "callback-host-not-allowed"),
        ("https://hooks.example:8443/", 403, "callback-host-not-allowed"),
        ("https://127.0.0.1/", 403, "callback-address-refused"),
        ("https://[::ffff:10.0.0.1]/", 403, "callback-address-refused"),
        ("http://hooks.example/", 422, "callback-scheme-refused"),
        ("ftp://hooks.example/", 422, "callback-scheme-refused"),
        ("hooks.example", 422, "callback-url-malformed"),
        ("https://user:530111198210097758@hooks.example/", 422, "callback-url-malformed"),
        ("", 422, "callback-url-malformed"),
    ],
)
def test_callbacks_go_to_listed_hosts_only(site: Site, callback: str, status: int, code: str | None) -> None:
    answer = site.caller().post(_FILINGS, json=body(site, callback=callback))
    assert answer.status_code == status
    if code is not None:
        problem(answer, status, code)
        assert "530111198210097758" not in answer.text
        assert rows(site) == 0


@pytest.mark.parametrize("policy", ["nowhere-1999", "../x.toml", "yunnan-2023.toml"])
def test_unknown_rules_are_refused(site: Site, policy: str) -> None:
    problem(site.caller().post(_FILINGS, json=body(site, policy=policy)), 422, "policy-unknown")


_KEY = {"Idempotency-Key": "key-1"}


class TestIdempotencyKeys:
    """The same filing under one key is one submission."""

    def test_the_same_json_written_otherwise_is_the_same_call(self, site: Site) -> None:
        whole = body(site)
        first = site.caller().post(_FILINGS, json=whole, headers=_KEY)
        turned = json.dumps(dict(reversed(whole.items())), indent=3).encode()
        second = site.caller().post(
            _FILINGS, content=turned, headers={**_KEY, "Content-Type": "application/json; charset=utf-8"}
        )
        assert (first.status_code, second.status_code, rows(site)) == (201, 201, 1)
        assert first.content == second.content

    def test_another_body_under_it_is_a_conflict(self, site: Site) -> None:
        site.caller().post(_FILINGS, json=body(site), headers=_KEY)
        other = body(site, entered={"person": {"name": "另一人"}})
        problem(site.caller().post(_FILINGS, json=other, headers=_KEY), 409, "idempotency-key-reused")
        assert rows(site) == 1

    def test_another_callers_same_key_is_another_key(self, site: Site) -> None:
        site.caller().post(_FILINGS, json=body(site), headers=_KEY)
        answer = site.stranger(*Scope).post(_FILINGS, json=body(site), headers=_KEY)
        assert (answer.status_code, rows(site)) == (201, 2)

    def test_a_refused_call_does_not_use_its_key_up(self, site: Site) -> None:
        problem(
            site.caller().post(_FILINGS, json=body(site, materials=["0" * 40]), headers=_KEY),
            404, "material-unknown",
        )  # fmt: skip
        assert site.caller().post(_FILINGS, json=body(site), headers=_KEY).status_code == 201

    def test_one_key_for_two_operations_is_a_conflict(self, site: Site) -> None:
        filed = site.caller().post(_FILINGS, json=body(site), headers=_KEY).json()
        again = {"entered": {}, "materials": []}
        answer = site.caller().put(f"{_FILINGS}/{filed['id']}", json=again, headers=_KEY)
        problem(answer, 409, "idempotency-key-reused")


class TestRefiling:
    """A further revision."""

    def file(self, site: Site) -> str:
        return str(site.caller().post(_FILINGS, json=body(site)).json()["id"])

    def test_it_replaces_what_was_filed_and_keeps_the_rest(self, site: Site) -> None:
        filed = self.file(site)
        site.work()
        front = site.upload(kind="id_card_front")
        answer = site.caller().put(
            f"{_FILINGS}/{filed}", json={"entered": {"person": {}}, "materials": [front], "region": "533103"}
        )
        assert answer.status_code == 200
        told = answer.json()
        SubmissionAnswer.model_validate(told)
        assert (told["revision"], told["state"], told["region"], told["policy"]) == (2, "received", "533103", POLICY)
        assert told["score"] is None
        site.work()
        scored = site.caller().get(f"{_FILINGS}/{filed}").json()
        assert [(one["number"], one["state"]) for one in scored["revisions"]] == [(1, "in_review"), (2, "in_review")]

    def test_after_approval_nothing_changes(self, site: Site) -> None:
        filed = self.file(site)
        approve(site, filed)
        answer = site.caller().put(f"{_FILINGS}/{filed}", json={"entered": {}, "materials": []})
        problem(answer, 409, "submission-closed")
        assert site.caller().get(f"{_FILINGS}/{filed}").json()["revision"] == 1

    @pytest.mark.parametrize("extra", [{"purpose": "change"}, {"callback": "https://hooks.example/"}])
    def test_purpose_and_callback_stay_as_they_are(self, site: Site, extra: dict[str, str]) -> None:
        answer = site.caller().put(f"{_FILINGS}/{self.file(site)}", json={"entered": {}, "materials": [], **extra})
        problem(answer, 422, "body-invalid")

    def test_another_callers_is_as_unknown_as_any(self, site: Site) -> None:
        filed = self.file(site)
        stranger = site.stranger(*Scope)
        for number in (filed, "0" * 40):
            problem(stranger.get(f"{_FILINGS}/{number}"), 404, "not-found")
            problem(stranger.put(f"{_FILINGS}/{number}", json={"entered": {}, "materials": []}), 404, "not-found")
            problem(stranger.get(f"{_FILINGS}/{number}/events"), 404, "not-found")
