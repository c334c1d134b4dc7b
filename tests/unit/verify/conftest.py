"""One fictional person with honest papers, and the means to change one thing about them."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from imaging.geometry import Quad
from imaging.model import Defect
from ocr.model import Field, Kind, Reading
from verify.entered import parse_entered
from verify.model import Finding, Material, Seen, Verdict
from verify.policy import load_policy
from verify.policy_model import Policy
from verify.verify import verify_case

TODAY = date(2026, 11, 21)
BOX = Quad.from_rect(0.1, 0.1, 0.3, 0.2)
# Made with fixtures.numbers, whose arithmetic is not the one under test.
ID_NUMBER = "533103199007151226"
USCC = "91533103MAURQ2839N"

ENTERED: dict[str, Any] = {
    "person": {
        "name": "岩温香",
        "id_type": "resident_id_card",
        "id_number": ID_NUMBER,
        "gender": "女",
        "ethnicity": "傣",
        "birth_date": "1990-07-15",
        "address": "云南省芒市勐焕路12号",
        "id_valid_from": "2020-02-15",
        "id_valid_until": "2040-02-15",
        "phone": "17000000000",
    },
    "work": {
        "on_duty": True,
        "employer": "芒市金色商贸有限公司",
        "uscc": USCC,
        "duties": ["出纳", "稽核"],
        "finance_bureau": "芒市",
        "region": "533103",
        "started_on": "2015-01-01",
    },
    "education": [
        {
            "study_mode": "full_time",
            "level": "本科",
            "school": "云南财经大学",
            "major": "会计学",
            "graduated_on": "2012-07-01",
            "certificate_number": "106891201205001234",
            "degree": "管理学学士",
            "degree_number": "1068942012001234",
        }
    ],
    "qualification": {"level": "初级", "certificate_number": "2015053000001", "approved_on": "2015-10-20"},
}

READ: dict[str, dict[str, Any]] = {
    "id_card_front": {
        "name": "岩温香",
        "gender": "女",
        "ethnicity": "傣",
        "birth_date": "1990-07-15",
        "address": "云南省芒市勐焕路12号",
        "id_number": ID_NUMBER,
    },
    "id_card_back": {"issuing_authority": "芒市公安局", "valid_from": "2020-02-15", "valid_until": "2040-02-15"},
    "work_certificate": {
        "name": "岩温香",
        "id_number": ID_NUMBER,
        "duties": ("出纳", "稽核"),
        "uscc": USCC,
        "finance_bureau": "芒",
        "issued_on": "2026-10-01",
        "seal_present": True,
        "seal_text": "芒市金色商贸有限公司",
    },
    "diploma": {
        "name": "岩温香",
        "gender": "女",
        "birth_date": "1990-07-15",
        "school": "云南财经大学",
        "major": "会计学",
        "level": "本科",
        "study_mode": "full_time",
        "enrolled_on": "2008-09",
        "graduated_on": "2012-07",
        "certificate_number": "106891201205001234",
    },
    "degree_certificate": {
        "name": "岩温香",
        "gender": "女",
        "birth_date": "1990-07-15",
        "school": "云南财经大学",
        "major": "会计学",
        "degree": "管理学学士",
        "awarded_on": "2012-07-01",
        "certificate_number": "1068942012001234",
    },
    "qualification_certificate": {
        "name": "岩温香",
        "id_number": ID_NUMBER,
        "gender": "女",
        "birth_date": "1990-07",
        "level": "初级",
        "approved_on": "2015-10-20",
        "certificate_number": "2015053000001",
    },
}


@dataclass
class Papers:
    """A submission in the making; every change is one call."""

    entered: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(ENTERED))
    read: dict[str, dict[str, Any]] = field(default_factory=lambda: copy.deepcopy(READ))
    kinds: dict[str, Kind] = field(default_factory=dict)
    kind_confidences: dict[str, float] = field(default_factory=dict)
    defects: dict[str, tuple[Defect, ...]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    seen: dict[str, tuple[Seen, ...]] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    today: date = TODAY

    def type(self, path: str, value: Any) -> Papers:
        """Types another value into the form."""
        *parents, last = path.split(".")
        place: Any = self.entered
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place[part]
        place[last] = value
        return self

    def print(self, slot: str, name: str, value: Any, confidence: float = 0.99, **more: Any) -> Papers:
        """Prints another value on a paper."""
        self.read.setdefault(slot, {})[name] = Field(value, confidence, BOX, str(value), **more)
        return self

    def unread(self, slot: str, *names: str) -> Papers:
        """Leaves fields unread."""
        for name in names:
            del self.read[slot][name]
        return self

    def materials(self) -> dict[str, Material]:
        """All uploads, the photo among them."""
        slots = [slot for slot in ("photo", *self.read) if slot not in self.without]
        return {slot: self._material(slot) for slot in slots}

    def _material(self, slot: str) -> Material:
        readings: tuple[Reading, ...] = ()
        if slot in self.read:
            kind = self.kinds[slot] if slot in self.kinds else Kind(slot.partition("-")[0])
            fields = {
                name: value if isinstance(value, Field) else Field(value, 0.99, BOX, str(value))
                for name, value in self.read[slot].items()
            }
            variant = self.variants.get(slot, "")
            readings = (Reading(kind, self.kind_confidences.get(slot, 0.95), fields, variant=variant),)
        return Material(
            slot=slot,
            file=f"{slot}.jpg",
            size_bytes=self.sizes.get(slot, 10_000),
            source_format=self.formats.get(slot, "JPEG"),
            sha256=self.digests.get(slot, slot),
            readings=readings,
            defects=self.defects.get(slot, ()),
            fingerprint=self.fingerprints.get(slot),
        )

    def verdict(self, policy: Policy | None = None) -> Verdict:
        """Runs all rules."""
        entered, findings = parse_entered(self.entered)
        policy = policy or load_policy("yunnan-2023")
        return verify_case(entered, findings, self.materials(), policy, today=self.today, seen_elsewhere=self.seen)

    def codes(self, policy: Policy | None = None) -> dict[str, Finding]:
        """Findings by code; the worst of each."""
        return by_code(self.verdict(policy).findings)


def by_code(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The first (worst) finding of each code."""
    found: dict[str, Finding] = {}
    for item in findings:
        found.setdefault(item.code, item)
    return found


@pytest.fixture
def papers() -> Papers:
    """Honest papers of one fictional person."""
    return Papers()
