"""What a policy holds: one jurisdiction's dated rules as frozen values.

Rules get the value as an argument and never ask which province it is. `verify.policy` builds it from the packs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from imaging.scanned import DEFAULT_FORMATS
from ocr.model import Kind
from verify.model import Level

# Situations that a field may be due in; `verify/rules/within_form.py` decides which ones hold.
FIELD_SITUATIONS = ("always", "on_duty", "off_duty", "per_education", "qualified")
# The words of `verify.filing.circumstances.Category`, which cannot be imported here (it stands on the form, the form on
# wording, wording on policies); a test holds the two lists together.
CATEGORIES = (
    "working_qualified",
    "working_unqualified",
    "not_working_qualified",
    "student_qualified",
    "student_unqualified",
    "exam_candidate",
    "other",
)
# Situations that a material may be due in: of the form, or who the person is.
SITUATIONS = ("always", "on_duty", "off_duty", "per_education", "per_degree", "qualified", *CATEGORIES)
# What decides about the office (R6-R9): the division of the unit by its level (州级 unit to 州本级, county unit to its
# county), the division of the unit alone, household or residence as the applicant chose, the place of the school.
TERRITORY_BY = ("unit_level", "unit_region", "household_or_residence", "school_region")
# What a deadline runs from.
EVENTS = ("started_work", "changed")
# What becomes of persons whom a clean-up meets (R33 清理, R34 删除).
CLEAN_UP_ACTIONS = ("clean_up", "delete")
# What 证件号被占用 asks for (R17: Yunnan and Liaoning differ).
OCCUPIED_THEN = ("log_in", "contact_office")
# Seals that a work certificate can be asked for: the unit's formal one (domain.md 1.2 and 3.7).
SEALS = ("unit",)
# Parts of the published notice that a note may stand in; see `api.policy_notice`.
NOTE_SECTIONS = ("collected", "materials", "files", "fields", "territory", "deadlines", "clean_up", "contact")
# A submission without findings.
FULL_SCORE = 100
BACKGROUNDS = ("white", "blue", "red", "any")
# Backgrounds that the photo check can tell (imaging.photo.standards).
TOLD_BACKGROUNDS = ("white", "blue", "red")
# How a title marks a document that nobody has held against the original (tag W of domain.md): hints, never a reason.
UNVERIFIED_MARK = "（未核实）"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from.

    Attributes:
        title: The document's title.
        clause: The clause in it; empty for the whole document.
        effective_from: First day of the value, where it differs from the pack's own; None otherwise.
        effective_to: Last day likewise; None too when no end was published.
    """

    title: str
    clause: str = ""
    effective_from: date | None = None
    effective_to: date | None = None

    def cite(self) -> str:
        """As it is printed behind a message: title and clause."""
        return f"{self.title}{f'第{self.clause}项' if self.clause else ''}"

    @property
    def verified(self) -> bool:
        """False for a document that nobody has held against the original."""
        return UNVERIFIED_MARK not in self.title


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Limits of an uploaded file.

    Attributes:
        formats: `JPEG`, `PNG`: told from the content.
        written_bytes: What we write is at most this big.
        accepted_bytes: What others wrote is accepted up to here.
        source: Where the upper limit comes from.
        min_accepted_bytes: What others wrote is accepted from here; 0 where there is no rule. "10 KB" is 10 000 here.
        min_written_bytes: What we write is at least this big, in the strict reading of KB; 0 likewise.
        source_of: Sources of single values by their key in the pack, with a dot in front of the key in a table inside.
    """

    formats: tuple[str, ...]
    written_bytes: int
    accepted_bytes: int
    source: Source
    min_accepted_bytes: int = 0
    min_written_bytes: int = 0
    source_of: tuple[tuple[str, Source], ...] = ()

    def source_for(self, key: str) -> Source:
        """Where one value comes from; the limit's source when the pack says nothing else."""
        return dict(self.source_of).get(key, self.source)


@dataclass(frozen=True, slots=True)
class PhotoRules:
    """The photo.

    Attributes:
        limits: Of the file; their `source_of` holds the sources of the values below too.
        standard: Name of the imaging standard to check it by.
        background: One of `BACKGROUNDS`; `white` is made by replacing what is there, any other is kept as it is.
        backgrounds: Colours that are accepted, where there are several; empty means `background` alone.
        exact_px: Width and height that the notice asks for; None for those of the standard.
        min_px: Least width and height; None where there is no such rule.
    """

    limits: FileLimits
    standard: str
    background: str
    backgrounds: tuple[str, ...] = ()
    exact_px: tuple[int, int] | None = None
    min_px: tuple[int, int] | None = None

    @property
    def accepted_backgrounds(self) -> tuple[str, ...]:
        """Colours to check for; empty allows any."""
        return self.backgrounds or (() if self.background == "any" else (self.background,))


