"""What the service tells its callers about a material and a submission, ready for JSON (design.md section 5)."""

from __future__ import annotations

from typing import Any

from intake.instants import instant
from intake.record import finding_json, material_json
from intake.rules import word_defects
from intake.storage.materials import StoredMaterial
from intake.storage.submissions import STATUS, StoredSubmission
from intake.stored_material import material_of
from verify.policy_model import Policy


def material_answer(stored: StoredMaterial, *, policy: Policy, duplicates: list[str] | None = None) -> dict[str, Any]:
    """One upload: where it stands, what the fast checks said, and what was read once it was.

    Args:
        stored: The upload.
        policy: Words findings of the reading.
        duplicates: Ids of the caller's earlier uploads with the same bytes; None leaves them out.
    """
    answer: dict[str, Any] = {
        "id": stored.id,
        "kind": stored.kind.value,
        "state": stored.state.value,
        "file": stored.file,
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "source_format": stored.source_format,
        "created_at": instant(stored.created_ms),
        "updated_at": instant(stored.updated_ms),
        **stored.checks,
    }
    if duplicates is not None:
        answer["duplicates"] = duplicates
    answer["reading"] = None
    if stored.reading is not None:
        material = material_of(stored.reading)
        defects = (*material.defects, *(defect for one in material.readings for defect in one.defects))
        found = word_defects(defects, slot=stored.kind.value, file=stored.file, policy=policy)
        answer["reading"] = {**material_json(material), "pictures": len(stored.renditions)}
        answer["findings"] = [finding_json(one) for one in found]
    return answer


def submission_answer(stored: StoredSubmission) -> dict[str, Any]:
    """One submission: status for the applicant, state, and the verdict of its newest revision once there is one."""
    verdict = stored.verdict or {}
    return {
        "id": stored.id,
        "revision": stored.revision,
        "purpose": stored.purpose.value,
        "region": stored.region,
        "policy": stored.policy,
        "status": STATUS[stored.state],
        "state": stored.state.value,
        "score": stored.score,
        "band": stored.band,
        "findings": list(verdict.get("findings", [])),
        "materials": {
            slot: {"id": one, **verdict.get("materials", {}).get(slot, {})} for slot, one in stored.materials.items()
        },
        "decision": None,
        "created_at": instant(stored.created_ms),
        "updated_at": instant(stored.updated_ms),
        "revision_created_at": instant(stored.revision_created_ms),
        "scored_at": None if stored.finished_ms is None else instant(stored.finished_ms),
    }
