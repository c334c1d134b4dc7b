"""`intake serve` as it is, except that its workers are quick ones and that what dies is started anew within a second.

The supervisor's own pause grows to ten seconds for what keeps dying; a run that kills on purpose would mostly wait.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from intake.observe.log import configure_logging
from intake.queue import serve, supervisor
from intake.queue.children import Child, ProcessChild
from intake.queue.redis_server import RedisHandle
from intake.service_settings import ServiceSettings, load_service_settings
from tests.chaos.say import say

QUICK = "tests.chaos.quick_worker"
_MOST_PAUSE_S = 0.8

_children_of = serve.children_of


def quick_children(settings: ServiceSettings, redis: RedisHandle, environment: Mapping[str, str]) -> Iterator[Child]:
    """The children of `intake serve`, with quick workers among them."""
    for child in _children_of(settings, redis, environment):
        if isinstance(child, ProcessChild) and "worker" in child._program.arguments:
            words = [QUICK if word == "worker" else word for word in child._program.arguments]
            child._program = replace(child._program, arguments=words)
        yield child


def main() -> int:
    """Serves until a signal."""
    settings = load_service_settings()
    configure_logging(settings.log_level, process="supervisor")
    serve.children_of = quick_children
    supervisor._LAST_PAUSE_S = _MOST_PAUSE_S
    serve.serve(settings, say)
    return 0


if __name__ == "__main__":
    sys.exit(main())
