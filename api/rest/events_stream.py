"""Server-sent events of a submission: what happened, as it happens, until its scoring is over.

A stream that waits holds neither a thread nor a database connection: one task asks the event log for all of them and
wakes those that have news.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

from fastapi import APIRouter, Header
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.rest.calls import Threads, threads_of
from api.rest.examples import EVENTS
from api.rest.materials import IdInPath
from api.rest.openapi import documented
from api.rest.parts import RestParts, parts_of
from api.rest.problems import Problem
from api.rest.security import Filer
from api.rest.submissions import own_submission
from intake.instants import instant
from intake.storage.clients import Client
from intake.storage.database import Database
from intake.storage.errors import StorageError
from intake.storage.event_log import Event, events_of
from intake.storage.event_watch import newest_seq, news_after
from intake.storage.submissions import SubmissionState

router = APIRouter(tags=["submissions"])

# A person who waits for a verdict of some seconds does not notice this; the log is asked twice a second for all.
LOOK_EVERY_S = 0.5
# Proxies cut connections on which nothing is said for a minute, some after 30 s.
KEEP_ALIVE_S = 15.0
# What a browser or our client waits before it takes a stream up again.
_RETRY_MS = 2_000
_OPEN = (SubmissionState.RECEIVED, SubmissionState.PROCESSING)
# One event; what the lines of a stream are is told by the HTML standard, section 9.2.
_EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string", "pattern": r"^[0-9]+$", "description": "序号。"},
        "event": {"type": "string", "description": "事件，如 submission-scored。"},
        "data": {"type": "string", "description": "JSON 对象：at 为时间，其余为编号、代码和数字。"},
    },
}
_STREAM: dict[str, Any] = {
    "description": "事件流，每个事件如下",
    "content": {"text/event-stream": {"schema": _EVENT, "example": EVENTS}},
}


class EventHub:
    """Wakes streams that have news. Belongs to one running loop."""

    def __init__(self, database: Database, *, look_every_s: float = LOOK_EVERY_S) -> None:
        """Asks nothing until somebody follows something."""
        self._database = database
        self._look_every_s = look_every_s
        self._followers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._streams: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._seen: int | None = None
        self.is_closed = False

    def close(self) -> None:
        """Ends all streams; their clients take them up again elsewhere or later."""
        self.is_closed = True
        self._wake(tuple(self._followers))

    def open_stream(self, client_id: str, *, most: int) -> Callable[[], None]:
        """Counts a stream of a client.

        Returns:
            What ends it.

        Raises:
            Problem: `too-many-streams`.
        """
        if self._streams[client_id] >= most:
            raise Problem("too-many-streams")
        self._streams[client_id] += 1

        def end() -> None:
            self._streams[client_id] -= 1
            if not self._streams[client_id]:
                del self._streams[client_id]

        return end

    @contextmanager
    def follow(self, subject: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever there is news of a subject."""
        bell = asyncio.Event()
        self._followers[subject].add(bell)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._watch())
        try:
            yield bell
        finally:
            self._followers[subject].discard(bell)
            if not self._followers[subject]:
                del self._followers[subject]

    async def _watch(self) -> None:
        # The first look also tells those who read the log before it was known where it ended.
        self._seen = None
        while self._followers and not self.is_closed:
            with suppress(StorageError):
                self._wake(await asyncio.to_thread(self._look))
            await asyncio.sleep(self._look_every_s)

    def _look(self) -> tuple[str, ...]:
        with self._database.read() as connection:
            if self._seen is None:
                self._seen = newest_seq(connection)
                return tuple(self._followers)
            self._seen, subjects = news_after(connection, self._seen)
        return tuple(subjects)

    def _wake(self, subjects: tuple[str, ...]) -> None:
        for subject in subjects:
            for bell in self._followers.get(subject, ()):
                bell.set()


class _EventResponse(StreamingResponse):
    """A stream that gives its place back however it ends."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[str], end: Callable[[], None]) -> None:
        super().__init__(content, headers={"X-Accel-Buffering": "no"})
        self._end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the stream."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._end()


@router.get(
    "/submissions/{submission_id}/events",
    **documented("followSubmission", None, summary="申报的事件流", answer=_STREAM),
)
async def follow_submission(
    request: Request,
    submission_id: IdInPath,
    client: Filer,
    last_event_id: Annotated[
        str | None,
        Header(alias="Last-Event-ID", description="上次收到的事件 id；从它之后继续。", pattern=r"^[0-9]{1,18}$"),
    ] = None,
) -> Response:
    """server-sent events：id 为序号，event 为事件，data 为 JSON。评分结束（或不能评分、已有审核结论）后由服务端关闭；

    中断后带 Last-Event-ID 重连，从其后继续。事件：submission-received、submission-scored、submission-dead、
    webhook-delivered、webhook-dead 等。
    """
    parts, threads = parts_of(request), threads_of(request)
    await threads.call(_check_own, parts, submission_id, client)
    end = parts.hub.open_stream(client.id, most=parts.limits.streams_per_client)
    after = int(last_event_id or 0)
    return _EventResponse(_told_events(parts, threads, submission_id, client, after), end)


def _check_own(parts: RestParts, submission_id: str, client: Client) -> None:
    with parts.service.database.read() as connection:
        own_submission(parts, connection, submission_id, client)


async def _told_events(
    parts: RestParts, threads: Threads, submission_id: str, client: Client, after: int
) -> AsyncIterator[str]:
    ends_at = time.monotonic() + parts.limits.stream_s
    yield f"retry: {_RETRY_MS}\n\n"
    with parts.hub.follow(submission_id) as bell:
        while not parts.hub.is_closed:
            bell.clear()
            try:
                news, is_over = await threads.call(_news, parts, submission_id, client, after)
            except StorageError:
                # The answer has begun, so there is no status left to tell this with; the client comes again.
                return
            for event in news:
                after = event.seq
                yield event_text(event)
            left_s = ends_at - time.monotonic()
            if is_over or left_s <= 0:
                return
            try:
                await asyncio.wait_for(bell.wait(), min(KEEP_ALIVE_S, left_s))
            except TimeoutError:
                yield ": waiting\n\n"


def _news(parts: RestParts, submission_id: str, client: Client, after: int) -> tuple[list[Event], bool]:
    """Events behind one, and whether the submission stands where nothing more comes by itself; both of one moment."""
    with parts.service.database.read() as connection:
        stored = own_submission(parts, connection, submission_id, client)
        events = events_of(connection, submission_id, after=after)
    return events, stored.state not in _OPEN


def event_text(event: Event) -> str:
    """One event as it is sent."""
    data = {"at": instant(event.at_ms), **{name: value for name, value in event.data.items() if name != "client"}}
    written = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {written}\n\n"
