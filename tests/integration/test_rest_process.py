"""`python -m api.serve_http` as a process, with the real checker behind it."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import httpx
import psutil
import pytest

from api.rest.schemas import MaterialAnswer, PhotoAnswer
from fixtures.hostile.corpus import corpus
from intake.storage.clients import Scope, add_client
from intake.storage.database import Database
from intake.storage.keyring import KeyringFile, create_keyring
from intake.storage.sealing import Sealer
from tests.own_pack import own_pack
from tests.rest_site import API, NO_PICTURE

_ACCEPT = Path(__file__).parents[2] / "fixtures" / "accept" / "case-000060"
_START_S = 60.0
# Every twelfth family of hostile files: the checker's own tests look at all of them.
_STEP = 12


@dataclass(frozen=True)
class Api:
    """A running process and a caller."""

    process: subprocess.Popen[str]
    caller: httpx.Client
    environment: dict[str, str]
    log: Path


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def prepared(folder: Path) -> tuple[dict[str, str], str]:
    """An installation in a folder: its environment, and a caller's key."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INTAKE_")}
    environment |= {"INTAKE_DATA": str(folder), "INTAKE_PORT": str(free_port())}
    create_keyring(folder / "keys.toml")
    database = Database(f"sqlite:///{folder / 'intake.sqlite3'}")
    database.migrate()
    with database.write() as connection:
        sealer = Sealer(KeyringFile(folder / "keys.toml"))
        key = add_client(connection, sealer, name="测试", scopes=list(Scope), region="530000").key
    database.close()
    return environment, key


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One process for all tests of this file."""
    folder = tmp_path_factory.mktemp("api")
    folder.chmod(0o700)
    environment, key = prepared(folder)
    log = folder / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "api.serve_http"], env=environment, stderr=errors, text=True
        )
    url = f"http://127.0.0.1:{environment['INTAKE_PORT']}"
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False) as caller:
        try:
            await_life(process, caller)
            yield Api(process, caller, environment, log)
        finally:
            process.kill()
            process.wait()


def await_life(process: subprocess.Popen[str], caller: httpx.Client) -> None:
    """Waits for the first answer."""
    ends_at = time.monotonic() + _START_S
    while True:
        assert process.poll() is None, "it ended"
        assert time.monotonic() < ends_at, "it does not answer"
        try:
            if caller.get("/livez").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)


def test_without_redis_it_is_ready_and_says_so(api: Api) -> None:
    answer = api.caller.get("/readyz")
    told = {part["name"]: part["code"] for part in answer.json()["parts"]}
    assert (answer.status_code, answer.json()["status"], told["redis"]) == (200, "degraded", "redis-away")


@pytest.mark.parametrize("kind", ["photo", "id_card_front", "work_certificate"])
def test_good_pictures_are_told_to_be_good_at_once(api: Api, kind: str) -> None:
    data = (_ACCEPT / f"{kind}.jpg").read_bytes()
    answer = api.caller.post(f"{API}/materials", data={"kind": kind}, files={"file": (f"{kind}.jpg", data)})
    assert answer.status_code == 201
    body = answer.json()
    MaterialAnswer.model_validate(body)
    assert not [one["code"] for one in body["findings"] if one["level"] in ("block", "mismatch")]
    assert min(body["rendition"]["width_px"], body["rendition"]["height_px"]) > 200


def test_both_checkers_answer_alike_for_what_is_no_picture(api: Api) -> None:
    answer = api.caller.post(f"{API}/materials", data={"kind": "photo"}, files={"file": ("a.jpg", NO_PICTURE)})
    body = answer.json()
    assert answer.status_code == 201
    assert body["rendition"] is None
    assert [one["level"] for one in body["findings"]] == ["block"]
    assert body["findings"][0]["material"] == "photo"


def test_the_photo_tool_makes_a_compliant_photo(api: Api) -> None:
    data = (_ACCEPT / "photo.jpg").read_bytes()
    made = api.caller.post(f"{API}/photo/fix", files={"file": ("photo.jpg", data)}).json()
    PhotoAnswer.model_validate(made)
    jpeg = base64.b64decode(made["photo"])
    assert (made["accepted"], made["size_bytes"]) == (True, len(jpeg))
    assert len(jpeg) <= 20_000
    checked = api.caller.post(f"{API}/photo/check", files={"file": ("made.jpg", jpeg)}).json()
    PhotoAnswer.model_validate(checked)
    assert checked["accepted"] is True


def test_hostile_files_get_an_answer_each_and_nothing_leaks(api: Api) -> None:
    for file in islice(corpus(), 0, None, _STEP):
        answer = api.caller.post(
            f"{API}/materials", data={"kind": "id_card_front"}, files={"file": (f"{file.name}.jpg", file.data)}
        )
        assert answer.status_code in (201, 413), (file.name, answer.text)
        for word in ("Traceback", ".py", "/tmp/", "site-packages"):
            assert word not in answer.text, file.name
    assert api.caller.get("/livez").status_code == 200


def test_the_log_is_json_lines_without_content(api: Api) -> None:
    text = api.log.read_text()
    assert '"event": "answered"' in text
    assert all(line.startswith("{") for line in text.splitlines())
    for word in ("photo.jpg", "Traceback", "/tmp/"):
        assert word not in text


def test_a_sites_own_rules_serve_from_a_file_with_a_long_path(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir(mode=0o700)
    environment, key = prepared(folder)
    environment["INTAKE_POLICY"] = str(own_pack(tmp_path / ("rules-" * 15), "our-county"))
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "api.serve_http"], env=environment, stderr=subprocess.DEVNULL, text=True
    )
    url = f"http://127.0.0.1:{environment['INTAKE_PORT']}"
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False) as caller:
        try:
            await_life(process, caller)
            photo = {"file": ("photo.jpg", (_ACCEPT / "photo.jpg").read_bytes())}
            uploaded = caller.post(f"{API}/materials", data={"kind": "photo"}, files=photo)
            checked = caller.post(f"{API}/photo/check", files=photo)
            filing = {"purpose": "completion", "entered": {}, "materials": {"photo": uploaded.json()["id"]}}
            filed = caller.post(f"{API}/submissions", json=filing)
            assert (uploaded.status_code, checked.status_code, filed.status_code) == (201, 200, 201)
            assert filed.json()["policy"] == "our-county"
            assert caller.get(f"{API}/policies").json()["policies"][0]["name"] == "our-county"
        finally:
            process.kill()
            process.wait()


def test_a_second_one_on_the_same_port_says_why_it_does_not_start(api: Api) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "api.serve_http"], env=api.environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "INTAKE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_asked_to_stop_it_ends_with_all_its_children(api: Api) -> None:
    children = psutil.Process(api.process.pid).children(recursive=True)
    assert children
    api.process.send_signal(signal.SIGTERM)
    assert api.process.wait(timeout=30) == 0
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
