"""Proof that nothing needs the network: a namespace with no interface at all, not even loopback."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

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


def test_libraries_keep_no_book_about_this_machine(tmp_path: Path) -> None:
    # ONNX Runtime reports to its maker by default, and numbers the device for it in ~/.cache/Microsoft first.
    case = ACCEPT / "case-000060"
    ended = intake("verify", "--json", case, before=("env", f"HOME={tmp_path}", "ORT_DISABLE_TELEMETRY=0"))
    assert [line["band"] for line in ended.lines] == ["likely_pass"]
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/*")] == [".cache/accountant-intake"]


def test_a_case_is_verified_without_a_home() -> None:
    case = ACCEPT / "case-000060"
    ended = intake("verify", "--json", case, before=("env", "HOME=/proc/nowhere"))
    assert (ended.err, [line["band"] for line in ended.lines]) == ("", ["likely_pass"])
