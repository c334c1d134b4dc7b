"""A typed client for the service: upload, photo, file, refile, wait for the verdict.

    with IntakeClient("http://127.0.0.1:8400", key) as intake:
        front = intake.upload("id_card_front", Path("front.jpg"))
        filed = intake.submit(purpose="registration", entered=entered, materials=[front.id])
        scored = intake.wait_until_scored(filed.id)

A call that makes something carries an idempotency key of its own, so trying again after a lost answer makes nothing
twice. `SubmissionDead` and `IntakeRefused` tell the problem's code; nothing else is raised but `IntakeAway`.
"""

from __future__ import annotations

import json
import math
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from api.client_answers import (
    Delivery,
    Event,
    IntakeAway,
    IntakeRefused,
    Material,
    Photo,
    Submission,
    SubmissionDead,
    delivery_of,
    events_in,
    material_of,
    photo_of,
    refusal_of,
    submission_of,
    told_pause_s,
)
from intake.webhooks.signature import SignatureRefused, verify_signature

__all__ = (
    "Delivery",
    "Event",
    "IntakeAway",
    "IntakeClient",
    "IntakeRefused",
    "Material",
    "Photo",
    "SignatureRefused",
    "Submission",
    "SubmissionDead",
    "verify_signature",
)

_API = "/api/v1"
# An upload of 12 MB over a slow line, and the checks behind it.
_TIMEOUT = httpx.Timeout(connect=5.0, read=60.0, write=120.0, pool=10.0)
# What may pass by itself; the same call is made again under the same key.
_PASSING = frozenset((429, 502, 503, 504))
# First try and four more: 0.5, 1, 2 and 4 s apart, or as long as the service says.
_TRIES = 5
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
# How often a verdict is asked for where events do not get through.
_POLL_S = 1.0
# A wait of nothing at all is none that the library knows.
_LEAST_S = 0.01
# Keep-alives come every 15 s; a stream that is silent for longer is broken.
_STREAM_SILENCE_S = 45.0
_WAITING = ("received", "processing")


