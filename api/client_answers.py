"""What the client gives back: values made of the service's answers, and what can go wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx

# Waits that are told in a header have four digits at most; what is longer is no wait.
_MOST_WAIT_DIGITS = 4


class IntakeRefused(Exception):
    """The service refused a call.

    Attributes:
        status: HTTP status.
        code: Stable code of the problem; `unknown` when the answer was none of ours.
        detail: Chinese: what to do.
        request_id: For the operator's log.
        faults: Places of the request that are wrong.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        detail: str = "",
        request_id: str = "",
        faults: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(f"{code} ({status}): {detail}")
        self.status, self.code, self.detail, self.request_id = status, code, detail, request_id
        self.faults = tuple(faults)


class IntakeAway(Exception):
    """The service was not reached, or was busy, for all tries. What was asked may or may not have happened; the same
    call with the same `idempotency_key` finds out.
    """


class SubmissionDead(Exception):
    """A submission could not be scored; its operator sees it."""

    def __init__(self, submission: Submission) -> None:
        super().__init__(submission.id)
        self.submission = submission


@dataclass(frozen=True, slots=True)
class Material:
    """An upload.

    Attributes:
        id: For `submit`.
        kind: As it was uploaded.
        state: received, processing, read, refused or dead.
        findings: As in the REST interface.
        raw: The whole answer.
    """

    id: str
    kind: str
    state: str
    findings: tuple[Mapping[str, Any], ...]
    raw: Mapping[str, Any]

    @property
    def is_blocked(self) -> bool:
        """True when another picture is needed."""
        return any(finding["level"] == "block" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission with its newest revision.

    Attributes:
        id: Its id.
        revision: Number of the newest revision.
        state: received, processing, in_review, approved, returned or dead.
        status: What the applicant is told.
        score: 0..100; None before it was scored.
        band: likely_pass, needs_review or likely_return; likewise.
        findings: As in the REST interface.
        raw: The whole answer.
    """

    id: str
    revision: int
    state: str
    status: str
    score: int | None
    band: str | None
    findings: tuple[Mapping[str, Any], ...]
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Photo:
    """What the photo tool said.

    Attributes:
        accepted: Nothing blocks.
        findings: As in the REST interface.
        jpeg: The made photo; None for a check and a refusal.
        raw: The whole answer, without the photo.
    """

    accepted: bool
    findings: tuple[Mapping[str, Any], ...]
    jpeg: bytes | None
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook message: its id (the receiver's `Intake-Event-Id`), state, tries, and the whole answer."""

    id: str
    state: str
    attempts: int
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a submission: number, word, data."""

    seq: int
    kind: str
    data: Mapping[str, Any]


def told_pause_s(answer: httpx.Response) -> float | None:
    """Seconds after which the service wants to be asked again; None when it does not say."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_WAIT_DIGITS else None


def refusal_of(answer: httpx.Response) -> IntakeRefused:
    """The problem that an answer tells."""
    request_id = answer.headers.get("X-Request-ID", "")
    try:
        body = answer.json()
        code, detail, faults = str(body["code"]), str(body["detail"]), body.get("faults", ())
    except (ValueError, KeyError, TypeError):
        code, detail, faults = "unknown", "", ()
    return IntakeRefused(answer.status_code, code, detail=detail, request_id=request_id, faults=faults)


def events_in(lines: Iterator[str]) -> Iterator[Event]:
    """Events out of a stream's lines; comments, other fields and events without a number are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        if "data" in fields and fields.get("id", "").isdigit():
            yield Event(int(fields["id"]), fields.get("event", ""), MappingProxyType(json.loads(fields["data"])))
        fields = {}


def material_of(body: Any) -> Material:
    """An upload out of JSON."""
    return Material(body["id"], body["kind"], body["state"], tuple(body["findings"]), MappingProxyType(body))


def submission_of(body: Any) -> Submission:
    """A submission out of JSON."""
    return Submission(
        body["id"], body["revision"], body["state"], body["status"], body["score"], body["band"],
        tuple(body["findings"]), MappingProxyType(body),
    )  # fmt: skip


def photo_of(body: Any) -> Photo:
    """A photo out of JSON."""
    written = body.pop("photo", None)
    jpeg = None if written is None else base64.b64decode(written)
    return Photo(body["accepted"], tuple(body["findings"]), jpeg, MappingProxyType(body))


def delivery_of(body: Any) -> Delivery:
    """A message out of JSON."""
    return Delivery(body["id"], body["state"], body["attempts"], MappingProxyType(body))
