"""Names of stored things."""

from __future__ import annotations

import re
import secrets

# 160 bits from the system's source: nobody guesses a neighbour's (reliability.md, section 2.2).
_BYTES = 20
ID_PATTERN = r"[0-9a-f]{40}"
_ID = re.compile(ID_PATTERN, re.ASCII)


def new_id() -> str:
    """A new id: 40 hexadecimal characters."""
    return secrets.token_hex(_BYTES)


def is_id(text: object) -> bool:
    """True for what `new_id` could have made."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None
