"""The log: one JSON object a line on standard error, with a fixed event name and fields from a list.

Nothing that came out of a document, a form or a library's text gets in: unknown fields are left out, values must look
like an id, a code, a number or a route, and an exception is its type and place. Lines of libraries are reduced to their
logger, level and place, because their texts quote what they were given.

What this does not stop: an ID number that a caller passes as a number under an allowed name. Fields are few for that
reason.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, cast

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars

from intake.instants import instant_of

# What a line may say beside its event. Add a name only for what is neither typed by people nor read from papers.
FIELDS = frozenset(
    (
        *("request_id", "client_id", "material_id", "submission_id", "delivery_id", "event_id", "work_id", "subject"),
        *("task", "queue", "state", "attempt", "fence", "number", "worker", "outcome", "stage", "kind"),
        *("code", "reason", "level", "logger", "place", "exception", "exception_place"),
        *("method", "route", "status", "seconds", "size_bytes", "count", "oldest_s", "rss_bytes"),
        *("process", "child", "pid", "exit_code", "restarts", "port", "version", "settings", "objects", "at"),
    )
)
# Ids, codes, routes, module names: ASCII without blanks.
_PLAIN = re.compile(r"[A-Za-z0-9._:/{}<>+*=@-]{0,200}", re.ASCII)
# Fifteen digits and more in a row are no code of ours but may be an ID or card number; ids are told by their shape.
_LONG_NUMBER = re.compile(r"[0-9]{15}", re.ASCII)
_HEX_ID = re.compile(r"[0-9a-f]{32,64}", re.ASCII)
# Whole numbers from here on have as many digits.
_LARGEST = 10**14
_HIDDEN = "?"
# Loggers that bring handlers of their own.
_LIBRARIES = (
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "rq.worker",
    "rq.job",
    "sqlalchemy",
    "alembic",
    "py.warnings",
)
# Folders of a stack's frames that are ours: the place of an exception is the innermost of them.
_OURS = re.compile(r"/(?:api|imaging|intake|ocr|verify)/[^:]*$|/worker\.py$")

_LEVELS: Mapping[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


class _Settings:
    """Of this process: set once by `configure_logging`."""

    level = _LEVELS["info"]
    process = ""


def configure_logging(level: str, *, process: str) -> None:
    """Sends this process's log, and that of its libraries, to standard error.

    Args:
        level: debug, info, warning or error; for libraries never below warning.
        process: Name of the process in every line, such as `api` or `live-0`.
    """
    _Settings.level, _Settings.process = _LEVELS[level], process
    root = logging.getLogger()
    root.handlers[:] = [_LibraryHandler()]
    root.setLevel(max(logging.WARNING, _LEVELS[level]))
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.NOTSET)
    logging.captureWarnings(True)
    sys.excepthook = _say_unhandled


def get_log() -> structlog.typing.FilteringBoundLogger:
    """The log; works unconfigured too. Call it as `get_log().info("event-name", work_id=…)`."""
    return cast(structlog.typing.FilteringBoundLogger, _log)


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Adds fields to every line inside, such as the request id."""
    with bound_contextvars(**fields):
        yield


def shown(value: object) -> object:
    """The value if it may stand in the log, else a question mark."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return (round(value, 6) if isinstance(value, float) else value) if abs(value) < _LARGEST else _HIDDEN
    text = str(value)
    if not _PLAIN.fullmatch(text) or (_LONG_NUMBER.search(text) and not _HEX_ID.fullmatch(text)):
        return _HIDDEN
    return text


def place_of(trace: TracebackType | None) -> str:
    """File and line of the innermost frame that is ours, else of the innermost at all."""
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if _OURS.search(frame.filename)]
    last = (ours or frames)[-1] if frames else None
    return "?" if last is None else f"{os.path.basename(last.filename)}:{last.lineno}"


def _drop_quiet(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if _LEVELS.get(method, _LEVELS["error"]) < _Settings.level:
        raise structlog.DropEvent
    event["level"] = method
    return event


def _reduce_exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()[1]
    elif isinstance(fault, tuple):
        fault = fault[1]
    if isinstance(fault, BaseException):
        event["exception"] = type(fault).__name__
        event["exception_place"] = place_of(fault.__traceback__)
    return event


def _only_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    name = event.pop("event", "")
    line: dict[str, Any] = {
        "at": instant_of(datetime.now(UTC)),
        "level": event.pop("level"),
        "process": _Settings.process,
        "event": shown(name),
    }
    line |= {key: shown(value) for key, value in event.items() if key in FIELDS and key not in line}
    dropped = sum(1 for key in event if key not in FIELDS) + sum(1 for value in line.values() if value == _HIDDEN)
    if dropped:
        line["dropped"] = dropped
    return line


def _render(_logger: Any, _method: str, event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=True)


class _Sink:
    """Writes a line in one piece, so that lines of several processes do not mix."""

    def msg(self, line: str) -> None:
        """Writes it; a closed standard error is no reason to fail."""
        with suppress(OSError):
            os.write(2, line.encode("ascii") + b"\n")

    debug = info = warning = error = critical = msg


class _LibraryHandler(logging.Handler):
    """Reduces a library's record to where it came from."""

    def emit(self, record: logging.LogRecord) -> None:
        level = record.levelname.lower()
        say = getattr(_log, level if level in _LEVELS else "warning")
        place = f"{record.module}:{record.lineno}"
        say("library-message", logger=record.name, place=place, exc_info=record.exc_info or None)


def _say_unhandled(_kind: type[BaseException], fault: BaseException, _trace: TracebackType | None) -> None:
    _log.critical("process-failed", exc_info=fault)


_log = structlog.wrap_logger(
    _Sink(),
    processors=[merge_contextvars, _drop_quiet, _reduce_exception, _only_allowed, _render],
    wrapper_class=structlog.make_filtering_bound_logger(0),
)