@dataclass(frozen=True, slots=True)
class WorkCertificateRules:
    """What a work certificate must be.

    Attributes:
        max_age_days: Older ones are for a person to look at.
        max_age_source: Where that comes from.
        allowed_seal_words: Words of special seals that are accepted.
        refused_seal_words: Words of special seals that do not stand for the unit.
        source: Where the demand for a seal comes from.
        source_of: Sources of the other values by their key in the pack.
    """

    max_age_days: int
    max_age_source: Source
    allowed_seal_words: tuple[str, ...]
    refused_seal_words: tuple[str, ...]
    source: Source
    source_of: tuple[tuple[str, Source], ...] = ()

    def source_for(self, key: str) -> Source:
        """Where one value comes from; that of the seal when the pack says nothing else."""
        return dict(self.source_of).get(key, self.source)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One material, or one of several, that is due in one of `SITUATIONS`; `level` is what its absence means."""

    when: str
    one_of: tuple[Kind, ...]
    source: Source
    level: Level = Level.BLOCK


@dataclass(frozen=True, slots=True)
class Mandatory:
    """One field that must be filled in one of `FIELD_SITUATIONS`; below `education.N.` for `per_education`."""

    when: str
    path: str
    level: Level
    source: Source


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """Whether persons of one category must be collected (R1-R5 and R8 of domain.md section 1.1).

    Attributes:
        category: See `verify.filing.circumstances.Category`.
        collected: True when they must register.
        source: Where that is said.
    """

    category: str
    collected: bool
    source: Source


@dataclass(frozen=True, slots=True)
class TerritoryRule:
    """Which place decides about the office in charge of persons of one category.

    Attributes:
        category: See `CategoryRule`.
        by: One of `TERRITORY_BY`.
        source: Where that is said.
    """

    category: str
    by: str
    source: Source


@dataclass(frozen=True, slots=True)
class ExcludedRegion:
    """A region whose persons another office collects, such as 大连 in Liaoning (R10)."""

    prefix: str
    office: str
    source: Source


@dataclass(frozen=True, slots=True)
class Office:
    """An accounting office that people can be sent to (R45).

    Attributes:
        region: Six-digit division code; of a prefecture's own level (州本级, 市本级) the prefecture's, ending in 00.
        name: As published.
        phone: As published; empty when none was.
        address: As published; empty when none was.
        source: Where it was published.
    """

    region: str
    name: str
    phone: str
    address: str
    source: Source


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """By when a filing is due after something happened (R31, R32).

    Attributes:
        event: One of `EVENTS`.
        months: Length; None where the notice says 及时 without a number, which no filing can miss.
        source: Where that is said.
    """

    event: str
    months: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class FilingWindow:
    """Days in which the collection was open (R35).

    Attributes:
        first: First day.
        last: Last day.
        source: Where that is said.
        note: What contradicts it, for a reviewer; empty for nothing.
    """

    first: date
    last: date
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class CleanUpRule:
    """Who is taken off the files, and when (R33, R34).

    Attributes:
        action: `clean_up` (清理) or `delete` (删除).
        years_without_update: Full years without any update, continuing education included; None for the other form.
        month_day: Day of every year on which it happens, (month, day); None for the other form.
        not_confirmed_by: Legacy persons who did not confirm until the end of this day; None for the first form.
        source: Where that is said.
    """

    action: str
    years_without_update: int | None
    month_day: tuple[int, int] | None
    not_confirmed_by: date | None
    source: Source


@dataclass(frozen=True, slots=True)
class OccupiedNumber:
    """What 证件号被占用 means (R17): `log_in`, or `contact_office`."""

    then: str
    source: Source


@dataclass(frozen=True, slots=True)
class CollectionRules:
    """Everything about who files where and when; a pack that says nothing of one of them leaves it empty."""

    categories: tuple[CategoryRule, ...] = ()
    territory: tuple[TerritoryRule, ...] = ()
    excluded: tuple[ExcludedRegion, ...] = ()
    offices: tuple[Office, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    windows: tuple[FilingWindow, ...] = ()
    clean_up: tuple[CleanUpRule, ...] = ()
    occupied_number: OccupiedNumber | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the notice says and no other value holds; `section` is one of `NOTE_SECTIONS`."""

    section: str
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class ScoreRules:
    """Weights of the score.

    Attributes:
        by_level: Points a finding of each level takes off.
        by_warn_code: Points for warnings whose weight differs from the level's.
        different_warn: Points of a warning about a difference that no slip explains.
        group_cap: Most that one cause takes off.
        warn_group_cap: Most that one cause takes off by warnings alone.
        likely_pass_from: Lowest score of the band `likely_pass`.
        likely_return_below: Scores below are `likely_return`.
        source_of: Sources of the values by their key in the pack.
    """

    by_level: Mapping[Level, int]
    by_warn_code: Mapping[str, int]
    different_warn: int
    group_cap: int
    warn_group_cap: int
    likely_pass_from: int
    likely_return_below: int
    source_of: tuple[tuple[str, Source], ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One jurisdiction's rules.

    Attributes:
        name: Stable name, the file's stem.
        title: Chinese title.
        jurisdiction: Division code prefix; empty for the whole country.
        effective_from: First day in force.
        effective_to: Last day in force; None when no end was published.
        photo: The photo.
        documents: All other files.
        work_certificate: The work certificate.
        required: Materials due.
        mandatory: Fields due.
        score: Weights.
        wording: Sentences that replace the general ones, by code.
        opened_formats: File formats that are read at all; what is not among the `formats` of its slot is converted.
        collection: Who files where and when.
        extends: Packs that this one inherits from, the nearest first.
        notes: What the notice says beyond these values.
    """

    name: str
    title: str
    jurisdiction: str
    effective_from: date
    effective_to: date | None
    photo: PhotoRules
    documents: FileLimits
    work_certificate: WorkCertificateRules
    required: tuple[Requirement, ...]
    mandatory: tuple[Mandatory, ...]
    score: ScoreRules
    wording: Mapping[str, str]
    opened_formats: tuple[str, ...] = DEFAULT_FORMATS
    collection: CollectionRules = CollectionRules()
    extends: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def in_force(self, day: date) -> bool:
        """True when the policy applies on this day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def limits_of(self, kind: Kind) -> FileLimits:
        """The file limits for one kind of material."""
        return self.photo.limits if kind is Kind.PHOTO else self.documents
