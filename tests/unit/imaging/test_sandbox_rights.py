"""What the decoding process may no longer do, tried out in processes that gave up their rights."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from imaging import child_rights
from imaging.child_rights import filter_code

ROOT = Path(child_rights.__file__).parent.parent
FILTERED = platform.machine() in ("x86_64", "aarch64") and ctypes.CDLL(None).prctl(21, 0, 0, 0, 0) >= 0

# Tries forbidden and allowed things and tells how each went, through a memory area, as the real child does.
_PROGRAM = """
import ctypes, json, mmap, os, resource, signal, socket, sys, threading, time
from imaging.child_rights import give_up_rights
area = mmap.mmap(-1, 65536)
pipe = os.pipe()
names = {}
def tried(name, action):
    try:
        action()
        names[name] = "done"
    except BaseException as exc:
        names[name] = getattr(exc, "errno", None) or type(exc).__name__
def ended_thread():
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
pid = os.fork()
if pid == 0:
    give_up_rights(memory_bytes=1 << 30, cpu_s=5, wall_s=10.0, may_start_threads=sys.argv[1] == "threads")
    tried("memory", lambda: bytearray(50_000_000))
    tried("clock", time.monotonic)
    tried("open", lambda: os.open("/etc/hostname", os.O_RDONLY))
    tried("write-file", lambda: os.open("/tmp/never", os.O_WRONLY | os.O_CREAT))
    tried("unlink", lambda: os.unlink("/tmp/never"))
    tried("socket", socket.socket)
    tried("fork", os.fork)
    tried("exec", lambda: os.execv("/bin/true", ["true"]))
    tried("kill", lambda: os.kill(os.getppid(), 0))
    tried("rename", lambda: os.rename("/tmp/never", "/tmp/ever"))
    tried("list", lambda: os.listdir("/"))
    tried("thread", ended_thread)
    tried("limits", lambda: resource.setrlimit(resource.RLIMIT_CPU, (100, 100)))
    area.write(json.dumps(names).encode())
    os._exit(0)
_, status = os.waitpid(pid, 0)
names = json.loads(area[:].rstrip(b"\\0") or b"{}")
print(json.dumps({"end": os.waitstatus_to_exitcode(status), **names}))
"""


def ends(argument: str) -> Mapping[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, argument], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return dict(json.loads(done.stdout))


def test_files_and_computing_without_any_filter() -> None:
    """These hold by the limits alone, on every kernel."""
    found = ends("alone")
    assert found["end"] == 0
    assert (found["memory"], found["clock"]) == ("done", "done")
    assert found["open"] != "done"
    assert found["socket"] != "done"


@pytest.mark.skipif(not FILTERED, reason="this kernel has no filter of system calls")
@pytest.mark.parametrize("argument", ["alone", "threads"])
def test_nothing_outside_the_process_is_reached(argument: str) -> None:
    found = ends(argument)
    forbidden = ("open", "write-file", "unlink", "socket", "fork", "exec", "kill", "rename", "list")
    assert {name: found[name] for name in forbidden} == dict.fromkeys(forbidden, 1), "EPERM, and the process goes on"
    assert (found["end"], found["limits"]) == (0, "ValueError"), "limits stay even for the superuser"


@pytest.mark.skipif(not FILTERED, reason="this kernel has no filter of system calls")
def test_threads_only_where_the_codec_needs_one() -> None:
    assert ends("threads")["thread"] == "done"
    assert ends("alone")["thread"] == "RuntimeError"


def test_filter_falls_back_where_the_kernel_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def prctl(self, *_: object) -> int:
            return -1

    monkeypatch.setattr(child_rights, "_LIBC", Refusing())
    assert child_rights._filter_calls(may_start_threads=False) is False
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert child_rights._filter_calls(may_start_threads=False) is False


def steps(code: bytes) -> list[tuple[int, int, int, int]]:
    return [struct.unpack_from("=HBBI", code, start) for start in range(0, len(code), 8)]


def answer(code: bytes, *, processor: int, number: int, argument: int = 0) -> int:
    """Runs the filter's few kinds of instruction by hand (linux/filter.h)."""
    words = {0: number, 4: processor, 16: argument & 0xFFFFFFFF}
    value, place, lines = 0, 0, steps(code)
    while True:
        kind, if_true, if_false, operand = lines[place]
        if kind == 0x06:
            return operand
        if kind == 0x20:
            value = words[operand]
            place += 1
            continue
        holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[kind]
        place += 1 + (if_true if holds else if_false)


ALLOWED, KILLED, NOT_PERMITTED, NOT_THERE = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026


@pytest.mark.parametrize("name", ["x86_64", "aarch64"])
@pytest.mark.parametrize("threads", [False, True])
def test_filter_of_both_processors(name: str, threads: bool) -> None:
    processor = child_rights._PROCESSORS[name]
    code = filter_code(processor, may_start_threads=threads)
    mark, clone = processor.mark, processor.clone
    allowed = {n for n in range(600) if answer(code, processor=mark, number=n) == ALLOWED}
    assert allowed == set(processor.harmless)
    assert answer(code, processor=mark, number=clone, argument=0x3D0F00) == (ALLOWED if threads else NOT_PERMITTED)
    assert answer(code, processor=mark, number=clone, argument=0x1200011) == NOT_PERMITTED
    assert answer(code, processor=mark, number=processor.clone3) == NOT_THERE
    assert answer(code, processor=mark ^ 1, number=processor.harmless[0]) == KILLED
    assert answer(code, processor=mark, number=0x40000000 | processor.harmless[0]) == KILLED


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of this processor's own table")
def test_numbers_are_those_of_the_running_kernel() -> None:
    """getpid and gettid answer under their numbers; one wrong row would not show elsewhere."""
    libc = ctypes.CDLL(None)
    rows = {row[0]: row[1] for row in child_rights._HARMLESS}
    assert libc.syscall(rows["getpid"]) == os.getpid()
    assert len(set(child_rights._X86_64.harmless)) == len(set(child_rights._AARCH64.harmless)) == len(rows)
