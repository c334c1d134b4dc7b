"""The checker with real children: every request gets an answer, whatever becomes of them, and nothing stays behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from fixtures.hostile.corpus import FAMILIES
from fixtures.hostile.model import Family
from fixtures.hostile.pages import page, saved
from fixtures.people import make_person
from fixtures.photos import take_photo
from intake.checked import FastCheck
from intake.checker import Checker, CheckerSettings, CheckerUnavailable, Unavailable
from intake.fast_check import CheckDesk, fast_check
from intake.frames import MAX_DATA_BYTES
from intake.photo_service import check_photo_bytes, fix_photo_bytes
from ocr.model import Kind
from verify.model import Level
from verify.policy import load_policy

ROOT = Path(__file__).parents[2]
DOUBLE = CheckerSettings(program=(sys.executable, "-P", str(Path(__file__).with_name("checker_double.py"))))
POLICY = "yunnan-2023"
CARD = (ROOT / "fixtures" / "accept" / "case-000348" / "id_card_front.jpg").read_bytes()
PHOTO = take_photo(make_person(3), "good_phone", seed=3).data
# Each family once, documents and photos by turns. Pictures of 40 MP take seconds each and differ in their codec only,
# which is the decoder's business (bench-hostile has them all); one stands for them here.
HOSTILE = [
    (Kind.PHOTO if number % 2 else Kind.DIPLOMA, family)
    for number, family in enumerate(FAMILIES)
    if "40-megapixels" not in family.name or family.name == "webp-40-megapixels"
]
# Nothing here takes this long; a longer wait means that it never comes.
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as shared:
        yield shared


def ask(checker: Checker, data: bytes = b"ok") -> FastCheck:
    return checker.check(data, kind=Kind.DIPLOMA, policy=POLICY)


def codes(check: FastCheck) -> list[str]:
    return [item.code for item in check.findings]


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def family(pid: int) -> list[int]:
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


# ---------- true answers ----------


def test_answers_are_those_of_the_functions(checker: Checker) -> None:
    policy = load_policy(POLICY)
    with CheckDesk() as desk:
        here = fast_check(CARD, Kind.ID_CARD_FRONT, policy, desk)
        there = checker.check(CARD, kind=Kind.ID_CARD_FRONT, policy=POLICY)
        assert [(f.code, f.level, f.message) for f in there.findings] == [
            (f.code, f.level, f.message) for f in here.findings
        ]
        assert replace(there, findings=()) == replace(here, findings=())
        made = checker.fix_photo(PHOTO, policy=POLICY)
        assert made.data == fix_photo_bytes(PHOTO, policy, desk.parts).data
        assert made.data is not None
        checked = checker.check_photo(PHOTO, policy=POLICY)
        assert checked.measures == dict(check_photo_bytes(PHOTO, policy, desk.parts).measures)
        assert not checked.accepted
        smaller = checker.fix_photo(PHOTO, policy=POLICY, max_kb=10)
        assert smaller.data is not None
        assert len(smaller.data) <= 10_000
        # The wall behind this person is not white, and the policy asks for white.
        kept = checker.fix_photo(PHOTO, policy=POLICY, keep_background=True)
        assert [item.code for item in kept.findings if item.level is Level.BLOCK] == ["photo-background-not-white"]


def test_fifty_at_once_get_fifty_answers(checker: Checker) -> None:
    small = saved(page(random.Random(1)), "JPEG")
    expected = ask(checker, small)
    with ThreadPoolExecutor(50) as many:
        answers = list(many.map(lambda _: ask(checker, small), range(50)))
    assert answers == [expected] * 50


@pytest.mark.parametrize(("kind", "family"), HOSTILE, ids=lambda value: getattr(value, "name", ""))
def test_hostile_files_get_their_code(kind: Kind, family: Family, checker: Checker) -> None:
    hostile = family.make(0)
    check = checker.check(hostile.data, kind=kind, policy=POLICY)
    expected = hostile.code_by_default
    if expected is None:
        # A large picture on a busy machine may be left to the full reading.
        assert check.source_format is not None or codes(check) == ["check-unfinished"]
    else:
        assert expected in codes(check)
        assert not check.accepted
    for item in check.findings:
        assert not any(sign in item.message for sign in ("Traceback", ".py", "/work", "site-packages"))


@pytest.mark.parametrize(
    "folder", ["file-empty", "text-named-jpg", "truncated", "too-few-pixels", "no-face", "blurred"]
)
def test_refused_files_are_answered(folder: str, checker: Checker) -> None:
    for path in sorted((ROOT / "fixtures" / "reject" / folder).glob("*.jpg")):
        check = checker.check(path.read_bytes(), kind=Kind(path.stem), policy=POLICY)
        assert check.findings
        assert not {"engine-failed", "check-unfinished"} & set(codes(check))


@pytest.mark.parametrize("size_bytes", [MAX_DATA_BYTES - 1, MAX_DATA_BYTES, MAX_DATA_BYTES + 1])
def test_the_largest_upload(size_bytes: int, checker: Checker) -> None:
    too_large = size_bytes > MAX_DATA_BYTES
    check = checker.check(CARD + bytes(size_bytes - len(CARD)), kind=Kind.ID_CARD_FRONT, policy=POLICY)
    assert check.accepted is not too_large
    assert ("file-too-large" in codes(check)) is too_large


def test_a_policy_that_is_not_there_is_nobodys_document(checker: Checker) -> None:
    with pytest.raises(CheckerUnavailable) as told:
        checker.check(CARD, kind=Kind.ID_CARD_FRONT, policy="no-such-policy")
    assert told.value.code is Unavailable.POLICY_UNUSABLE
    assert not told.value.retryable


def test_a_child_knows_nothing_of_the_apis_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATABASE", "postgresql+psycopg://user:secret@db/intake")
    with Checker(replace(DOUBLE, children=1)) as checker:
        ask(checker)
        (pid,) = checker.child_pids
        assert not [name for name in psutil.Process(pid).environ() if name.startswith("INTAKE_")]


# ---------- children that die, hang or talk nonsense ----------


def test_a_picture_whose_child_is_killed_is_asked_again() -> None:
    with Checker(CheckerSettings(children=1)) as checker, ThreadPoolExecutor(1) as caller:
        expected = checker.check(CARD, kind=Kind.ID_CARD_FRONT, policy=POLICY)
        (victim,) = checker.child_pids
        os.kill(victim, signal.SIGSTOP)
        answer = caller.submit(checker.check, CARD, kind=Kind.ID_CARD_FRONT, policy=POLICY)
        time.sleep(0.2)
        assert not answer.done()
        os.kill(victim, signal.SIGKILL)
        assert answer.result(PATIENCE_S) == expected
        assert victim not in checker.child_pids


def test_a_picture_that_kills_its_child_twice_is_told(tmp_path: Path) -> None:
    with Checker(replace(DOUBLE, children=1)) as checker:
        check = ask(checker, b"die")
        assert [(item.code, item.level) for item in check.findings] == [("engine-failed", Level.BLOCK)]
        assert ask(checker).accepted
        assert ask(checker, b"die-once:" + str(tmp_path / "mark").encode()).accepted


def test_an_idle_child_that_died_costs_nobody_an_answer() -> None:
    with Checker(replace(DOUBLE, children=1)) as checker:
        ask(checker)
        (victim,) = checker.child_pids
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: is_gone(victim))
        assert ask(checker).accepted


def test_a_child_that_hangs_is_replaced() -> None:
    with Checker(replace(DOUBLE, children=1, deadline_s=0.5)) as checker:
        ask(checker)
        (stuck,) = checker.child_pids
        check = ask(checker, b"hang")
        # The full reading has more time, so this does not block yet.
        assert [(item.code, item.level) for item in check.findings] == [("check-unfinished", Level.WARN)]
        assert is_gone(stuck)
        late = checker.check_photo(b"hang", policy=POLICY)
        assert [(item.code, item.level) for item in late.findings] == [("decoder-timeout", Level.BLOCK)]
        assert ask(checker).accepted


def test_one_that_hangs_does_not_block_the_others() -> None:
    with Checker(replace(DOUBLE, children=2, deadline_s=PATIENCE_S)) as checker, ThreadPoolExecutor(1) as caller:
        slow = caller.submit(ask, checker, b"hang")
        for _ in range(20):
            assert ask(checker).accepted
        assert not slow.done()
        checker.close()
        with pytest.raises(CheckerUnavailable):
            slow.result(PATIENCE_S)


@pytest.mark.parametrize("word", [b"garbage", b"nonsense", b"fault-unheard-of"])
def test_an_answer_that_is_none_is_not_believed(word: bytes) -> None:
    with Checker(replace(DOUBLE, children=1)) as checker:
        assert codes(ask(checker, word)) == ["engine-failed"]
        assert ask(checker).accepted


def test_a_broken_installation_is_nobodys_document() -> None:
    with Checker(replace(DOUBLE, children=1)) as checker:
        with pytest.raises(CheckerUnavailable) as told:
            ask(checker, b"fault-models-unusable")
        assert told.value.code is Unavailable.MODELS_UNUSABLE
        assert ask(checker).accepted


@pytest.mark.parametrize("program", [(sys.executable, "-c", "raise SystemExit(1)"), ("/nonexistent/program",)])
def test_a_child_that_cannot_start_is_told_as_such(program: tuple[str, ...]) -> None:
    with Checker(CheckerSettings(children=1, program=program)) as checker:
        for _ in range(2):
            with pytest.raises(CheckerUnavailable) as told:
                ask(checker)
            assert told.value.code is Unavailable.CANNOT_START
            assert told.value.retryable


def test_who_waited_long_enough_is_asked_to_come_again() -> None:
    settings = replace(DOUBLE, children=1, deadline_s=PATIENCE_S, wait_s=0.1)
    with Checker(settings) as checker, ThreadPoolExecutor(1) as caller:
        slow = caller.submit(ask, checker, b"hang")
        with pytest.raises(CheckerUnavailable) as told:
            while True:
                ask(checker)
        assert told.value.code is Unavailable.BUSY
        assert told.value.retryable
        checker.close()
        with pytest.raises(CheckerUnavailable):
            slow.result(PATIENCE_S)


# ---------- life and end of the children ----------


def test_children_are_replaced_while_every_request_is_answered() -> None:
    with Checker(replace(DOUBLE, children=1, jobs_per_child=3)) as checker:
        ask(checker)
        seen = set(checker.child_pids)
        first = next(iter(seen))

        def another() -> bool:
            assert ask(checker).accepted
            seen.update(checker.child_pids)
            return is_gone(first) and len(seen) >= 4

        wait_until(another)
        wait_until(lambda: ask(checker).accepted and len(checker.child_pids) <= 2)


def test_children_outlive_the_threads_that_ask_for_them() -> None:
    with Checker(replace(DOUBLE, children=1)) as checker:
        asking = threading.Thread(target=ask, args=(checker,))
        asking.start()
        asking.join()
        before = checker.child_pids
        assert ask(checker).accepted
        assert checker.child_pids == before


def test_closing_leaves_no_process(tmp_path: Path) -> None:
    checker = Checker(CheckerSettings(children=2))
    checker.start()
    with ThreadPoolExecutor(2) as callers:
        list(callers.map(lambda _: checker.check(CARD, kind=Kind.ID_CARD_FRONT, policy=POLICY), range(4)))
    everybody = [pid for child in checker.child_pids for pid in family(child)]
    # Two children with two decoders each.
    assert len(everybody) == 6
    checker.close()
    assert checker.child_pids == ()
    wait_until(lambda: all(is_gone(pid) for pid in everybody))
    checker.close()
    with pytest.raises(CheckerUnavailable) as told:
        ask(checker)
    assert told.value.code is Unavailable.CLOSED


def test_a_checker_that_was_never_used_closes() -> None:
    checker = Checker()
    checker.close()
    with pytest.raises(CheckerUnavailable):
        ask(checker)


def test_children_end_with_their_parent() -> None:
    script = (
        "from intake.checker import Checker, CheckerSettings\n"
        "from ocr.model import Kind\n"
        "checker = Checker(CheckerSettings(children=1))\n"
        f"checker.check(b'text', kind=Kind.DIPLOMA, policy={POLICY!r})\n"
        "print(*checker.child_pids, flush=True)\n"
        "input()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with parent:
        assert parent.stdout is not None
        everybody = [pid for child in parent.stdout.readline().split() for pid in family(int(child))]
        assert len(everybody) == 3
        parent.kill()
    wait_until(lambda: all(is_gone(pid) for pid in everybody))
