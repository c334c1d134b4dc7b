from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from api.rest.rate_limit import RateLimit
from api.rest.schemas import KINDS, MaterialAnswer
from intake.checker import CheckerUnavailable, Unavailable
from intake.storage import schema
from intake.storage.clients import Scope
from intake.storage.errors import BlobDamaged, DatabaseAway, KeyUnknown, StorageError, StoreAway, StoreFull
from intake.storage.event_log import events_of
from tests.rest_site import API, MAX_BYTES, NO_PICTURE, Site, problem, rest_site, with_limits

_UPLOADS = f"{API}/materials"


def rows(site: Site) -> int:
    """How many uploads are stored."""
    with site.place.service.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.material)).scalar_one())


@pytest.mark.parametrize("kind", [kind.value for kind in KINDS])
def test_every_kind_is_taken_in_with_what_can_be_told_at_once(site: Site, kind: str) -> None:
    data = b"\x80" + kind.encode()
    answer = site.caller().post(_UPLOADS, data={"kind": kind}, files={"file": ("a.jpg", data)})
    assert answer.status_code == 201
    body = answer.json()
    MaterialAnswer.model_validate(body)
    assert {name: body[name] for name in ("kind", "state", "file", "size_bytes", "source_format", "reading")} == {
        "kind": kind, "state": "received", "file": "a.jpg", "size_bytes": len(data), "source_format": "JPEG",
        "reading": None,
    }  # fmt: skip
    assert body["sha256"] == hashlib.sha256(data).hexdigest()
    assert body["rendition"]["width_px"] == 90
    assert (body["findings"], body["duplicates"]) == ([], [])
    assert len(site.place.bells.take()) == 1


def test_a_bad_picture_is_taken_in_and_told(site: Site) -> None:
    body = site.caller().post(_UPLOADS, data={"kind": "photo"}, files={"file": ("a.jpg", NO_PICTURE)}).json()
    assert [(one["code"], one["level"], one["material"]) for one in body["findings"]] == [
        ("file-not-image", "block", "photo")
    ]
    assert (body["rendition"], body["source_format"]) == (None, None)


def test_the_same_bytes_are_linked_within_one_caller_only(site: Site) -> None:
    first = site.upload(data=b"\x01same")
    site.upload(site.stranger(Scope.MATERIALS), data=b"\x01same")
    answer = site.caller().post(_UPLOADS, data={"kind": "diploma"}, files={"file": ("b.jpg", b"\x01same")})
    assert answer.json()["duplicates"] == [first]


def test_what_was_read_is_told_afterwards(site: Site) -> None:
    material = site.upload(kind="diploma")
    site.work()
    body = site.caller().get(f"{_UPLOADS}/{material}").json()
    MaterialAnswer.model_validate(body)
    assert (body["state"], body["reading"]["pictures"]) == ("read", 1)


def test_a_refused_upload_says_so_and_why(site: Site) -> None:
    material = site.upload(data=b"refuse this")
    site.work()
    body = site.caller().get(f"{_UPLOADS}/{material}").json()
    assert (body["state"], [one["code"] for one in body["findings"]]) == ("refused", ["image-corrupt"])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "form-invalid"),
        ({"kind": "unknown"}, "kind-unknown"),
        ({"kind": ""}, "kind-unknown"),
        ({"kind": "Diploma"}, "kind-unknown"),
        ({"kind": "diploma", "policy": "nowhere-1999"}, "policy-unknown"),
        ({"kind": "diploma", "policy": "../../etc/policy.toml"}, "policy-unknown"),
        ({"kind": "diploma", "policy": ""}, "policy-unknown"),
        ({"kind": "diploma", "note": "x"}, "form-invalid"),
    ],
)
def test_malformed_fields_store_nothing(site: Site, fields: dict[str, str], code: str) -> None:
    problem(site.caller().post(_UPLOADS, data=fields, files={"file": ("a.jpg", b"\x80")}), 422, code)
    assert (rows(site), site.checks.seen) == (0, 0)


