"""`python -m worker` as it is, except that nothing is recognised: pictures are decoded in the real child, reading is a
pause. So a run has hundreds of units of work in hand when processes die, and not a few dozen.

`CHAOS_LEASE_MS` in the environment shortens leases for runs that have little time.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import worker
from imaging.model import Rendition
from imaging.sandbox import Decoder
from intake.storage import work
from intake.storage.work import Queue
from intake.tasks import run
from intake.toolbox import Toolbox
from ocr.model import Kind, Reading
from ocr.read import PageReading
from verify.model import Band, Material, Verdict

LEASE = "CHAOS_LEASE_MS"
_READ_S = (0.05, 0.3)
_JUDGE_S = (0.02, 0.1)


@contextmanager
def quick_tools(queue: Queue, *, site_policy: str) -> Iterator[Callable[[str], Toolbox]]:
    """In the place of `worker._tools`."""
    chance = random.Random()

    def read(rendition: Rendition, kind: Kind | None) -> PageReading:
        time.sleep(chance.uniform(*_READ_S))
        return PageReading(rendition, (Reading(kind or Kind.UNKNOWN, 1.0),))

    def judge(
        entered: Mapping[str, object] | None, materials: Mapping[str, Material], notes: object, seen: object = None, /
    ) -> Verdict:
        time.sleep(chance.uniform(*_JUDGE_S))
        return Verdict(100, Band.LIKELY_PASS, (), materials)

    if queue is Queue.DELIVER:
        yield worker._no_tools
        return
    with Decoder() as decoder:
        tools = Toolbox(decoder.decode, read, lambda rendition, data: (), judge)
        yield lambda policy: tools


def main() -> int:
    """The real entry with other tools."""
    worker._tools = quick_tools
    if lease := os.environ.get(LEASE):
        work.LEASE_MS = int(lease)
        run.HEARTBEAT_MS = int(lease) // 4
    return worker.main()


if __name__ == "__main__":
    sys.exit(main())
