"""What the interface works with, put together once when the process starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from starlette.requests import Request

from api.rest.rate_limit import RateLimit
from intake.checked import FastCheck, PhotoServiceAnswer
from intake.observe.metrics import Figure
from intake.tasks.service import Service
from ocr.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.rest.events_stream import EventHub
    from api.rest.policies import PolicyBook
    from api.rest.security import KeyDesk
    from api.rest.upload import UploadRoom

# Event streams of one client at once: a front end follows many applicants over one connection each.
STREAMS_PER_CLIENT = 50
# A stream ends after so long and is taken up again with Last-Event-ID: proxies cut long ones anyway.
STREAM_S = 600.0


class Checks(Protocol):
    """Looks at uploads; `intake.checker.Checker` does it in child processes."""

    def check(self, data: bytes, *, kind: Kind, policy: str) -> FastCheck:
        """The fast checks of an upload."""

    def check_photo(self, data: bytes, *, policy: str) -> PhotoServiceAnswer:
        """Checks a finished photo."""

    def fix_photo(
        self, data: bytes, *, policy: str, max_kb: int | None = None, keep_background: bool = False
    ) -> PhotoServiceAnswer:
        """Makes a compliant photo."""


class Figures(Protocol):
    """Counts what happens; `intake.observe.metrics.Metrics` is one."""

    def uploaded(self, answer: str) -> None: ...
    def answered(self, route: str, method: str, status: int, seconds: float) -> None: ...
    def stage_took(self, stage: str, seconds: float) -> None: ...
    def render(self, figures: Sequence[Figure] | None, *, redis_up: bool) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What callers may take.

    Attributes:
        upload_max_bytes: Largest file.
        requests: Calls of one client.
        uploads: Uploads of one client.
        addresses: Calls of one address.
        streams_per_client: Event streams at once.
        stream_s: Longest event stream.
    """

    upload_max_bytes: int
    requests: RateLimit
    uploads: RateLimit
    addresses: RateLimit
    streams_per_client: int = STREAMS_PER_CLIENT
    stream_s: float = STREAM_S


@dataclass(frozen=True, slots=True)
class Health:
    """How the installation is.

    Attributes:
        redis_up: Asks whether the bell answers.
        store_fault: Code of what is wrong with the store of blobs; None when nothing is.
        keys_fault: Likewise for the key file.
        children_fault: Likewise for the supervisor's processes on this machine.
    """

    redis_up: Callable[[], bool]
    store_fault: Callable[[], str | None]
    keys_fault: Callable[[], str | None]
    children_fault: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class RestParts:
    """Everything that the operations use.

    Attributes:
        service: Records, blobs, keys, bell.
        checks: Looks at uploads.
        policies: Rules by name.
        keys: Who calls.
        limits: What callers may take.
        room: Memory for uploads.
        hub: Wakes event streams.
        figures: Counts what happens.
        health: How the installation is.
        webhook_private: Whether callbacks may name private addresses.
    """

    service: Service
    checks: Checks
    policies: PolicyBook
    keys: KeyDesk
    limits: Limits
    room: UploadRoom
    hub: EventHub
    figures: Figures
    health: Health
    webhook_private: bool


def parts_of(request: Request) -> RestParts:
    """The parts of the application that got this call."""
    found: RestParts = request.app.state.parts
    return found
