"""Closed sets of option values, kept apart so that `intake --help` loads no image library."""

from __future__ import annotations

from enum import StrEnum


class KindChoice(StrEnum):
    """The material kinds that a person may name; the values are those of `ocr.model.Kind` (a test compares)."""

    PHOTO = "photo"
    ID_CARD_FRONT = "id_card_front"
    ID_CARD_BACK = "id_card_back"
    WORK_CERTIFICATE = "work_certificate"
    DIPLOMA = "diploma"
    DEGREE_CERTIFICATE = "degree_certificate"
    QUALIFICATION_CERTIFICATE = "qualification_certificate"
    RESIDENCE_PERMIT = "residence_permit"
    HOUSEHOLD_REGISTER = "household_register"
    STUDENT_CARD = "student_card"
    ENROLMENT_PROOF = "enrolment_proof"
    UNIT_CERTIFICATE = "unit_certificate"
    INFORMATION_FORM = "information_form"
