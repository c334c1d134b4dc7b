"""Which reader serves which kind of document, and what else belongs to that kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from imaging.model import Defect
from ocr.model import Field, Kind, Reading
from ocr.page import Page
from ocr.readers import (
    degree,
    diploma,
    enrolment_proof,
    household_register,
    id_card_variants,
    information_form,
    qualification,
    residence_permit,
    student_card,
    unit_certificate,
    work_certificate,
)


def _ordinary(_: Page) -> str:
    return ""


def _no_doubt(_: Page) -> tuple[Defect, ...]:
    return ()


def _everything(reading: Reading) -> Reading:
    return reading


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of document is read.

    Attributes:
        fields: The fields of design.md section 3 from the page's text; a field never seen is absent.
        variant: Which paper of its kind it is; empty for the ordinary one.
        doubts: What speaks against the paper itself, such as a certificate that is no diploma.
        stamped: Seals may lie over text; ID cards carry none, and their emblem must not be searched for one.
        sealed: The seal is evidence: `seal_present` and, where the kind has it, `seal_text` are fields.
        seal_unseen: Only `seal_present` is a field, and so certain is "none" when none is found, 0..1; None for kinds
            without that field.
        signed: The person signs the paper: `signature_present` is a field.
        closing_date: The date field that closes such a paper, often under its seal; empty for none.
        coded: The paper may carry a QR or bar code.
        kept: What of the finished reading may leave this stage, where the law allows only a part.
    """

    fields: Callable[[Page], dict[str, Field]]
    variant: Callable[[Page], str] = _ordinary
    doubts: Callable[[Page], tuple[Defect, ...]] = _no_doubt
    stamped: bool = True
    sealed: bool = False
    seal_unseen: float | None = None
    signed: bool = False
    closing_date: str = ""
    coded: bool = False
    kept: Callable[[Reading], Reading] = _everything

    @property
    def reads_seals(self) -> bool:
        """True when seals are not only looked through but read."""
        return self.sealed or (self.seal_unseen is not None and self.kept is _everything)


READERS: Mapping[Kind, Reader] = MappingProxyType(
    {
        Kind.ID_CARD_FRONT: Reader(id_card_variants.read_front, variant=id_card_variants.variant, stamped=False),
        Kind.ID_CARD_BACK: Reader(id_card_variants.read_back, variant=id_card_variants.variant, stamped=False),
        Kind.RESIDENCE_PERMIT: Reader(residence_permit.read, variant=residence_permit.variant),
        Kind.HOUSEHOLD_REGISTER: Reader(
            household_register.read,
            variant=household_register.variant,
            seal_unseen=0.9,
            kept=household_register.minimise,
        ),
        Kind.DIPLOMA: Reader(diploma.read, variant=diploma.variant, doubts=diploma.doubts, coded=True),
        Kind.DEGREE_CERTIFICATE: Reader(degree.read, coded=True),
        Kind.QUALIFICATION_CERTIFICATE: Reader(
            qualification.read, variant=qualification.variant, doubts=qualification.doubts, coded=True
        ),
        Kind.WORK_CERTIFICATE: Reader(
            work_certificate.read,
            variant=work_certificate.variant,
            doubts=work_certificate.doubts,
            sealed=True,
            closing_date="issued_on",
        ),
        Kind.STUDENT_CARD: Reader(student_card.read, seal_unseen=0.6),
        Kind.ENROLMENT_PROOF: Reader(
            enrolment_proof.read, variant=enrolment_proof.variant, seal_unseen=0.9, coded=True
        ),
        Kind.UNIT_CERTIFICATE: Reader(unit_certificate.read, variant=unit_certificate.variant, coded=True),
        Kind.INFORMATION_FORM: Reader(information_form.read, sealed=True, signed=True),
    }
)
