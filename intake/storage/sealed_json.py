"""JSON in sealed columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from intake.storage.sealing import Sealer


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """A value as stored and as answered: UTF-8 without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def seal_json(sealer: Sealer, value: Mapping[str, Any], *, about: bytes) -> bytes:
    """The value sealed for one place (`intake.storage.places.place`)."""
    return sealer.seal(json_bytes(value), about=about)


def open_json(sealer: Sealer, sealed: bytes, *, about: bytes) -> Any:
    """What `seal_json` sealed.

    Raises:
        SealBroken, KeyUnknown: As `Sealer.open`.
    """
    return json.loads(sealer.open(sealed, about=about))
