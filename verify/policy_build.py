"""Builds a policy from the tables of a pack; `verify.policy_check` holds the rules that span several keys."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from imaging.photo.standards import STANDARDS
from imaging.scanned import DEFAULT_FORMATS, READABLE_FORMATS
from ocr.model import Kind
from verify.model import Level
from verify.policy_collection import build_collection
from verify.policy_model import (
    BACKGROUNDS,
    FIELD_SITUATIONS,
    FULL_SCORE,
    NOTE_SECTIONS,
    SEALS,
    SITUATIONS,
    TOLD_BACKGROUNDS,
    FileLimits,
    Mandatory,
    Note,
    PhotoRules,
    Policy,
    Requirement,
    ScoreRules,
    WorkCertificateRules,
)
from verify.policy_table import TableReader

# Materials that a pack can ask for.
_MATERIALS = tuple(kind.value for kind in Kind if kind is not Kind.UNKNOWN)
_LEVELS = tuple(level.value for level in Level)
# A prefix of a division code: province, prefecture or county; empty for the whole country.
_JURISDICTION = (r"(\d{2}|\d{4}|\d{6})?", "空，或 2、4、6 位行政区划代码")
# Names become file names and parts of commands.
_NAME = (r"[a-z0-9]+(-[a-z0-9]+)*", "小写字母、数字和连字符，如 yunnan-2023")


def build_policy(data: Mapping[str, Any], *, extends: tuple[str, ...], faults: list[str]) -> Policy:
    """Builds a policy.

    Args:
        data: Tables with `Source` values, see `verify.policy_inherit.Inherited`.
        extends: Packs behind it.
        faults: Where what is wrong is noted; the policy is of no use when something is.
    """
    pack = TableReader(data, place="", faults=faults)
    pack.table("sources")
    policy = Policy(
        name=pack.text("name", form=_NAME),
        title=pack.text("title"),
        jurisdiction=pack.text("jurisdiction", form=_JURISDICTION),
        effective_from=pack.day("effective_from"),
        effective_to=pack.optional_day("effective_to"),
        photo=_photo(pack.table("photo")),
        documents=_documents(pack.table("documents")),
        work_certificate=_work_certificate(pack.table("work_certificate")),
        required=tuple(_requirement(row) for row in pack.rows("required")),
        mandatory=_mandatory(pack.table("mandatory")),
        score=_score(pack.table("score")),
        wording=_wording(pack.table("wording", optional=True)),
        opened_formats=pack.texts("opened_formats", default=DEFAULT_FORMATS, one_of=READABLE_FORMATS),
        collection=build_collection(pack.table("collection", optional=True)),
        extends=extends,
        notes=tuple(_note(row) for row in pack.rows("notes", optional=True)),
    )
    pack.finish()
    return policy


def _photo(table: TableReader) -> PhotoRules:
    photo = PhotoRules(
        limits=_limits(table),
        standard=table.text("standard", one_of=tuple(STANDARDS)),
        background=table.text("background", one_of=BACKGROUNDS),
        backgrounds=table.texts("backgrounds", one_of=TOLD_BACKGROUNDS) if table.has("backgrounds") else (),
        exact_px=table.size("exact_px"),
        min_px=table.size("min_px"),
    )
    table.finish()
    return photo


def _documents(table: TableReader) -> FileLimits:
    limits = _limits(table)
    table.finish()
    return limits


def _limits(table: TableReader) -> FileLimits:
    return FileLimits(
        formats=table.texts("formats", one_of=READABLE_FORMATS),
        written_bytes=table.count("written_bytes", low=1),
        accepted_bytes=table.count("accepted_bytes", low=1),
        source=table.source("accepted_bytes"),
        min_accepted_bytes=table.count("min_accepted_bytes", default=0),
        min_written_bytes=table.count("min_written_bytes", default=0),
        source_of=table.sources(),
    )


def _work_certificate(table: TableReader) -> WorkCertificateRules:
    table.text("seal", one_of=SEALS)
    rules = WorkCertificateRules(
        max_age_days=table.count("max_age_days"),
        max_age_source=table.source("max_age_days"),
        allowed_seal_words=table.texts("allowed_seal_words"),
        refused_seal_words=table.texts("refused_seal_words"),
        source=table.source("seal"),
        source_of=table.sources(),
    )
    table.finish()
    return rules


def _requirement(row: TableReader) -> Requirement:
    requirement = Requirement(
        when=row.text("when", one_of=SITUATIONS),
        one_of=tuple(Kind(kind) for kind in row.texts("one_of", one_of=_MATERIALS)),
        source=row.source(),
        level=Level(row.text("level", default=Level.BLOCK.value, one_of=_LEVELS) or Level.BLOCK),
    )
    row.finish()
    return requirement


def _mandatory(table: TableReader) -> tuple[Mandatory, ...]:
    found: list[Mandatory] = []
    for level in Level:
        fields = table.table(level.value, optional=True)
        for when in FIELD_SITUATIONS:
            source = table.source(f"{level.value}.{when}")
            found += [Mandatory(when, path, level, source) for path in fields.texts(when, default=())]
        fields.finish()
    table.finish()
    return tuple(found)


def _score(table: TableReader) -> ScoreRules:
    by_code = table.table("warn_points", optional=True)
    rules = ScoreRules(
        by_level=MappingProxyType({level: table.count(level.value, high=FULL_SCORE) for level in Level}),
        by_warn_code=MappingProxyType({code: by_code.count(code, high=FULL_SCORE) for code in by_code.value_keys()}),
        different_warn=table.count("different_warn", high=FULL_SCORE),
        group_cap=table.count("group_cap"),
        warn_group_cap=table.count("warn_group_cap"),
        likely_pass_from=table.count("likely_pass_from", high=FULL_SCORE),
        likely_return_below=table.count("likely_return_below", high=FULL_SCORE),
        source_of=table.sources(),
    )
    table.finish()
    return rules


def _wording(table: TableReader) -> Mapping[str, str]:
    return MappingProxyType({code: table.text(code) for code in table.value_keys()})


def _note(row: TableReader) -> Note:
    note = Note(row.text("section", one_of=NOTE_SECTIONS), row.text("text"), row.source())
    row.finish()
    return note