class IntakeClient:
    """Calls one service with one key. Use as a context manager; safe to share between threads."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Connects to nothing yet.

        Args:
            url: Of the service, without `/api/v1`.
            key: `intake client add` shows it.
            transport: Another way to the service; for tests.
            sleep: Waits between tries; for tests.
        """
        self._http = httpx.Client(
            base_url=url, timeout=_TIMEOUT, transport=transport, headers={"Authorization": f"Bearer {key}"}
        )
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def upload(
        self,
        kind: str,
        file: Path | bytes,
        *,
        policy: str | None = None,
        name: str = "",
        idempotency_key: str | None = None,
    ) -> Material:
        """Uploads one file.

        Args:
            kind: Of the material, such as `id_card_front`.
            file: A path or the bytes.
            policy: Rules; None for the service's.
            name: The file's name for people; that of the path when empty.
            idempotency_key: To repeat an earlier call; None for a new one.
        """
        fields = {"kind": kind} if policy is None else {"kind": kind, "policy": policy}
        return material_of(self._form("/materials", file, fields, name=name, key=_key(idempotency_key)))

    def material(self, material_id: str) -> Material:
        """Where an upload stands."""
        return material_of(self._told("GET", f"/materials/{material_id}"))

    def picture(self, material_id: str, *, number: int = 1) -> bytes:
        """The JPEG that was read and that reviewers see; the look is noted."""
        return self._call("GET", f"/materials/{material_id}/rendition", params={"picture": number}).content

    def check_photo(self, file: Path | bytes, *, policy: str | None = None) -> Photo:
        """Checks a finished photo; nothing is stored."""
        return photo_of(self._form("/photo/check", file, {} if policy is None else {"policy": policy}))

    def fix_photo(
        self, file: Path | bytes, *, policy: str | None = None, max_kb: int | None = None, keep_background: bool = False
    ) -> Photo:
        """Makes a compliant photo; nothing is stored."""
        fields = {"keep_background": "true"} if keep_background else {}
        fields |= {} if policy is None else {"policy": policy}
        fields |= {} if max_kb is None else {"max_kb": str(max_kb)}
        return photo_of(self._form("/photo/fix", file, fields))

    def submit(
        self,
        *,
        purpose: str,
        entered: Mapping[str, Any],
        materials: Mapping[str, str] | Sequence[str],
        policy: str | None = None,
        region: str | None = None,
        callback: str | None = None,
        idempotency_key: str | None = None,
    ) -> Submission:
        """Files a submission.

        Args:
            purpose: registration, completion, change or archive.
            entered: What was typed, as in entered.json.
            materials: Upload ids by slot, or in a list.
            policy: Rules; None for the service's.
            region: Six-digit code; None for the client's own.
            callback: Where the result is sent; None for nowhere.
            idempotency_key: To repeat an earlier call; None for a new one.
        """
        body = {"purpose": purpose, "policy": policy, "region": region, "callback": callback}
        return self._file("POST", "/submissions", body, entered, materials, idempotency_key)

    def resubmit(
        self,
        submission_id: str,
        *,
        entered: Mapping[str, Any],
        materials: Mapping[str, str] | Sequence[str],
        policy: str | None = None,
        region: str | None = None,
        idempotency_key: str | None = None,
    ) -> Submission:
        """Files a further revision; see `submit`."""
        body = {"policy": policy, "region": region}
        return self._file("PUT", f"/submissions/{submission_id}", body, entered, materials, idempotency_key)

    def submission(self, submission_id: str) -> Submission:
        """Where a submission stands."""
        return submission_of(self._told("GET", f"/submissions/{submission_id}"))

    def events(self, submission_id: str, *, after: int = 0, for_s: float = math.inf) -> Iterator[Event]:
        """Events of a submission as they happen, until the service closes the stream.

        Args:
            submission_id: Which.
            after: Number of the last event that is known.
            for_s: Seconds after which no more are waited for.

        Raises:
            IntakeAway: The stream broke; go on with `after`.
        """
        ends_at = time.monotonic() + for_s
        silence_s = min(_STREAM_SILENCE_S, max(_LEAST_S, for_s))
        timeout = httpx.Timeout(_TIMEOUT.connect, read=silence_s, write=_TIMEOUT.write, pool=_TIMEOUT.pool)
        headers = {"Last-Event-ID": str(after)} if after else {}
        url = f"{_API}/submissions/{submission_id}/events"
        try:
            with self._http.stream("GET", url, headers=headers, timeout=timeout) as answer:
                if not answer.is_success:
                    answer.read()
                    raise refusal_of(answer)
                yield from events_in(_lines_until(answer.iter_lines(), ends_at))
        except httpx.HTTPError as fault:
            raise IntakeAway("the event stream broke") from fault

    def wait_until_scored(self, submission_id: str, *, timeout_s: float = 300.0) -> Submission:
        """Waits for the verdict: by events, and by asking where they do not get through.

        Raises:
            SubmissionDead: It cannot be scored.
            TimeoutError: There is none in time; it may come later.
        """
        ends_at = time.monotonic() + timeout_s
        seen = 0
        while True:
            found = self.submission(submission_id)
            if found.state == "dead":
                raise SubmissionDead(found)
            if found.state not in _WAITING:
                return found
            if time.monotonic() >= ends_at:
                raise TimeoutError(submission_id)
            seen = self._wait_for_news(submission_id, seen, ends_at)

    def deliveries(self, submission_id: str | None = None, *, state: str | None = None) -> list[Delivery]:
        """Messages that were sent to the caller's own server, the newest first."""
        wanted = {"submission": submission_id, "state": state}
        params = {name: value for name, value in wanted.items() if value is not None}
        return [delivery_of(one) for one in self._told("GET", "/deliveries", params=params)["deliveries"]]

    def policies(self) -> list[dict[str, Any]]:
        """Rules that may be named, the service's own first: `name`, `title`, `effective_from`, `effective_to`."""
        return list(self._told("GET", "/policies")["policies"])

    def resend(self, delivery_id: str) -> Delivery:
        """Sends a message again."""
        return delivery_of(self._told("POST", f"/deliveries/{delivery_id}/resend"))

    def _wait_for_news(self, submission_id: str, seen: int, ends_at: float) -> int:
        try:
            for event in self.events(submission_id, after=seen, for_s=ends_at - time.monotonic()):
                seen = event.seq
                if event.kind in ("submission-scored", "submission-dead"):
                    break
            else:
                # The stream's own time was over, or somebody between cut it.
                self._sleep(_POLL_S)
        except IntakeAway:
            self._sleep(_POLL_S)
        except IntakeRefused as refused:
            if refused.status not in _PASSING:
                raise
            self._sleep(_POLL_S)
        return seen

    def _file(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        entered: Mapping[str, Any],
        materials: Mapping[str, str] | Sequence[str],
        idempotency_key: str | None,
    ) -> Submission:
        named = dict(materials) if isinstance(materials, Mapping) else list(materials)
        told = {name: value for name, value in body.items() if value is not None}
        content = json.dumps(
            {**told, "entered": dict(entered), "materials": named}, ensure_ascii=False, allow_nan=False
        )
        headers = {"Content-Type": "application/json", "Idempotency-Key": _key(idempotency_key)}
        return submission_of(self._told(method, path, content=content.encode(), headers=headers))

    def _form(
        self, path: str, file: Path | bytes, fields: Mapping[str, str], *, name: str = "", key: str | None = None
    ) -> Any:
        data = file if isinstance(file, bytes) else file.read_bytes()
        shown = name or ("" if isinstance(file, bytes) else file.name) or "upload"
        headers = {} if key is None else {"Idempotency-Key": key}
        files = {"file": (shown, data, "application/octet-stream")}
        return self._told("POST", path, data=dict(fields), files=files, headers=headers)

    def _told(self, method: str, path: str, **arguments: Any) -> Any:
        """A call whose answer is JSON."""
        try:
            return self._call(method, path, **arguments).json()
        except ValueError as fault:
            raise IntakeAway(f"{method} {path}: what answers there is not the service") from fault

    def _call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One call, made again while what stands in its way may pass. Every call here may be made again."""
        pause_s = _FIRST_PAUSE_S
        fault: Exception | None = None
        for left in reversed(range(_TRIES)):
            try:
                answer = self._http.request(method, _API + path, **arguments)
            except httpx.HTTPError as broken:
                fault, wait_s = broken, pause_s
            else:
                if answer.is_success:
                    return answer
                refusal = refusal_of(answer)
                if answer.status_code not in _PASSING:
                    raise refusal
                fault, wait_s = refusal, told_pause_s(answer) or pause_s
            if left:
                # Spread, so that callers who were refused together do not come back together.
                # Never earlier than the service asked for.
                self._sleep(min(_LONGEST_PAUSE_S, wait_s * (1 + random.random() / 2)))  # noqa: S311
                pause_s *= 2
        raise IntakeAway(f"{method} {path}: no answer after {_TRIES} tries") from fault


def _lines_until(lines: Iterator[str], ends_at: float) -> Iterator[str]:
    """Lines of a stream until a moment; also one that only keeps the stream open lets the clock be looked at."""
    for line in lines:
        if time.monotonic() >= ends_at:
            return
        yield line


def _key(given: str | None) -> str:
    return given or str(uuid.uuid4())
