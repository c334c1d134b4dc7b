from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.rest.problems import Problem
from api.rest.rate_limit import RateLimit
from api.rest.security import CACHE_S, KeyDesk
from intake.storage.clients import KEY_PREFIX, Scope, revoke_client
from tests.rest_site import API, Site, problem

_ID = "0" * 40
# Every operation and the scopes of which one is needed; none: open to anybody.
ROUTES: dict[tuple[str, str], frozenset[Scope] | None] = {
    ("POST", f"{API}/materials"): frozenset({Scope.MATERIALS}),
    ("GET", f"{API}/materials/{{material_id}}"): frozenset({Scope.MATERIALS}),
    ("GET", f"{API}/materials/{{material_id}}/rendition"): frozenset({Scope.PICTURES}),
    ("POST", f"{API}/photo/check"): frozenset({Scope.MATERIALS}),
    ("POST", f"{API}/photo/fix"): frozenset({Scope.MATERIALS}),
    ("POST", f"{API}/submissions"): frozenset({Scope.SUBMISSIONS}),
    ("PUT", f"{API}/submissions/{{submission_id}}"): frozenset({Scope.SUBMISSIONS}),
    ("GET", f"{API}/submissions/{{submission_id}}"): frozenset({Scope.SUBMISSIONS}),
    ("GET", f"{API}/submissions/{{submission_id}}/events"): frozenset({Scope.SUBMISSIONS}),
    ("GET", f"{API}/deliveries"): frozenset({Scope.DELIVERIES}),
    ("POST", f"{API}/deliveries/{{delivery_id}}/resend"): frozenset({Scope.DELIVERIES}),
    ("GET", f"{API}/policies"): frozenset(Scope),
    ("GET", "/metrics"): frozenset({Scope.OPERATIONS}),
    ("GET", "/livez"): None,
    ("GET", "/readyz"): None,
}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every operation of the OpenAPI document."""
    for path, methods in document["paths"].items():
        for method in methods:
            yield method.upper(), path


def _path(pattern: str) -> str:
    return "/".join(_ID if part.startswith("{") else part for part in pattern.split("/"))


def test_the_table_here_names_every_operation(site: Site) -> None:
    assert set(operations(site.app.openapi())) == set(ROUTES)


_HEADERS = (
    None,
    "",
    "Bearer",
    "Bearer ",
    "Basic abc",
    f"Bearer {KEY_PREFIX}{'0' * 48}",
    "Bearer x",
    f"Bearer {'k' * 5000}",
)


@pytest.mark.parametrize(("method", "pattern"), [route for route, scopes in ROUTES.items() if scopes is not None])
def test_without_a_good_key_nothing_is_told(site: Site, method: str, pattern: str) -> None:
    caller = site.caller("")
    for header in _HEADERS:
        headers = {} if header is None else {"Authorization": header}
        answer = caller.request(method, _path(pattern), headers=headers)
        problem(answer, 401, "not-authenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "pattern"), [route for route, scopes in ROUTES.items() if scopes is not None])
def test_each_operation_asks_for_its_scope_and_no_other(site: Site, method: str, pattern: str) -> None:
    wanted = ROUTES[method, pattern]
    assert wanted is not None
    for scope in Scope:
        answer = site.stranger(scope).request(method, _path(pattern))
        refused = answer.status_code == 403 and answer.json()["code"] == "scope-missing"
        assert refused == (scope not in wanted), (scope, answer.text)


def test_a_key_in_small_letters_of_the_scheme_works(site: Site) -> None:
    answer = site.caller("").get(f"{API}/policies", headers={"Authorization": f"bearer   {site.place.key}"})
    assert answer.status_code == 200


class Clock:
    """Goes on when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_revoked_key_works_for_five_seconds_at_most(site: Site) -> None:
    clock = Clock()
    desk = KeyDesk(site.place.service.database, clock=clock)
    header = f"Bearer {site.place.key}"
    assert desk.caller(header, address="a").id == site.place.client_id
    with site.place.service.database.write() as connection:
        revoke_client(connection, site.place.client_id)
    clock.now = CACHE_S - 0.01
    assert desk.caller(header, address="a").id == site.place.client_id
    clock.now = CACHE_S
    with pytest.raises(Problem) as refused:
        desk.caller(header, address="a")
    assert (refused.value.code, CACHE_S <= 5.0) == ("not-authenticated", True)


def test_an_address_with_many_wrong_keys_is_slowed_down_and_its_right_ones_are_not(site: Site) -> None:
    desk = KeyDesk(site.place.service.database, wrong_keys=RateLimit(12, clock=lambda: 0.0))
    codes = []
    for number in range(3):
        with pytest.raises(Problem) as refused:
            desk.caller(f"Bearer {KEY_PREFIX}{number:048x}", address="a")
        codes.append(refused.value.code)
    assert codes == ["not-authenticated", "not-authenticated", "rate-limited"]
    # A neighbour behind the same proxy.
    assert desk.caller(f"Bearer {site.place.key}", address="a").id == site.place.client_id
    with pytest.raises(Problem) as refused:
        desk.caller(f"Bearer {KEY_PREFIX}{9:048x}", address="b")
    assert refused.value.code == "not-authenticated"


def test_a_clients_rate_is_counted_over_all_its_addresses(site: Site) -> None:
    object.__setattr__(site.parts.limits, "requests", RateLimit(6, clock=lambda: 0.0))
    assert site.caller(address="192.0.2.1").get(f"{API}/policies").status_code == 200
    problem(site.caller(address="192.0.2.2").get(f"{API}/policies"), 429, "rate-limited")
    assert site.stranger(Scope.MATERIALS).get(f"{API}/policies").status_code == 200
