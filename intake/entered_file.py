"""Decodes entered.json strictly: what cannot be taken literally is a defect, never a guess.

JSON leaves room for documents that two programs understand differently (a key given twice, NaN, a lone surrogate).
Typed data that are compared with a certificate must not have two readings, so those are refused with their own code.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from imaging.model import Defect

# A complete entered.json is about 1 KB; 256 KB leaves room for long histories and still parses in milliseconds.
MAX_ENTERED_BYTES = 256 * 1024
# The contract nests three deep (education → entry → value); more than 16 is no form, it is an attack on the parser.
MAX_DEPTH = 16


class _UnusableError(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode_entered(data: bytes) -> tuple[dict[str, Any] | None, Defect | None]:
    """Decodes the bytes of an entered.json.

    Args:
        data: The file's bytes, at most `MAX_ENTERED_BYTES` + 1 of them.

    Returns:
        The top-level object and None, or None and a severe defect: `entered-too-big`, `entered-not-utf8`,
        `entered-not-json` (measured = line of the fault), `entered-duplicate-key`, `entered-not-finite`,
        `entered-too-deep`, `entered-not-object`.
    """
    if len(data) > MAX_ENTERED_BYTES:
        return None, Defect("entered-too-big", measured=len(data), limit=MAX_ENTERED_BYTES, severe=True)
    try:
        # Windows editors put a byte order mark in front; it carries no meaning in UTF-8.
        text = data.decode("utf-8-sig")
        value = json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant, parse_float=_finite_float
        )
        _check_tree(value)
    except _UnusableError as fault:
        return None, Defect(fault.code, severe=True)
    except UnicodeError:
        return None, Defect("entered-not-utf8", severe=True)
    except json.JSONDecodeError as fault:
        return None, Defect("entered-not-json", measured=fault.lineno, severe=True)
    except RecursionError:
        return None, Defect("entered-too-deep", limit=MAX_DEPTH, severe=True)
    except ValueError:
        # Python refuses whole numbers of more than 4300 digits with a plain ValueError.
        return None, Defect("entered-not-json", severe=True)
    if not isinstance(value, dict):
        return None, Defect("entered-not-object", severe=True)
    return value, None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _UnusableError("entered-duplicate-key")
    return found


def _refuse_constant(_name: str) -> NoReturn:
    raise _UnusableError("entered-not-finite")


def _finite_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _UnusableError("entered-not-finite")
    return value


def _check_tree(value: Any) -> None:
    """Walks level by level: refuses depth, and text that no UTF-8 file could hold (lone surrogates)."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                below.extend(node.keys())
                below.extend(node.values())
            elif isinstance(node, list):
                below.extend(node)
            elif isinstance(node, str):
                node.encode("utf-8")
        if not below:
            return
        level = below
    raise _UnusableError("entered-too-deep")
