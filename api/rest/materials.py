"""Uploads: take one in, tell where it stands, show its picture."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api.rest.calls import answered, key_of, keyed, threads_of, told
from api.rest.envelope import request_id_of
from api.rest.examples import FORMS
from api.rest.openapi import IDEMPOTENCY_KEY, documented, form_body, kind_schema, policy_schema
from api.rest.parts import RestParts, parts_of
from api.rest.policies import NamedPolicy
from api.rest.problems import Fault, Problem
from api.rest.schemas import KINDS, MaterialAnswer
from api.rest.security import Uploader, Viewer
from api.rest.upload import Form, read_form
from intake.answers import material_answer
from intake.checked import FastCheck
from intake.receive import known_answer, receive_material
from intake.record import finding_json
from intake.storage.clients import Client
from intake.storage.idempotency import Answered, KeyedCall
from intake.storage.ids import ID_PATTERN, new_id
from intake.storage.materials import MaterialState, NewMaterial, StoredMaterial, material_of
from ocr.model import Kind

router = APIRouter(tags=["materials"])

IdInPath = Annotated[str, Path(pattern=rf"^{ID_PATTERN}$", description="40 个十六进制字符。")]
# More pictures than one upload is ever parted into.
_MOST_PICTURES = 9
_FULL = "storage-full"
# A browser shows this as a picture in a box without rights, whatever the bytes are (reliability.md, section 2.1).
_PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Content-Disposition": "inline",
}
_PICTURE: dict[str, Any] = {
    "description": "图像",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}


@router.post(
    "/materials",
    **documented(
        "createMaterial",
        MaterialAnswer,
        summary="上传一份材料",
        status=201,
        extra={
            **form_body(
                {"kind": kind_schema(), "policy": policy_schema()}, required=["kind"], example=FORMS["createMaterial"]
            ),
            "parameters": [IDEMPOTENCY_KEY],
        },
    ),
)
async def create_material(request: Request, client: Uploader) -> Response:
    """保存文件并立即做快速检查（类型、大小、像素、能否解码、模糊、缺边、空白、种类明显不符），随后排队识别。

    文件有问题也答 201：问题在 findings 里，level 为 block 的须换一张图。答复之后文件不会丢失。
    """
    parts = parts_of(request)
    count_upload(parts, client)
    key = key_of(request)
    # A call that is made again may have been answered before the disk was full, and gets that answer.
    if parts.health.store_fault() == _FULL and key is None:
        raise Problem(_FULL)
    with parts.room.guest() as guest:
        form = await read_form(request, guest, max_bytes=parts.limits.upload_max_bytes, others=("kind", "policy"))
        kind = _kind(form)
        rules = parts.policies.named(form.fields.get("policy"))
        digest = hashlib.sha256(form.file).hexdigest()
        call = keyed(request, client, [kind.value, form.fields.get("policy"), digest])
        new = _New(client, kind, rules, digest, request_id_of(request.scope))
        return answered(await threads_of(request).upload(_take_in, parts, form, new, call))


@dataclass(frozen=True, slots=True)
class _New:
    """What is known of an upload before it was looked at."""

    client: Client
    kind: Kind
    rules: NamedPolicy
    digest: str
    request_id: str


def _take_in(parts: RestParts, form: Form, new: _New, call: KeyedCall | None) -> Answered:
    known = known_answer(parts.service, call)
    if known is not None:
        return known
    if parts.health.store_fault() == _FULL:
        raise Problem(_FULL)
    started = time.perf_counter()
    check = parts.checks.check(form.file, kind=new.kind, policy=new.rules.source)
    parts.figures.stage_took("fast-check", time.perf_counter() - started)
    row = NewMaterial(
        id=new_id(),
        client_id=new.client.id,
        kind=new.kind,
        policy=new.rules.name,
        file=form.name,
        sha256=new.digest,
        size_bytes=len(form.file),
        source_format=check.source_format,
        checks=_checks(check),
        request_id=new.request_id,
    )
    answer = receive_material(parts.service, row, form.file, policy=new.rules.policy, call=call)
    parts.figures.uploaded("accepted" if check.accepted else check.findings[0].code)
    return answer


def _checks(check: FastCheck) -> dict[str, Any]:
    rendition = None
    if check.width_px:
        rendition = {
            "width_px": check.width_px,
            "height_px": check.height_px,
            "source_width_px": check.source_width_px,
            "source_height_px": check.source_height_px,
            "photo_will_be_made": check.photo_will_be_made,
        }
    return {"findings": [finding_json(finding) for finding in check.findings], "rendition": rendition}


def _kind(form: Form) -> Kind:
    word = form.fields.get("kind")
    if word is None:
        raise Problem("form-invalid", faults=[Fault("kind", "missing")])
    found = next((kind for kind in KINDS if kind.value == word), None)
    if found is None:
        raise Problem("kind-unknown", faults=[Fault("kind", "unknown")])
    return found


def count_upload(parts: RestParts, client: Client) -> None:
    """Counts an upload against the caller's rate.

    Raises:
        Problem: `rate-limited`.
    """
    wait_s = parts.limits.uploads.take(client.id)
    if wait_s:
        raise Problem("rate-limited", headers={"Retry-After": str(wait_s)})


@router.get("/materials/{material_id}", **documented("getMaterial", MaterialAnswer, summary="查询一份材料"))
async def get_material(request: Request, material_id: IdInPath, client: Uploader) -> Response:
    """状态、快速检查或识别的结论、识别结果。"""
    return told(await threads_of(request).call(_told_material, parts_of(request), material_id, client))


def _told_material(parts: RestParts, material_id: str, client: Client) -> dict[str, Any]:
    with parts.service.database.read() as connection:
        stored = own_material(parts, connection, material_id, client)
    return material_answer(stored, policy=parts.policies.stored(stored.policy))


def own_material(parts: RestParts, connection: Connection, material_id: str, client: Client) -> StoredMaterial:
    """An upload of this caller.

    Raises:
        Problem: `not-found`, also for one of somebody else: nobody learns that it exists.
    """
    stored = material_of(connection, parts.service.sealer, material_id)
    if stored is None or stored.client_id != client.id:
        raise Problem("not-found")
    return stored


@router.get(
    "/materials/{material_id}/rendition",
    **documented("getRendition", None, summary="取归一化图像", answer=_PICTURE),
)
async def get_rendition(
    request: Request,
    material_id: IdInPath,
    client: Viewer,
    picture: Annotated[int, Query(ge=1, le=_MOST_PICTURES, description="第几张；一份材料上有两个证件时有两张。")] = 1,
) -> Response:
    """识别所用、审核人所见的图像（JPEG，不含元数据）。每次查看都记入事件日志。"""
    data = await threads_of(request).call(_looked_at, parts_of(request), material_id, client, picture)
    return Response(data, media_type="image/jpeg", headers=_PICTURE_HEADERS)


def _looked_at(parts: RestParts, material_id: str, client: Client, picture: int) -> bytes:
    service = parts.service
    with service.database.read() as connection:
        stored = own_material(parts, connection, material_id, client)
        if stored.state in (MaterialState.RECEIVED, MaterialState.PROCESSING):
            raise Problem("rendition-not-ready")
        if picture > len(stored.renditions):
            raise Problem("picture-unknown")
        data = service.blobs.read(connection, stored.renditions[picture - 1])
    # Written before the picture leaves: no look without a note.
    with service.database.write() as connection:
        service.note(connection, material_id, "picture-viewed", {"client": client.id, "picture": picture})
    return data
