"""Takes rights away from the process that decodes one image, for good: limits first, then a filter of system calls.

After `give_up_rights` the process can compute, ask for memory and end. Whatever asks the kernel for more (files,
network, other processes, signals) is told "not permitted". Where the kernel has no such filter, or the processor is
another, the limits stand alone.

What this does not stop: wrong pixels, and heat until the time is up.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import signal
import struct
import sys
from collections.abc import Sequence
from typing import NamedTuple

# linux/prctl.h.
_SET_DEATH_SIGNAL, _SET_DUMPABLE, _SET_SECCOMP, _SET_NO_NEW_RIGHTS = 1, 4, 22, 38
_FILTER_MODE = 2
# linux/seccomp.h: what a filter answers; the low half of an error is its number.
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NOT_PERMITTED, _NOT_THERE = 1, 38
# linux/bpf_common.h: load a word, compare, test bits, return.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# struct seccomp_data: number of the call, processor, and the lower half of the first argument.
_NUMBER_AT, _PROCESSOR_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
# linux/sched.h: set for a thread, clear for a process.
_CLONE_THREAD = 0x00010000
# The second numbering of calls on x86-64 would pass by a list of the first.
_X32_FROM = 0x40000000


class _Processor(NamedTuple):
    """A processor's mark in linux/audit.h, and the numbers of the calls in its table.

    Attributes:
        mark: As the filter sees it.
        harmless: Calls that reach nothing outside the process.
        clone: Starts threads and processes.
        clone3: Likewise, with arguments that a filter cannot look into.
    """

    mark: int
    harmless: tuple[int, ...]
    clone: int
    clone3: int


# Calls that reach nothing outside the process, with their numbers on x86-64 and on AArch64 (asm/unistd_64.h,
# asm-generic/unistd.h). What is read or written goes to descriptors, and the process has none but the null device.
_HARMLESS = (
    ("read", 0, 63),
    ("write", 1, 64),
    ("close", 3, 57),
    ("fstat", 5, 80),
    ("lseek", 8, 62),
    ("mmap", 9, 222),
    ("mprotect", 10, 226),
    ("munmap", 11, 215),
    ("brk", 12, 214),
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("mremap", 25, 216),
    ("sched_yield", 24, 124),
    ("madvise", 28, 233),
    ("getpid", 39, 172),
    ("exit", 60, 93),
    ("sysinfo", 99, 179),
    ("gettid", 186, 178),
    ("futex", 202, 98),
    ("sched_getaffinity", 204, 123),
    ("clock_gettime", 228, 113),
    ("clock_nanosleep", 230, 115),
    ("exit_group", 231, 94),
    ("set_robust_list", 273, 99),
    ("getrandom", 318, 278),
    ("membarrier", 324, 283),
    ("rseq", 334, 293),
    ("getrusage", 98, 165),
    ("gettimeofday", 96, 169),
    ("restart_syscall", 219, 128),
    ("nanosleep", 35, 101),
    ("getcpu", 309, 168),
    ("sigaltstack", 131, 132),
)
_X86_64 = _Processor(0xC000003E, tuple(row[1] for row in _HARMLESS), clone=56, clone3=435)
_AARCH64 = _Processor(0xC00000B7, tuple(row[2] for row in _HARMLESS), clone=220, clone3=435)
_PROCESSORS = {"x86_64": _X86_64, "aarch64": _AARCH64}


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


# Opened here, because the process that gives up its rights may no longer open anything.
_LIBC = ctypes.CDLL(None, use_errno=True)


def give_up_rights(*, memory_bytes: int, cpu_s: int, wall_s: float, may_start_threads: bool) -> None:
    """Limits this process and takes its rights away.

    Args:
        memory_bytes: Address space.
        cpu_s: Processor time; SIGXCPU ends the process when it is used up.
        wall_s: Clock time; SIGALRM ends the process.
        may_start_threads: Whether it may have further threads; processes it may not have in any case.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # At the soft limit the kernel sends SIGXCPU, which says why; at the hard one it kills without a word.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    # No core dumps with document content, no written files, no new descriptors.
    for right in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        resource.setrlimit(right, (0, 0))
    if not may_start_threads:
        # The kernel counts threads and processes alike.
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    # The alarm's default action ends the process even inside a codec.
    signal.setitimer(signal.ITIMER_REAL, wall_s)
    # Nobody may look into its memory, and it ends with the process that started it.
    _LIBC.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    _LIBC.prctl(_SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
    _filter_calls(may_start_threads=may_start_threads)


def _filter_calls(*, may_start_threads: bool) -> bool:
    """Installs the filter; False where there is none to install."""
    processor = _PROCESSORS.get(platform.machine())
    if processor is None or sys.byteorder != "little":
        return False
    code = filter_code(processor, may_start_threads=may_start_threads)
    program = _Program(len(code) // 8, code)
    # A filter may only be set by those who can gain no rights by starting another program.
    if _LIBC.prctl(_SET_NO_NEW_RIGHTS, 1, 0, 0, 0):
        return False
    return not _LIBC.prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0)


def filter_code(processor: _Processor, *, may_start_threads: bool) -> bytes:
    """The filter's instructions (struct sock_filter, eight bytes each)."""
    lines = [_step(_LOAD, _PROCESSOR_AT), _step(_EQUAL, processor.mark, if_true=1), _step(_RETURN, _KILL)]
    lines += [_step(_LOAD, _NUMBER_AT), *_answer(_AT_LEAST, _X32_FROM, _KILL)]
    for number in processor.harmless:
        lines += _answer(_EQUAL, number, _ALLOW)
    # "Not there" sends the C library to the older call, whose flags can be looked at.
    lines += _answer(_EQUAL, processor.clone3, _ERROR | _NOT_THERE)
    if may_start_threads:
        thread = [_step(_LOAD, _FIRST_ARGUMENT_AT), *_answer(_ANY_BIT, _CLONE_THREAD, _ALLOW)]
        lines += [_step(_EQUAL, processor.clone, if_false=len(thread)), *thread]
    lines.append(_step(_RETURN, _ERROR | _NOT_PERMITTED))
    return b"".join(lines)


def _answer(test: int, value: int, answer: int) -> Sequence[bytes]:
    return (_step(test, value, if_false=1), _step(_RETURN, answer))


def _step(code: int, value: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
