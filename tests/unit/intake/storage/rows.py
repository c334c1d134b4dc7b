"""Rows that other rows need."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection

from intake.storage.ids import new_id
from intake.storage.materials import NewMaterial, add_material
from ocr.model import Kind
from tests.service_parts import POLICY, Installation


def upload_row(site: Installation, connection: Connection, *, sha256: str | None = None) -> str:
    """An upload's row and its blob, in the caller's transaction; its id."""
    new = NewMaterial(
        id=new_id(), client_id=site.client_id, kind=Kind.DIPLOMA, policy=POLICY, file="a.jpg",
        sha256=sha256 or secrets.token_hex(32), size_bytes=1, source_format="JPEG", checks={}, request_id="r",
    )  # fmt: skip
    stored = site.service.blobs.write(secrets.token_bytes(16))
    address = site.service.blobs.record(connection, stored)
    add_material(connection, site.service.sealer, new, blob_address=address)
    return new.id
