"""The bare pipeline on two processes: what the queue is held against. No database, no store, no interface."""

from __future__ import annotations

import multiprocessing as mp
import os
import time
from collections.abc import Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event

from bench.service_pages import Page
from intake.model import Upload
from intake.pipeline import read_upload
from intake.toolbox import worker_toolbox

# The priority that the service's workers give themselves.
_NICE = 10
_LOAD_S = 180
_DONE_S = 1_800


def bare_pages_per_s(pages: Sequence[Page], *, policy: str, workers: int) -> float:
    """Pages a second once every process has loaded its models."""
    context = mp.get_context("spawn")
    tasks: Queue[int | None] = context.Queue()
    said: Queue[str] = context.Queue()
    begin = context.Event()
    processes = [
        context.Process(target=_read, args=(list(pages), policy, tasks, said, begin), daemon=True)
        for _ in range(workers)
    ]
    for process in processes:
        process.start()
    for _ in processes:
        said.get(timeout=_LOAD_S)
    for number in (*range(len(pages)), *[None] * workers):
        tasks.put(number)
    started = time.monotonic()
    begin.set()
    for _ in processes:
        said.get(timeout=_DONE_S)
    seconds = time.monotonic() - started
    for process in processes:
        process.join()
    return len(pages) / seconds


def _read(pages: list[Page], policy: str, tasks: Queue[int | None], said: Queue[str], begin: Event) -> None:
    os.nice(_NICE)
    with worker_toolbox(policy) as tools:
        said.put("ready")
        begin.wait()
        while (number := tasks.get()) is not None:
            page = pages[number]
            read_upload(Upload(page.kind.value, page.kind, "page.jpg", page.data), tools)
    said.put("done")