def test_rules_of_another_place_can_be_named(site: Site) -> None:
    answer = site.caller().post(
        _UPLOADS, data={"kind": "diploma", "policy": "liaoning-2019"}, files={"file": ("a.jpg", b"\x80")}
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(("size", "status"), [(MAX_BYTES - 1, 201), (MAX_BYTES, 201), (MAX_BYTES + 1, 413)])
def test_the_largest_upload(site: Site, size: int, status: int) -> None:
    answer = site.caller().post(_UPLOADS, data={"kind": "photo"}, files={"file": ("a.jpg", b"\x80" * size)})
    assert answer.status_code == status
    if status == 413:
        problem(answer, 413, "upload-too-large")
        assert f"{MAX_BYTES:,}" in answer.json()["detail"]


def test_an_empty_file_is_no_malformed_request(site: Site) -> None:
    answer = site.caller().post(_UPLOADS, data={"kind": "photo"}, files={"file": ("a.jpg", b"")})
    assert (answer.status_code, answer.json()["size_bytes"]) == (201, 0)


class TestIdempotencyKeys:
    """The same key with the same upload gets the same answer, and with another one none."""

    def post(self, site: Site, *, key: str = "key-1", data: bytes = b"\x80", kind: str = "photo") -> object:
        return site.caller().post(
            _UPLOADS, data={"kind": kind}, files={"file": ("a.jpg", data)}, headers={"Idempotency-Key": key}
        )

    def test_the_first_answer_comes_again_and_nothing_is_checked_twice(self, site: Site) -> None:
        first, second = self.post(site), self.post(site)
        assert (first.status_code, second.status_code) == (201, 201)  # type: ignore[attr-defined]
        assert first.content == second.content  # type: ignore[attr-defined]
        assert (rows(site), site.checks.seen) == (1, 1)

    @pytest.mark.parametrize("change", [{"data": b"\x81"}, {"kind": "diploma"}])
    def test_another_upload_under_it_is_a_conflict(self, site: Site, change: dict[str, object]) -> None:
        self.post(site)
        problem(self.post(site, **change), 409, "idempotency-key-reused")  # type: ignore[arg-type]
        assert rows(site) == 1

    @pytest.mark.parametrize("key", ["k" * 256, "with blank", "ключ", ""])
    def test_what_cannot_be_a_key_is_refused(self, site: Site, key: str) -> None:
        answer = site.caller().post(
            _UPLOADS,
            data={"kind": "photo"},
            files={"file": ("a.jpg", b"\x80")},
            headers=[(b"idempotency-key", key.encode())],
        )
        problem(answer, 422, "idempotency-key-invalid")

    def test_two_keys_are_refused(self, site: Site) -> None:
        headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
        answer = site.caller().post(
            _UPLOADS, data={"kind": "photo"}, files={"file": ("a.jpg", b"\x80")}, headers=headers
        )
        problem(answer, 422, "idempotency-key-invalid")

    def test_a_malformed_upload_does_not_use_its_key_up(self, site: Site) -> None:
        problem(self.post(site, kind="nothing"), 422, "kind-unknown")
        assert self.post(site).status_code == 201  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (DatabaseAway(), 503, "database-away"),
        (StoreAway(), 503, "store-away"),
        (StoreFull(), 507, "storage-full"),
        (KeyUnknown(), 503, "key-unknown"),
        (BlobDamaged(), 500, "stored-data-damaged"),
        (StorageError(), 500, "internal-error"),
        (CheckerUnavailable(Unavailable.BUSY), 503, "server-busy"),
        (CheckerUnavailable(Unavailable.CLOSED), 503, "server-busy"),
        (CheckerUnavailable(Unavailable.CANNOT_START), 503, "server-busy"),
        (CheckerUnavailable(Unavailable.MODELS_UNUSABLE), 503, "checks-unavailable"),
        (CheckerUnavailable(Unavailable.POLICY_UNUSABLE), 503, "checks-unavailable"),
    ],
)
def test_what_is_the_matter_here_has_its_answer(site: Site, fault: Exception, status: int, code: str) -> None:
    site.checks.fault = fault
    answer = site.caller().post(_UPLOADS, data={"kind": "photo"}, files={"file": ("a.jpg", b"\x80")})
    problem(answer, status, code)
    assert rows(site) == 0
    assert ("retry-after" in answer.headers) == (status in (503, 507))


