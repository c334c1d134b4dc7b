"""One case as the rules see it: what was typed, what was read, the policy and the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from ocr.model import Field, Kind, Reading
from verify.entered import Entered
from verify.model import Material, Seen
from verify.policy_model import Policy

# The two sides of one card: either may lie in either slot, or both on one page.
CARD_SIDES = frozenset({Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK})


@dataclass(frozen=True, slots=True)
class Document:
    """One document found in one slot.

    Attributes:
        slot: Where it was uploaded.
        reading: What was read from it.
        entry: Index into `entered.education` that it belongs to, for diplomas and degree certificates; else None.
        spare: A further qualification certificate beside the one that the form describes.
    """

    slot: str
    reading: Reading
    entry: int | None = None
    spare: bool = False

    @property
    def kind(self) -> Kind:
        return self.reading.kind

    @property
    def picture(self) -> int:
        """Which of the pictures made of the upload it was read from."""
        return self.reading.picture

    def field(self, name: str) -> Field | None:
        """The field, or None when it was not seen or not read."""
        found = self.reading.fields.get(name)
        return None if found is None or found.value in (None, "") else found

    def text(self, name: str) -> str | None:
        """The field's value when it is a text."""
        found = self.field(name)
        return found.value if found is not None and isinstance(found.value, str) else None


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything a rule may look at.

    Attributes:
        entered: What was typed.
        materials: All uploads by slot.
        documents: The documents that may be used, in slot order: those that lie where they belong, and what was given
            on the same picture as one that does.
        policy: The rules in force.
        today: The day of the check.
        seen_elsewhere: By slot, uploads of other filings that are or look like this one.
    """

    entered: Entered
    materials: Mapping[str, Material]
    documents: tuple[Document, ...]
    policy: Policy
    today: date
    seen_elsewhere: Mapping[str, tuple[Seen, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def of_kind(self, *kinds: Kind) -> tuple[Document, ...]:
        """All documents of these kinds."""
        return tuple(document for document in self.documents if document.kind in kinds)


def slot_kind(slot: str) -> Kind | None:
    """The kind that a slot asks for: `diploma-2` asks for a diploma; None for an unknown slot."""
    try:
        return Kind(slot.partition("-")[0])
    except ValueError:
        return None


def belongs(reading: Reading, slot: str) -> bool:
    """True when the document may be used from this slot."""
    wanted = slot_kind(slot)
    return reading.kind is wanted or (reading.kind in CARD_SIDES and wanted in CARD_SIDES)
