"""Callers under load: each uploads, files, refiles, sends twice on purpose, and takes a dead server for no answer."""

from __future__ import annotations

import io
import json
import random
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from PIL import Image

from tests.chaos.history import Call, History

# Of calls that were answered: how many are sent once more with the same key.
_TWICE = 0.25
# Of submissions: how many are filed anew, and how many take an upload that another one has.
_REFILE, _SHARE = 0.25, 0.15
# Answers that mean "later": the client waits and sends the same call again.
_LATER = frozenset((429, 503, 507))
_WAIT_S = (0.05, 0.4)
_CALL_S = 15.0
_ACCEPTED = {Call.UPLOAD: 201, Call.FILING: 201, Call.REFILING: 200}
_KINDS = ("id_card_front", "id_card_back", "diploma", "qualification_certificate", "work_certificate")


@dataclass(frozen=True, slots=True)
class Site:
    """Where calls go.

    Attributes:
        url: Of the interface.
        key: The caller's.
        callback: Where verdicts are told.
        patience_s: How long a call is tried again after its first failure.
        wants_created_only: Every answer that is not an acceptance is a fault, for runs in which nothing of the
            interface is killed.
    """

    url: str
    key: str
    callback: str
    patience_s: float = 240.0
    wants_created_only: bool = False


class Caller(threading.Thread):
    """One client; stop it by setting `over`."""

    def __init__(self, site: Site, history: History, over: threading.Event, *, seed: int, pause_s: float = 0.0) -> None:
        """Starts nothing yet.

        Args:
            site: Where calls go.
            history: Where answers are noted.
            over: Ends it after the call in hand.
            seed: What it does.
            pause_s: Rest between two filings, so that the queue keeps up.
        """
        super().__init__(name=f"caller-{seed}", daemon=True)
        self._site = site
        self._history = history
        self._over = over
        self._chance = random.Random(seed)
        self._pause_s = pause_s
        self._http = httpx.Client(
            base_url=site.url, headers={"Authorization": f"Bearer {site.key}"}, timeout=_CALL_S, trust_env=False
        )
        self._known: dict[str, list[str]] = {}

    def run(self) -> None:
        """Files until it is over."""
        try:
            while not self._over.is_set():
                self._one_person()
                self._over.wait(self._pause_s)
        except Exception as fault:
            self._history.note_unexpected(f"a client failed: {type(fault).__name__}")
            raise
        finally:
            self._http.close()

    def _one_person(self) -> None:
        filed = self._call(Call.FILING, "/api/v1/submissions", self._filing())
        while filed is not None and self._chance.random() < _REFILE and not self._over.is_set():
            body = self._filing()
            body.pop("purpose")
            body.pop("callback")
            self._call(Call.REFILING, f"/api/v1/submissions/{filed['id']}", body)

    def _filing(self) -> dict[str, Any]:
        materials = {}
        for kind in self._chance.sample(_KINDS, self._chance.randint(1, 2)):
            if self._known.get(kind) and self._chance.random() < _SHARE:
                materials[kind] = self._chance.choice(self._known[kind])
                continue
            uploaded = self._call(Call.UPLOAD, "/api/v1/materials", kind)
            if uploaded is not None:
                materials[kind] = uploaded["id"]
                self._known.setdefault(kind, []).append(uploaded["id"])
        return {
            "purpose": "completion",
            "region": "533103",
            "policy": "yunnan-2023",
            "entered": {"person": {"name": "虚构人", "gender": "女"}},
            "materials": materials,
            "callback": self._site.callback,
        }

    def _call(self, call: Call, path: str, what: Any) -> dict[str, Any] | None:
        """Sends until it is answered, and sometimes once more."""
        key = secrets.token_hex(16)
        content = picture(self._chance) if call is Call.UPLOAD else b""
        started = time.monotonic()
        body = self._until_answered(call, path, what, content, key)
        if body is None:
            self._history.count("given up")
            return None
        told: dict[str, Any] = json.loads(body)
        self._history.note_acknowledged(call, key, told, seconds=time.monotonic() - started)
        if self._chance.random() < _TWICE:
            again = self._until_answered(call, path, what, content, key)
            self._history.count("sent twice on purpose")
            if again is not None and again != body:
                self._history.note_unequal(key)
        return told

    def _until_answered(self, call: Call, path: str, what: Any, content: bytes, key: str) -> bytes | None:
        deadline = time.monotonic() + self._site.patience_s
        while time.monotonic() < deadline:
            answer = self._try(call, path, what, content, key)
            if answer is not None and answer.status_code == _ACCEPTED[call]:
                return answer.content
            if answer is not None and answer.status_code not in _LATER:
                self._history.note_unexpected(f"{call} was answered with {answer.status_code}: {_code(answer)}")
                return None
            self._history.count("tried again")
            if self._site.wants_created_only:
                self._history.note_unexpected(f"{call} was not accepted at once")
            time.sleep(self._chance.uniform(*_WAIT_S))
        self._history.note_unexpected(f"{call} was not accepted in {self._site.patience_s:.0f} s")
        return None

    def _try(self, call: Call, path: str, what: Any, content: bytes, key: str) -> httpx.Response | None:
        headers = {"Idempotency-Key": key}
        try:
            if call is Call.UPLOAD:
                files = {"file": ("upload.png", content, "image/png")}
                return self._http.post(path, files=files, data={"kind": what}, headers=headers)
            method = "POST" if call is Call.FILING else "PUT"
            return self._http.request(method, path, json=what, headers=headers)
        except httpx.TransportError:
            return None


def picture(chance: random.Random) -> bytes:
    """A small picture that no other call sends: grey with a few bars."""
    pixels = np.full((240, 320, 3), 225, np.uint8)
    for _ in range(6):
        top, left = chance.randrange(220), chance.randrange(280)
        pixels[top : top + 12, left : left + 30] = [chance.randrange(160) for _ in range(3)]
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code"))
    except (ValueError, AttributeError):
        return "no problem object"
