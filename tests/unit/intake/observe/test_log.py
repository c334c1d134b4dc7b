"""The log lets ids, codes and numbers through and nothing that could come from a document."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.observe import log
from intake.observe.log import FIELDS, bound, configure_logging, get_log, shown

ID_NUMBER = "11010119900307451X"
WORK = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook
    yield
    root.handlers[:], sys.excepthook = before[0], before[2]
    root.setLevel(before[1])
    logging.captureWarnings(False)
    configured = log._Settings
    configured.level, configured.process = 20, ""


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_a_line_has_time_level_process_event_and_fields(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", process="live-0")
    get_log().info("work-ended", work_id=WORK, seconds=1.25, outcome="done", attempt=2)
    (line,) = lines(capfd)
    at = line.pop("at")
    assert at.endswith("Z") and len(at) == len("2026-01-02T03:04:05.678Z")
    assert line == {
        "level": "info",
        "process": "live-0",
        "event": "work-ended",
        "work_id": WORK,
        "seconds": 1.25,
        "outcome": "done",
        "attempt": 2,
    }


def test_unknown_fields_are_left_out_and_counted(capfd: pytest.CaptureFixture[str]) -> None:
    get_log().warning("odd", name="王小明", id_number=ID_NUMBER, code="known-code")
    text = capfd.readouterr().err
    assert "known-code" in text and json.loads(text)["dropped"] == 2
    assert "王小明" not in text and ID_NUMBER not in text and "\\u738b" not in text


@pytest.mark.parametrize(
    "value",
    [
        "王小明",
        "two words",
        ID_NUMBER,
        "110101199003074",
        110101199003074513,
        10**14,
        "a\nb",
        "x" * 201,
        b"\x00",
        ["王"],
    ],
)
def test_a_value_that_could_be_content_becomes_a_question_mark(
    capfd: pytest.CaptureFixture[str], value: object
) -> None:
    get_log().info("odd", code=value)
    (line,) = lines(capfd)
    assert (line["code"], line["dropped"]) == ("?", 1)


@pytest.mark.parametrize(
    "value",
    [WORK, "f" * 64, "wrong-kind", "/api/v1/materials/{id}", "live-0@host.example", 0, -1.5, 10**14 - 1, True, None],
)
def test_ids_codes_routes_and_numbers_pass(value: object) -> None:
    assert shown(value) == value


@given(st.text())
def test_nothing_but_plain_signs_passes(text: str) -> None:
    passed = shown(text)
    assert passed == "?" or (isinstance(passed, str) and passed.isascii() and " " not in passed and "\n" not in passed)


def test_the_event_name_is_looked_at_too(capfd: pytest.CaptureFixture[str]) -> None:
    get_log().info(f"read {ID_NUMBER}")
    assert lines(capfd)[0]["event"] == "?"


def test_an_exception_is_its_type_and_place(capfd: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(f"cannot read {ID_NUMBER}")
    except ValueError:
        get_log().error("failed", exc_info=True)
    text = capfd.readouterr().err
    line = json.loads(text)
    assert line["exception"] == "ValueError" and line["exception_place"].startswith("test_log.py:")
    assert ID_NUMBER not in text and "Traceback" not in text


def test_quiet_levels_are_not_written(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging("warning", process="api")
    get_log().info("below")
    get_log().warning("at-it")
    assert [line["event"] for line in lines(capfd)] == ["at-it"]


def test_fields_bound_around_a_call_are_in_its_lines_only(capfd: pytest.CaptureFixture[str]) -> None:
    with bound(request_id="r1", name="王"):
        get_log().info("inside")
    get_log().info("outside")
    inside, outside = lines(capfd)
    assert inside["request_id"] == "r1" and "name" not in inside and "request_id" not in outside


def test_a_library_is_reduced_to_logger_level_and_place(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", process="api")
    library = logging.getLogger("uvicorn.error")
    library.addHandler(logging.StreamHandler())
    configure_logging("info", process="api")
    try:
        raise RuntimeError(ID_NUMBER)
    except RuntimeError:
        library.exception("while handling %s", ID_NUMBER)
    library.warning(f"header {ID_NUMBER}")
    library.info("not shown")
    text = capfd.readouterr().err
    first, second = (json.loads(line) for line in text.splitlines())
    assert (first["event"], first["logger"], first["level"]) == ("library-message", "uvicorn.error", "error")
    assert first["exception"] == "RuntimeError" and first["place"].startswith("test_log:")
    assert second["level"] == "warning" and ID_NUMBER not in text


def test_warnings_of_python_are_reduced_too(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", process="api")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(ID_NUMBER, stacklevel=1)
    text = capfd.readouterr().err
    assert ID_NUMBER not in text and "py.warnings" in text


def test_what_ends_a_process_is_one_line() -> None:
    script = (
        "from intake.observe.log import configure_logging\n"
        f"configure_logging('info', process='x')\nraise ValueError('{ID_NUMBER}')"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 1 and json.loads(line)["exception"] == "ValueError" and ID_NUMBER not in line


def test_a_closed_error_stream_is_no_fault() -> None:
    script = "import os; os.close(2)\nfrom intake.observe.log import get_log\nget_log().error('gone')"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_no_field_is_named_after_content() -> None:
    assert FIELDS.isdisjoint({"name", "text", "message", "value", "path", "file", "url", "body", "entered", "read"})
