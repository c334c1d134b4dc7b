"""Which reader serves which kind of document, and what else belongs to that kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from imaging.model import Defect
from ocr.model import Field, Kind
from ocr.page import Page
from ocr.readers import degree, diploma, id_card, qualification, work_certificate


def _ordinary(_: Page) -> str:
    return ""


def _no_doubt(_: Page) -> tuple[Defect, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of document is read.

    Attributes:
        fields: The fields of design.md section 3 from the page's text; a field never seen is absent.
        variant: Which paper of its kind it is; empty for the ordinary one.
        doubts: What speaks against the paper itself, such as a certificate that is no diploma.
        stamped: Seals may lie over text; ID cards carry none, and their emblem must not be searched for one.
        sealed: The seal is evidence: `seal_present` and, where the kind has it, `seal_text` are fields.
        coded: The paper may carry a QR or bar code.
    """

    fields: Callable[[Page], dict[str, Field]]
    variant: Callable[[Page], str] = _ordinary
    doubts: Callable[[Page], tuple[Defect, ...]] = _no_doubt
    stamped: bool = True
    sealed: bool = False
    coded: bool = False


READERS: Mapping[Kind, Reader] = MappingProxyType(
    {
        Kind.ID_CARD_FRONT: Reader(id_card.read_front, stamped=False),
        Kind.ID_CARD_BACK: Reader(id_card.read_back, stamped=False),
        Kind.DIPLOMA: Reader(diploma.read),
        Kind.DEGREE_CERTIFICATE: Reader(degree.read),
        Kind.QUALIFICATION_CERTIFICATE: Reader(qualification.read),
        Kind.WORK_CERTIFICATE: Reader(work_certificate.read, sealed=True),
    }
)
