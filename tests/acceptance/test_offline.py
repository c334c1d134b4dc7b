"""Proof that nothing needs the network: a namespace with no interface at all, not even loopback."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.acceptance.command import ACCEPT, intake

_NO_NETWORK = ("unshare", "--net", "--map-root-user")


def _permitted() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_NO_NETWORK, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _permitted(), reason="this host does not permit network namespaces")
def test_a_case_is_verified_without_any_network() -> None:
    case = ACCEPT / "case-000060"
    ended = intake("verify", "--json", case, before=_NO_NETWORK)
    assert ended.err == ""
    (line,) = ended.lines
    assert line["materials"]["id_card_front"]["fields"]["id_number"]["value"]
    assert line["band"] == "likely_pass"
