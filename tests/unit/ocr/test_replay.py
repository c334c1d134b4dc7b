import json

import numpy as np
import pytest

from ocr.errors import EngineFailed
from ocr.replay import RecordingEngine, ReplayEngine
from tests.unit.ocr.test_lines import UprightEngine, _page


def test_a_recording_survives_json_and_answers_the_same() -> None:
    recorder = RecordingEngine(UprightEngine(), {"engine": "test"})
    page = _page()
    quads = recorder.detect(page)
    answers = recorder.recognise([page[40:60], page[::-1]])
    replay = ReplayEngine(json.loads(json.dumps(recorder.recording())))
    assert all(np.array_equal(a, b) for a, b in zip(replay.detect(page), quads, strict=True))
    assert replay.recognise([page[::-1], page[40:60]]) == answers[::-1]


def test_unknown_pixels_are_refused() -> None:
    replay = ReplayEngine({"manifest": {}, "detect": {}, "recognise": {}})
    with pytest.raises(EngineFailed):
        replay.detect(_page())
    with pytest.raises(EngineFailed):
        replay.recognise([_page()])
