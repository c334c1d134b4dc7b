"""Guards for the whole suite: nothing a test does leaves this machine.

The guard is an audit hook, so it also sees libraries that kept their own reference to a socket function. Child
processes are not reached by it; `tests/acceptance/test_offline.py` runs the command in a network namespace without
any interface, and `unshare --net --map-root-user` does the same for a whole run of the suite.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any

import pytest
from hypothesis import settings

# A deadline is a timing assertion, and a busy machine would break it. On a submission the examples are always the same,
# so that a red run names the change that broke it; everywhere else they are drawn anew, which is how corners are found.
settings.register_profile("drawn", deadline=None)
settings.register_profile("submission", deadline=None, derandomize=True)
settings.load_profile("submission" if os.environ.get("CI") else "drawn")

# Clients that honour a proxy and that are started by a test fail at once on this machine's discard port.
for _name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ[_name] = "http://127.0.0.1:9"
# Tests that load ONNX Runtime themselves; the product refuses its reports in `ocr.offline_import`.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


class OutsideReachedError(Exception):
    """A test tried to leave the machine."""


def is_inside(host: object) -> bool:
    """True for names and addresses of this machine, and for addresses that are no host (a Unix socket's path)."""
    if not isinstance(host, str | bytes) or not host:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if text == "localhost":
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo" or event == "socket.gethostbyname":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None
    else:
        return
    if not is_inside(host):
        raise OutsideReachedError(f"{event} to something that is not this machine")


sys.addaudithook(_guard)


@pytest.fixture(scope="session")
def outside_reached() -> type[Exception]:
    """The exception that the guard raises, for the guard's own test."""
    return OutsideReachedError
