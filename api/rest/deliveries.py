"""Messages to the caller's own server: what was sent, what came of it, and sending one again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.rest.calls import threads_of, told
from api.rest.envelope import request_id_of
from api.rest.materials import IdInPath
from api.rest.openapi import documented
from api.rest.parts import RestParts, parts_of
from api.rest.problems import Problem
from api.rest.schemas import DeliveryAnswer, DeliveryList
from api.rest.security import Recipient
from intake.instants import instant
from intake.storage.clients import Client
from intake.storage.deliveries import Delivery, DeliveryState, deliveries_of, delivery_of, resend
from intake.storage.ids import ID_PATTERN

router = APIRouter(tags=["deliveries"])

_SubmissionId = Annotated[
    str | None, Query(pattern=rf"^{ID_PATTERN}$", description="只列出这次申报的；不填则列出最近的。")
]
_State = Annotated[DeliveryState | None, Query(description="只列出处于这一状态的。")]


_LINKS: dict[str, Any] = {
    "links": {
        "resend": {
            "operationId": "resendDelivery",
            "parameters": {"delivery_id": "$response.body#/deliveries/0/id"},
            "description": "重发其中一条。",
        }
    }
}


@router.get("/deliveries", **documented("listDeliveries", DeliveryList, summary="查询回调消息", answer=_LINKS))
async def list_deliveries(
    request: Request, client: Recipient, submission: _SubmissionId = None, state: _State = None
) -> Response:
    """新的在前，最多 200 条；不含消息内容和回调地址。"""
    return told(await threads_of(request).call(_listed, parts_of(request), client, submission, state))


def _listed(parts: RestParts, client: Client, submission: str | None, state: DeliveryState | None) -> dict[str, Any]:
    with parts.service.database.read() as connection:
        found = deliveries_of(connection, client_id=client.id, submission_id=submission, state=state)
    return {"deliveries": [delivery_answer(one) for one in found]}


@router.post(
    "/deliveries/{delivery_id}/resend", **documented("resendDelivery", DeliveryAnswer, summary="重新发送回调消息")
)
async def resend_delivery(request: Request, delivery_id: IdInPath, client: Recipient) -> Response:
    """已送达的也可以；编号和内容不变，接收方凭 Intake-Event-Id 识别重复。"""
    request_id = request_id_of(request.scope)
    return told(await threads_of(request).call(_resent, parts_of(request), client, delivery_id, request_id))


def _resent(parts: RestParts, client: Client, delivery_id: str, request_id: str) -> dict[str, Any]:
    service = parts.service
    with service.database.write() as connection:
        known = delivery_of(connection, delivery_id)
        if known is None or known.client_id != client.id:
            raise Problem("not-found")
        ready = resend(connection, delivery_id, request_id=request_id) or []
        data = {"client": client.id, "delivery": delivery_id}
        service.note(connection, known.submission_id, "webhook-resent", data)
        changed = delivery_of(connection, delivery_id)
    service.ring(ready)
    return delivery_answer(changed or known)


def delivery_answer(found: Delivery) -> dict[str, Any]:
    """A message without its content, ready for JSON."""
    waits = found.state is DeliveryState.WAITING
    return {
        "id": found.id,
        "submission_id": found.submission_id,
        "revision": found.number,
        "event": found.event.value,
        "sequence": found.sequence,
        "state": found.state.value,
        "attempts": found.attempts,
        "next_at": instant(found.next_ms) if waits else None,
        "last_status": found.last_status,
        "last_error": found.last_error,
        "created_at": instant(found.created_ms),
        "delivered_at": None if found.delivered_ms is None else instant(found.delivered_ms),
    }
