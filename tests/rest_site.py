"""The REST interface over a real installation, with a checker that looks at nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.rest.app import create_app
from api.rest.events_stream import EventHub
from api.rest.parts import Health, Limits, RestParts
from api.rest.policies import PolicyBook
from api.rest.rate_limit import RateLimit
from api.rest.security import KeyDesk
from api.rest.upload import UploadRoom
from imaging.model import Defect
from intake.checked import FastCheck, PhotoServiceAnswer, refused_check, refused_photo
from intake.observe.metrics import Metrics
from intake.storage.clients import Scope, add_client
from intake.storage.work import Queue
from intake.tasks.run import run_work
from ocr.model import Kind
from tests.service_parts import POLICY, Installation, installation, quick_parts

# What the checker here takes for no picture.
NO_PICTURE = b"none"
MAX_BYTES = 100_000
API = "/api/v1"


@dataclass
class QuietChecks:
    """The second implementation of `api.rest.parts.Checks`: says at once what the bytes begin with.

    Attributes:
        seen: How many uploads it was asked about.
        fault: Raised instead of an answer.
    """

    seen: int = 0
    fault: Exception | None = None

    def check(self, data: bytes, *, kind: Kind, policy: str) -> FastCheck:
        self._count()
        if self._is_none(data):
            return refused_check(Defect("file-not-image", severe=True), kind)
        return FastCheck((), "JPEG", 90, 60, 90, 60)

    def check_photo(self, data: bytes, *, policy: str) -> PhotoServiceAnswer:
        self._count()
        if self._is_none(data):
            return refused_photo(Defect("file-not-image", severe=True))
        return PhotoServiceAnswer((), {"width_px": 90.0})

    def fix_photo(
        self, data: bytes, *, policy: str, max_kb: int | None = None, keep_background: bool = False
    ) -> PhotoServiceAnswer:
        self._count()
        if self._is_none(data):
            return refused_photo(Defect("file-not-image", severe=True))
        made = f"{max_kb} {keep_background}".encode()
        return PhotoServiceAnswer((), {}, made, 295, 413, background_replaced=not keep_background)

    def _count(self) -> None:
        self.seen += 1
        if self.fault is not None:
            raise self.fault

    @staticmethod
    def _is_none(data: bytes) -> bool:
        return not data or data.startswith(NO_PICTURE)


@dataclass
class Site:
    """An interface with one caller who may do everything.

    Attributes:
        place: The installation behind it.
        parts: What it works with.
        app: The application.
        checks: Its checker.
        faults: What `/readyz` is told, by part.
    """

    place: Installation
    parts: RestParts
    app: FastAPI
    checks: QuietChecks
    faults: dict[str, str | None] = field(default_factory=dict)

    def caller(self, key: str | None = None, *, address: str = "192.0.2.7") -> TestClient:
        """A caller with this key, the first one's when None; an empty text for no key."""
        key = self.place.key if key is None else key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return TestClient(self.app, headers=headers, client=(address, 50_000), raise_server_exceptions=False)

    def stranger(self, *scopes: Scope, region: str = "530000", hosts: tuple[str, ...] = ()) -> TestClient:
        """Another caller with these scopes."""
        return self.caller(self.new_key(*scopes, region=region, hosts=hosts))

    def new_key(self, *scopes: Scope, region: str = "530000", hosts: tuple[str, ...] = ()) -> str:
        """The key of another caller."""
        service = self.place.service
        with service.database.write() as connection:
            added = add_client(
                connection, service.sealer, name="另一个", scopes=scopes, region=region, callback_hosts=hosts
            )
        return added.key

    def upload(self, caller: TestClient | None = None, *, kind: str = "diploma", data: bytes = b"\x80") -> str:
        """Uploads and returns the id."""
        answer = (caller or self.caller()).post(
            f"{API}/materials", data={"kind": kind}, files={"file": ("a.jpg", data)}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def work(self) -> None:
        """Does all work that was rung for, but sends nothing."""
        while heard := list(self.place.bells.heard):
            self.place.bells.take()
            for due in heard:
                if due.queue is not Queue.DELIVER:
                    run_work(due.work_id, self.place.service, quick_parts(), worker="test")

    def tell(self) -> tuple[str, str]:
        """Files a submission whose verdict waits to be told: its id and that of the message."""
        body = {"purpose": "registration", "entered": entered(), "materials": [], "callback": "https://hooks.example/"}
        filed = self.caller().post(f"{API}/submissions", json=body).json()["id"]
        self.work()
        messages = self.caller().get(f"{API}/deliveries", params={"submission": filed}).json()["deliveries"]
        return filed, messages[0]["id"]


@contextmanager
def rest_site(
    url: str, folder: Path, *, change: Callable[[RestParts], RestParts] = lambda parts: parts
) -> Iterator[Site]:
    """Opens an interface."""
    with installation(url, folder) as place:
        checks, faults = QuietChecks(), dict[str, str | None]()
        free = RateLimit(0)
        parts = change(
            RestParts(
                service=place.service,
                checks=checks,
                policies=PolicyBook(POLICY),
                keys=KeyDesk(place.service.database),
                limits=Limits(MAX_BYTES, requests=free, uploads=free, addresses=free, stream_s=20.0),
                room=UploadRoom(10 * MAX_BYTES),
                hub=EventHub(place.service.database, look_every_s=0.05),
                figures=Metrics(None, "test"),
                health=Health(
                    redis_up=lambda: faults.get("redis") is None,
                    store_fault=lambda: faults.get("store"),
                    keys_fault=lambda: faults.get("keys"),
                    children_fault=lambda: faults.get("children"),
                ),
                webhook_private=False,
            )
        )
        yield Site(place, parts, create_app(parts), checks, faults)


def with_limits(**changes: Any) -> Callable[[RestParts], RestParts]:
    """A change of the limits."""
    return lambda parts: replace(parts, limits=replace(parts.limits, **changes))


def problem(answer: Any, status: int, code: str) -> Mapping[str, Any]:
    """The problem object of an answer, after checking that it is a proper one."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body: Mapping[str, Any] = answer.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["type"] == f"urn:intake:problem:{code}"
    assert body["instance"] == answer.headers["x-request-id"]
    return body


class ToApp(httpx.BaseTransport):
    """Lets `api.client` call an application without a socket."""

    def __init__(self, caller: TestClient) -> None:
        self._caller = caller

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._caller.request(
            request.method, str(request.url), headers=list(request.headers.raw), content=request.read()
        )
        headers = [(name, value) for name, value in answer.headers.items() if name != "content-length"]
        return httpx.Response(answer.status_code, headers=headers, content=answer.content)


def entered() -> dict[str, Any]:
    """What a fictional person typed; the number's check digit is right."""
    return json.loads('{"person": {"name": "刘仁祎", "id_number": "530111198210097758"}}')
