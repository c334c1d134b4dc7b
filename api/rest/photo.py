"""The photo tool, answered at once: check a finished photo, or make a compliant one. Nothing is stored."""

from __future__ import annotations

import base64
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.rest.calls import threads_of, told
from api.rest.examples import FORMS
from api.rest.materials import count_upload
from api.rest.openapi import documented, form_body, policy_schema
from api.rest.parts import parts_of
from api.rest.problems import Fault, Problem
from api.rest.schemas import PhotoAnswer
from api.rest.security import Uploader
from api.rest.upload import Form, read_form
from intake.checked import PhotoServiceAnswer
from intake.record import finding_json

router = APIRouter(tags=["photo"])

# The same bounds as `intake photo fix --max-kb`.
_MIN_KB, _MAX_KB = 5, 2000
_YES_NO = {"true": True, "false": False}
_MAX_KB_SCHEMA = {
    "type": "integer",
    "minimum": _MIN_KB,
    "maximum": _MAX_KB,
    "description": "文件上限，1 KB 按 1000 字节；不填按采集规则。",
}
_KEEP_SCHEMA = {"type": "string", "enum": list(_YES_NO), "description": "true：不替换背景。"}


@router.post(
    "/photo/check",
    **documented(
        "checkPhoto",
        PhotoAnswer,
        summary="检查照片是否符合要求",
        extra=form_body({"policy": policy_schema()}, required=[], example=FORMS["checkPhoto"]),
    ),
)
async def check_photo(request: Request, client: Uploader) -> Response:
    """不符合之处在 findings 里；accepted 为 false 表示须换一张或改用 /photo/fix。不保存照片。"""
    parts = parts_of(request)
    count_upload(parts, client)
    with parts.room.guest() as guest:
        form = await read_form(request, guest, max_bytes=parts.limits.upload_max_bytes, others=("policy",))
        policy = parts.policies.named(form.fields.get("policy")).source
        answer = await threads_of(request).upload(parts.checks.check_photo, form.file, policy=policy)
    return told(_said(answer))


@router.post(
    "/photo/fix",
    **documented(
        "fixPhoto",
        PhotoAnswer,
        summary="制作符合要求的一寸照片",
        extra=form_body(
            {"policy": policy_schema(), "max_kb": _MAX_KB_SCHEMA, "keep_background": _KEEP_SCHEMA},
            required=[],
            example=FORMS["fixPhoto"],
        ),
    ),
)
async def fix_photo(request: Request, client: Uploader) -> Response:
    """做成的 JPEG 以 Base64 放在 photo 里；不能制作时 photo 为空，原因在 findings 里。不保存照片。"""
    parts = parts_of(request)
    count_upload(parts, client)
    with parts.room.guest() as guest:
        others = ("policy", "max_kb", "keep_background")
        form = await read_form(request, guest, max_bytes=parts.limits.upload_max_bytes, others=others)
        policy = parts.policies.named(form.fields.get("policy")).source
        max_kb, keep = _max_kb(form), _keeps(form)
        answer = await threads_of(request).upload(
            parts.checks.fix_photo, form.file, policy=policy, max_kb=max_kb, keep_background=keep
        )
    return told({**_said(answer), **_made(answer)})


def _max_kb(form: Form) -> int | None:
    text = form.fields.get("max_kb")
    if text is None:
        return None
    plain = text.isascii() and text.isdigit() and len(text) <= len(str(_MAX_KB))
    if not plain or not _MIN_KB <= int(text) <= _MAX_KB:
        raise Problem(
            "form-invalid",
            detail=f"max_kb 须为 {_MIN_KB} 至 {_MAX_KB} 的整数。",
            faults=[Fault("max_kb", "out-of-range")],
        )
    return int(text)


def _keeps(form: Form) -> bool:
    text = form.fields.get("keep_background", "false")
    if text not in _YES_NO:
        raise Problem(
            "form-invalid", detail="keep_background 须为 true 或 false。", faults=[Fault("keep_background", "unknown")]
        )
    return _YES_NO[text]


def _said(answer: PhotoServiceAnswer) -> dict[str, Any]:
    return {
        "accepted": answer.accepted,
        "findings": [finding_json(finding) for finding in answer.findings],
        "measures": dict(answer.measures),
    }


def _made(answer: PhotoServiceAnswer) -> dict[str, Any]:
    data = answer.data
    if data is None:
        return {"photo": None}
    return {
        "photo": base64.b64encode(data).decode("ascii"),
        "media_type": "image/jpeg",
        "size_bytes": len(data),
        "width_px": answer.width_px,
        "height_px": answer.height_px,
        "background_replaced": answer.background_replaced,
        "turned_deg": answer.turned_deg,
    }
