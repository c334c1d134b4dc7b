"""Every reader on what the real engine read of drawn documents, two a kind and level; see tests/recordings."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest

from fixtures.ageing import LEVELS
from fixtures.specimens import DRAWERS
from ocr.kinds import detect_kinds
from ocr.model import Kind
from ocr.readers.registry import READERS
from ocr.weights import manifest_of_models
from tests.recordings.record import LIBRARIES
from tests.recordings.store import MANIFEST, Recording, load

RECORDINGS = load()
# Of the fields that are printed, the engine itself may misread so many; a reader has no part in these.
MOST_MISREAD = 0.03


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: one.name)
def test_fields_are_read_as_printed(recording: Recording) -> None:
    kind = Kind(recording.truth["kind"])
    read = READERS[kind].fields(recording.page)
    for name, value in recording.truth["fields"].items():
        if name not in recording.misread:
            assert name in read, f"{name} is not read"
            assert read[name].value == value, name


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: one.name)
def test_the_kind_and_its_variant_are_told(recording: Recording) -> None:
    kind = Kind(recording.truth["kind"])
    assert detect_kinds(recording.page.running.text)[0].kind is kind
    assert READERS[kind].variant(recording.page) == recording.truth["variant"]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: one.name)
def test_nothing_is_read_that_is_not_printed(recording: Recording) -> None:
    read = READERS[Kind(recording.truth["kind"])].fields(recording.page)
    extra = {name for name, field in read.items() if name not in recording.truth["fields"] and field.value is not None}
    assert extra <= set(recording.misread)


def test_few_fields_are_the_engines_fault() -> None:
    printed = sum(len(one.truth["fields"]) for one in RECORDINGS)
    assert sum(len(one.misread) for one in RECORDINGS) <= MOST_MISREAD * printed


def test_every_kind_and_level_was_recorded() -> None:
    assert {(one.group, one.level) for one in RECORDINGS} == {(group, level) for group in DRAWERS for level in LEVELS}


def test_the_recordings_are_of_the_models_and_libraries_in_use() -> None:
    told = json.loads(MANIFEST.read_text("utf-8"))
    assert told["models"] == manifest_of_models()
    # Another version may answer differently: record anew (make record) and look at the difference.
    assert told["libraries"] == {name: version(name) for name in LIBRARIES}