def test_below_five_percent_of_free_space_nothing_is_taken_in(site: Site) -> None:
    site.faults["store"] = "storage-full"
    problem(site.caller().post(_UPLOADS, data={"kind": "photo"}, files={"file": b"\x80"}), 507, "storage-full")


def test_an_upload_that_was_acknowledged_before_the_disk_was_full_gets_its_answer_again(site: Site) -> None:
    def sent(key: str) -> httpx.Response:
        return site.caller().post(
            _UPLOADS, data={"kind": "photo"}, files={"file": b"\x80"}, headers={"Idempotency-Key": key}
        )

    first = sent("key-0001")
    site.faults["store"] = "storage-full"
    assert (sent("key-0001").status_code, sent("key-0001").content) == (201, first.content)
    problem(sent("key-0002"), 507, "storage-full")


def test_uploads_have_a_rate_of_their_own(tmp_path: Path) -> None:
    limit = with_limits(uploads=RateLimit(6, clock=lambda: 0.0))
    with rest_site(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path, change=limit) as site:
        site.upload()
        problem(site.caller().post(_UPLOADS, data={"kind": "photo"}, files={"file": b"\x80"}), 429, "rate-limited")
        assert site.caller().get(f"{API}/policies").status_code == 200


@pytest.mark.parametrize("wrong", ["0" * 40, "0" * 39, "0" * 41, "Z" * 40, "..%2f..%2fetc%2fpasswd", "%00" * 20])
@pytest.mark.parametrize("tail", ["", "/rendition"])
def test_unknown_ids_are_not_found(site: Site, wrong: str, tail: str) -> None:
    answer = site.caller().get(f"{_UPLOADS}/{wrong}{tail}")
    assert answer.status_code == 404
    assert answer.json()["code"] in ("not-found", "route-unknown")


def test_another_callers_upload_is_as_unknown_as_any(site: Site) -> None:
    material = site.upload()
    site.work()
    stranger = site.stranger(*Scope)
    unknown = stranger.get(f"{_UPLOADS}/{'0' * 40}").json()
    for tail in ("", "/rendition"):
        answer = stranger.get(f"{_UPLOADS}/{material}{tail}")
        problem(answer, 404, "not-found")
        assert {**answer.json(), "instance": ""} == {**unknown, "instance": ""}


class TestRendition:
    """The picture that was read, for who may see it."""

    def test_it_is_a_plain_jpeg_and_the_look_is_noted(self, site: Site) -> None:
        material = site.upload()
        site.work()
        answer = site.caller().get(f"{_UPLOADS}/{material}/rendition")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.content.startswith(b"\xff\xd8\xff")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        with site.place.service.database.read() as connection:
            looks = [one for one in events_of(connection, material) if one.kind == "picture-viewed"]
        assert [one.data for one in looks] == [{"client": site.place.client_id, "picture": 1}]

    def test_before_it_was_read_there_is_none(self, site: Site) -> None:
        material = site.upload()
        problem(site.caller().get(f"{_UPLOADS}/{material}/rendition"), 409, "rendition-not-ready")

    def test_of_a_refused_upload_there_is_never_one(self, site: Site) -> None:
        material = site.upload(data=b"refuse")
        site.work()
        problem(site.caller().get(f"{_UPLOADS}/{material}/rendition"), 404, "picture-unknown")

    @pytest.mark.parametrize(
        ("picture", "status"), [("0", 422), ("1", 200), ("2", 404), ("9", 404), ("10", 422), ("x", 422), ("", 422)]
    )
    def test_pictures_are_counted_from_one(self, site: Site, picture: str, status: int) -> None:
        material = site.upload()
        site.work()
        answer = site.caller().get(f"{_UPLOADS}/{material}/rendition", params={"picture": picture})
        assert answer.status_code == status
        if status == 422:
            assert [fault["at"] for fault in problem(answer, 422, "parameter-invalid")["faults"]] == ["picture"]

    def test_a_refused_look_is_not_noted(self, site: Site) -> None:
        material = site.upload()
        site.work()
        site.stranger(*Scope).get(f"{_UPLOADS}/{material}/rendition")
        with site.place.service.database.read() as connection:
            assert not any(one.kind == "picture-viewed" for one in events_of(connection, material))
