"""The last alarm for work that hangs, when nothing in this process runs any more that could end it.

Signs of life stop at the stage's deadline and end the process (`intake.tasks.run`); they need the interpreter for
that. Native code that holds the interpreter holds them too, so this alarm rings without it, a little later. The lease
runs out, another worker tries, and the third time the work is buried (design.md, section 6).
"""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Iterator
from contextlib import contextmanager

# After the stage's own deadline, whose end is the tidier one.
_GRACE_S = 5.0


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """Ends this process with status 1 if the block is not over in time, whatever its threads do.

    Args:
        seconds: The stage's deadline on the wall's clock; the alarm comes five seconds later.
    """
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(seconds + _GRACE_S, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
