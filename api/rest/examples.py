"""Examples for the OpenAPI document. The person does not exist; the numbers have valid check digits and were drawn by
the project's own generator (fixtures/accept/case-000060, seed 60).
"""

from __future__ import annotations

from typing import Any

REQUEST_ID = "5f3c1e0a9b7d4f6282c4a1e0d9b8c7f6e5d4c3b2"
_MATERIAL = "1c0f5e9a7b3d48f6a2e1c9d8b7a6f5e4d3c2b1a0"
_OTHER_MATERIAL = "2d1e6fab8c4e59a7b3f2dae9c8b7a6f5e4d3c2b1"
_SUBMISSION = "8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b"
_DELIVERY = "9f8e7d6c5b4a39281706f5e4d3c2b1a0f9e8d7c6"
_DIGEST = "c2f1b4d7a8e90c3f5b6d7e8f9a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3"
_EARLY, _LATE = "2026-11-27T08:00:00.120Z", "2026-11-27T08:00:04.870Z"

ENTERED: dict[str, Any] = {
    "person": {
        "name": "刘仁祎",
        "id_type": "resident_id_card",
        "id_number": "530111198210097758",
        "gender": "男",
        "ethnicity": "汉",
        "birth_date": "1982-10-09",
        "address": "云南省昆明市官渡区珠宝路177号",
        "id_valid_from": "2023-11-16",
        "id_valid_until": "2043-11-16",
        "phone": "17012257360",
    },
    "work": {
        "on_duty": True,
        "employer": "大理市嘉业种植农民专业合作社",
        "uscc": "9353290138356745XR",
        "duties": ["稽核", "会计机构内会计档案管理"],
        "finance_bureau": "大理市",
        "region": "532901",
        "started_on": "2004-11-30",
    },
}
NEW_FILING: dict[str, Any] = {
    "purpose": "registration",
    "policy": "yunnan-2023",
    "region": "532901",
    "entered": ENTERED,
    "materials": {"id_card_front": _MATERIAL, "work_certificate": _OTHER_MATERIAL},
    "callback": "https://collect.example.gov.cn/hooks/intake",
}
REFILING: dict[str, Any] = {"entered": ENTERED, "materials": [_MATERIAL, _OTHER_MATERIAL]}

