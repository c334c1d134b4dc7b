"""Where a sealed value stands: the associated data of its encryption, so that two values cannot change places."""

from __future__ import annotations

import json

from sqlalchemy import Column


def place(column: Column[bytes], *key: str | int) -> bytes:
    """The `about` of one sealed column in one row.

    Args:
        column: Such as `schema.material.c.sealed_name`.
        key: The row's primary key, in the order of its columns.
    """
    return json.dumps([column.table.name, column.name, *key], ensure_ascii=False, separators=(",", ":")).encode()
