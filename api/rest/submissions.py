"""Filings: take one in, take a further revision in, tell where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api.rest.body import read_json
from api.rest.calls import answered, canonical, key_of, keyed, threads_of, told
from api.rest.envelope import request_id_of
from api.rest.examples import NEW_FILING, REFILING
from api.rest.materials import IdInPath
from api.rest.openapi import IDEMPOTENCY_KEY, documented, json_body
from api.rest.parts import RestParts, parts_of
from api.rest.problems import Fault, Problem
from api.rest.schemas import NewFiling, Refiling, SubmissionAnswer, first_faults
from api.rest.security import Filer
from intake import receive
from intake.answers import submission_answer
from intake.case_folder import slot_of
from intake.instants import instant
from intake.storage.clients import Client
from intake.storage.idempotency import Answered, KeyedCall
from intake.storage.ids import new_id
from intake.storage.materials import StoredMaterial, materials_of
from intake.storage.submissions import (
    Filing,
    NewSubmission,
    Purpose,
    StoredSubmission,
    SubmissionState,
    revisions_of,
    submission_of,
)
from intake.webhooks.addresses import CallbackCode, check_callback

router = APIRouter(tags=["submissions"])

_Model = TypeVar("_Model", bound=BaseModel)


@router.post(
    "/submissions",
    **documented(
        "createSubmission",
        SubmissionAnswer,
        summary="提交申报",
        status=201,
        extra={**json_body(NewFiling, example=NEW_FILING), "parameters": [IDEMPOTENCY_KEY]},
    ),
)
async def create_submission(request: Request, client: Filer) -> Response:
    """保存填写的内容和所引用的材料；材料都识别完后评分。答复之后申报不会丢失。"""
    key_of(request)
    body = await read_json(request)
    asked = _checked(NewFiling, body)
    call = keyed(request, client, [canonical(body)])
    request_id = request_id_of(request.scope)
    return answered(await threads_of(request).call(_file, parts_of(request), client, asked, call, request_id))


def _file(parts: RestParts, client: Client, asked: NewFiling, call: KeyedCall | None, request_id: str) -> Answered:
    known = receive.known_answer(parts.service, call)
    if known is not None:
        return known
    policy = parts.policies.named(asked.policy).name
    if asked.callback is not None:
        _check_callback(parts, client, asked.callback)
    new = NewSubmission(
        id=new_id(),
        client_id=client.id,
        purpose=Purpose(asked.purpose),
        region=_region(client, asked.region or client.region),
        policy=policy,
        callback=asked.callback,
        request_id=request_id,
    )
    return receive.receive_submission(parts.service, new, _filing(parts, client, asked), call=call)


@router.put(
    "/submissions/{submission_id}",
    **documented(
        "reviseSubmission",
        SubmissionAnswer,
        summary="重新申报",
        extra={**json_body(Refiling, example=REFILING), "parameters": [IDEMPOTENCY_KEY]},
    ),
)
async def revise_submission(request: Request, submission_id: IdInPath, client: Filer) -> Response:
    """审核失败或需要更正时提交新的一次；上一次若还在处理，其结果不再采用。审核通过后不能再改。"""
    key_of(request)
    body = await read_json(request)
    asked = _checked(Refiling, body)
    call = keyed(request, client, [canonical(body)])
    request_id = request_id_of(request.scope)
    work = threads_of(request).call(_refile, parts_of(request), client, submission_id, asked, call, request_id)
    return answered(await work)


def _refile(
    parts: RestParts, client: Client, submission_id: str, asked: Refiling, call: KeyedCall | None, request_id: str
) -> Answered:
    known = receive.known_answer(parts.service, call)
    if known is not None:
        return known
    with parts.service.database.read() as connection:
        stored = own_submission(parts, connection, submission_id, client)
    if stored.state is SubmissionState.APPROVED:
        raise Problem("submission-closed")
    new = receive.Refiling(
        submission_id=submission_id,
        client_id=client.id,
        region=_region(client, asked.region or stored.region),
        policy=stored.policy if asked.policy is None else parts.policies.named(asked.policy).name,
        request_id=request_id,
    )
    return receive.receive_revision(parts.service, new, _filing(parts, client, asked), call=call)


@router.get("/submissions/{submission_id}", **documented("getSubmission", SubmissionAnswer, summary="查询申报"))
async def get_submission(request: Request, submission_id: IdInPath, client: Filer) -> Response:
    """状态、最新一次的核验结论和评分，以及每一次的状态和评分。"""
    return told(await threads_of(request).call(_told_submission, parts_of(request), submission_id, client))


def _told_submission(parts: RestParts, submission_id: str, client: Client) -> dict[str, Any]:
    with parts.service.database.read() as connection:
        stored = own_submission(parts, connection, submission_id, client)
        revisions = revisions_of(connection, submission_id)
    told_revisions = [
        {
            "number": row.number,
            "state": row.state,
            "score": row.score,
            "band": row.band,
            "created_at": instant(row.created_ms),
            "scored_at": None if row.finished_ms is None else instant(row.finished_ms),
        }
        for row in revisions
    ]
    return {**submission_answer(stored), "revisions": told_revisions}


def own_submission(parts: RestParts, connection: Connection, submission_id: str, client: Client) -> StoredSubmission:
    """A submission of this caller.

    Raises:
        Problem: `not-found`, also for one of somebody else: nobody learns that it exists.
    """
    stored = submission_of(connection, parts.service.sealer, submission_id)
    if stored is None or stored.client_id != client.id:
        raise Problem("not-found")
    return stored


def _checked(model: type[_Model], body: Mapping[str, Any]) -> _Model:
    try:
        return model.model_validate(body)
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_context=False, include_input=False)
        places = [Fault(at, kind) for at, kind in first_faults(errors)]
    raise Problem("body-invalid", faults=places)


def _filing(parts: RestParts, client: Client, asked: Refiling) -> Filing:
    slots = asked.materials
    wanted = list(slots.values()) if isinstance(slots, dict) else slots
    with parts.service.database.read() as connection:
        known = materials_of(connection, parts.service.sealer, wanted)
    for position, material_id in enumerate(wanted):
        if material_id not in known or known[material_id].client_id != client.id:
            raise Problem("material-unknown", faults=[Fault(f"materials.{_place(slots, position)}", "unknown")])
    if isinstance(slots, dict):
        _check_kinds(slots, known)
    else:
        slots = slots_by_kind(slots, known)
    return Filing(asked.entered, slots, receive.person_index(parts.service, asked.entered))


def _place(slots: Mapping[str, str] | Sequence[str], position: int) -> str:
    """The slot, which is one of our words by now, or the place in the list."""
    return list(slots)[position] if isinstance(slots, Mapping) else str(position)


def _check_kinds(slots: Mapping[str, str], known: Mapping[str, StoredMaterial]) -> None:
    for slot, material_id in slots.items():
        named = slot_of(slot)
        if named is None or named[1] is not known[material_id].kind:
            raise Problem("slot-kind-differs", faults=[Fault(f"materials.{slot}", "kind-differs")])


def slots_by_kind(ids: Sequence[str], known: Mapping[str, StoredMaterial]) -> dict[str, str]:
    """Gives each upload the slot of its kind, in order: `diploma`, `diploma-2`, `diploma-3` …"""
    slots: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for material_id in ids:
        kind = known[material_id].kind.value
        seen[kind] += 1
        slots[kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"] = material_id
    return slots


def _region(client: Client, region: str) -> str:
    if not is_below(region, client.region):
        raise Problem("region-not-allowed", faults=[Fault("region", "not-allowed")])
    return region


def is_below(region: str, upper: str) -> bool:
    """Whether a region is another one or lies below it: codes have two digits a level, zeros at the end mean all."""
    levels = upper
    while levels.endswith("00"):
        levels = levels[:-2]
    return region.startswith(levels)


def _check_callback(parts: RestParts, client: Client, callback: str) -> None:
    refused = check_callback(callback, client.callback_hosts, private=parts.webhook_private)
    if refused is None:
        return
    # The other two texts repeat the host, and a name can be anything.
    detail = refused.text if refused.code in (CallbackCode.MALFORMED, CallbackCode.SCHEME) else None
    raise Problem(refused.code.value, detail=detail, faults=[Fault("callback", "refused")])