_FINDING: dict[str, Any] = {
    "code": "value-different",
    "level": "mismatch",
    "field": "person.address",
    "material": "id_card_front",
    "entered": "云南省昆明市官渡区珠宝路177号",
    "read": "云南省昆明市官渡区珠宝路117号",
    "match": "different",
    "confidence": 0.97,
    "box": [[0.19, 0.58], [0.62, 0.58], [0.62, 0.71], [0.19, 0.71]],
    "message": "填写的住址与身份证不一致；请核对后改正。",
    "short": "住址不一致",
    "points_lost": 12.0,
}
_MATERIAL_ANSWER: dict[str, Any] = {
    "id": _MATERIAL,
    "kind": "id_card_front",
    "state": "received",
    "file": "id_card_front.jpg",
    "sha256": _DIGEST,
    "size_bytes": 45250,
    "source_format": "JPEG",
    "created_at": _EARLY,
    "updated_at": _EARLY,
    "findings": [],
    "rendition": {
        "width_px": 1012,
        "height_px": 638,
        "source_width_px": 1012,
        "source_height_px": 638,
        "photo_will_be_made": False,
    },
    "reading": None,
}
_READ_MATERIAL: dict[str, Any] = {
    **_MATERIAL_ANSWER,
    "state": "read",
    "updated_at": _LATE,
    "reading": {
        "file": "id_card_front.jpg",
        "kind": "id_card_front",
        "kind_confidence": 0.99,
        "fields": {
            "name": {
                "value": "刘仁祎",
                "confidence": 0.98,
                "box": [[0.18, 0.09], [0.37, 0.09], [0.37, 0.19], [0.18, 0.19]],
                "raw": "刘仁祎",
                "repaired": False,
                "coverage": "complete",
            }
        },
        "pictures": 1,
    },
}
_SUBMISSION_ANSWER: dict[str, Any] = {
    "id": _SUBMISSION,
    "revision": 1,
    "purpose": "registration",
    "region": "532901",
    "policy": "yunnan-2023",
    "status": "审核中",
    "state": "received",
    "score": None,
    "band": None,
    "findings": [],
    "materials": {"id_card_front": {"id": _MATERIAL}, "work_certificate": {"id": _OTHER_MATERIAL}},
    "decision": None,
    "created_at": _EARLY,
    "updated_at": _EARLY,
    "revision_created_at": _EARLY,
    "scored_at": None,
}
_SCORED: dict[str, Any] = {
    **_SUBMISSION_ANSWER,
    "state": "in_review",
    "score": 88,
    "band": "needs_review",
    "findings": [_FINDING],
    "updated_at": _LATE,
    "scored_at": _LATE,
    "revisions": [
        {
            "number": 1,
            "state": "in_review",
            "score": 88,
            "band": "needs_review",
            "created_at": _EARLY,
            "scored_at": _LATE,
        }
    ],
}
_DELIVERY_ANSWER: dict[str, Any] = {
    "id": _DELIVERY,
    "submission_id": _SUBMISSION,
    "revision": 1,
    "event": "submission.scored",
    "sequence": 1,
    "state": "delivered",
    "attempts": 1,
    "next_at": None,
    "last_status": 200,
    "last_error": None,
    "created_at": _LATE,
    "delivered_at": _LATE,
}
_PHOTO_CHECK: dict[str, Any] = {
    "accepted": True,
    "findings": [],
    "measures": {"width_px": 295.0, "height_px": 413.0, "head_height_share": 0.68},
}
# A JPEG's first bytes; a real one has up to 20 KB.
_JPEG_START = "/9j/4AAQSkZJRgABAQEBLAEsAAD="

EVENTS = (
    f'id: 41\nevent: submission-received\ndata: {{"at":"{_EARLY}","revision":1,"purpose":"registration"}}\n\n'
    f'id: 44\nevent: submission-scored\ndata: {{"at":"{_LATE}","revision":1,"score":88,"band":"needs_review"}}\n\n'
)
FORMS: dict[str, dict[str, Any]] = {
    "createMaterial": {"file": "（文件内容）", "kind": "id_card_front"},
    "checkPhoto": {"file": "（文件内容）"},
    "fixPhoto": {"file": "（文件内容）", "max_kb": "20"},
}
ANSWERS: dict[str, dict[str, Any]] = {
    "createMaterial": {**_MATERIAL_ANSWER, "duplicates": []},
    "getMaterial": _READ_MATERIAL,
    "createSubmission": _SUBMISSION_ANSWER,
    "reviseSubmission": {**_SUBMISSION_ANSWER, "revision": 2},
    "getSubmission": _SCORED,
    "checkPhoto": _PHOTO_CHECK,
    "fixPhoto": {
        **_PHOTO_CHECK,
        "photo": _JPEG_START,
        "media_type": "image/jpeg",
        "size_bytes": 18422,
        "width_px": 295,
        "height_px": 413,
        "background_replaced": True,
        "turned_deg": 0,
    },
    "listDeliveries": {"deliveries": [_DELIVERY_ANSWER]},
    "resendDelivery": {
        **_DELIVERY_ANSWER,
        "state": "waiting",
        "attempts": 0,
        "next_at": _LATE,
        "delivered_at": None,
    },
    "listPolicies": {
        "policies": [
            {
                "name": "yunnan-2023",
                "title": "云南省会计人员信息采集（2023）",
                "effective_from": "2023-01-01",
                "effective_to": None,
            }
        ]
    },
    "live": {"status": "ok", "parts": []},
    "ready": {"status": "ok", "parts": [{"name": "database", "ok": True, "code": None}]},
}
