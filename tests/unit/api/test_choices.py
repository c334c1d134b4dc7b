from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from api.choices import KindChoice
from api.progress import spoken_time
from intake.report.labels import FIELDS, KINDS, field_label, slot_label
from ocr.model import Kind


def test_the_kinds_to_choose_from_are_those_of_the_reader() -> None:
    assert {k.value for k in KindChoice} == {k.value for k in Kind} - {"unknown"}


def test_every_kind_has_a_name_for_people() -> None:
    assert set(KINDS) == {k.value for k in Kind}


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("person.name", "姓名"),
        ("education.1.school", "学历 2 · 学校"),
        ("work.uscc", "工作 · 统一社会信用代码"),
        ("certificate_number", FIELDS["certificate_number"]),
        ("no.such.path", "no · path"),
    ],
)
def test_paths_are_named(path: str, label: str) -> None:
    assert field_label(path) == label


@pytest.mark.parametrize(("slot", "label"), [("diploma-2", "学历证书 2"), ("photo", "一寸照片"), ("x y", "x y")])
def test_slots_are_named(slot: str, label: str) -> None:
    assert slot_label(slot) == label


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (-1, "0 秒"),
        (59.4, "59 秒"),
        (60, "1 分 0 秒"),
        (3599, "59 分 59 秒"),
        (3600, "1 小时 0 分"),
        (90_000, "25 小时 0 分"),
    ],
)
def test_time_left_is_spoken(seconds: float, spoken: str) -> None:
    assert spoken_time(seconds) == spoken


def test_asking_for_help_loads_no_image_library() -> None:
    program = (
        "import sys, api.cli\n"
        "heavy = {'numpy', 'cv2', 'PIL', 'paddleocr', 'onnxruntime', 'jinja2'} & set(sys.modules)\n"
        "sys.stdout.write(','.join(sorted(heavy)))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
