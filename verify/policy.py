"""Policy packs: builds one jurisdiction's dated rules from TOML and checks them.

This module is the only place that opens the packs (`verify/policies/*.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from imaging.scanned import DEFAULT_FORMATS, READABLE_FORMATS
from ocr.model import Kind
from verify.errors import PolicyInvalid, PolicyUnknown
from verify.model import Level
from verify.policy_model import (
    BACKGROUNDS,
    FULL_SCORE,
    SITUATIONS,
    FileLimits,
    Mandatory,
    PhotoRules,
    Policy,
    Requirement,
    ScoreRules,
    Source,
    WorkCertificateRules,
)


def available_policies() -> tuple[str, ...]:
    """Names of the packs that come with the product, sorted."""
    folder = files("verify").joinpath("policies")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def load_policy(name: str) -> Policy:
    """Loads and checks one pack.

    Raises:
        PolicyUnknown: There is no pack of this name.
        PolicyInvalid: The pack breaks its own rules; the message names the place.
    """
    if name not in available_policies():
        raise PolicyUnknown(name)
    text = files("verify").joinpath("policies", f"{name}.toml").read_text(encoding="utf-8")
    return parse_policy(text, name=name)


def parse_policy(text: str, *, name: str) -> Policy:
    """Builds a policy from TOML text.

    Raises:
        PolicyInvalid: The text is no TOML, a key is missing, of the wrong type, or out of range.
    """
    try:
        policy = _build(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise PolicyInvalid(name, f"not TOML: {fault}") from fault
    except KeyError as fault:
        raise PolicyInvalid(name, f"missing key {fault}") from fault
    except (TypeError, ValueError, AttributeError) as fault:
        raise PolicyInvalid(name, str(fault)) from fault
    _check(policy, name)
    return policy


def _build(data: Mapping[str, Any]) -> Policy:
    titles: Mapping[str, str] = data["sources"]
    photo, work, score = data["photo"], data["work_certificate"], data["score"]
    return Policy(
        name=_text(data["name"]),
        title=_text(data["title"]),
        jurisdiction=_text(data["jurisdiction"]),
        effective_from=data["effective_from"],
        effective_to=data.get("effective_to"),
        photo=PhotoRules(_limits(photo, titles), _text(photo["standard"]), _text(photo["background"])),
        documents=_limits(data["documents"], titles),
        work_certificate=WorkCertificateRules(
            max_age_days=_count(work["max_age_days"]),
            max_age_source=Source(titles[work["max_age_source"]]),
            allowed_seal_words=_texts(work["allowed_seal_words"]),
            refused_seal_words=_texts(work["refused_seal_words"]),
            source=_source(work, titles),
        ),
        required=tuple(
            Requirement(
                _text(row["when"]),
                tuple(Kind(kind) for kind in row["one_of"]),
                _source(row, titles),
                Level(row.get("level", Level.BLOCK)),
            )
            for row in data["required"]
        ),
        mandatory=_mandatory(data["mandatory"], titles),
        score=_score(score),
        wording=MappingProxyType({_text(code): _text(words) for code, words in data.get("wording", {}).items()}),
        opened_formats=_texts(data.get("opened_formats", list(DEFAULT_FORMATS))),
    )


def _limits(data: Mapping[str, Any], titles: Mapping[str, str]) -> FileLimits:
    written, accepted = _count(data["written_bytes"]), _count(data["accepted_bytes"])
    return FileLimits(_texts(data["formats"]), written, accepted, _source(data, titles))


def _mandatory(data: Mapping[str, Any], titles: Mapping[str, str]) -> tuple[Mandatory, ...]:
    source = _source(data, titles)
    return tuple(
        Mandatory(when, path, level, source)
        for level in Level
        for when, paths in data.get(level.value, {}).items()
        for path in _texts(paths)
    )


def _score(data: Mapping[str, Any]) -> ScoreRules:
    return ScoreRules(
        by_level=MappingProxyType({level: _count(data[level.value]) for level in Level}),
        by_warn_code=MappingProxyType(
            {_text(code): _count(points) for code, points in data.get("warn_points", {}).items()}
        ),
        different_warn=_count(data["different_warn"]),
        group_cap=_count(data["group_cap"]),
        warn_group_cap=_count(data["warn_group_cap"]),
        likely_pass_from=_count(data["likely_pass_from"]),
        likely_return_below=_count(data["likely_return_below"]),
    )


def _source(data: Mapping[str, Any], titles: Mapping[str, str]) -> Source:
    return Source(titles[data["source"]], _text(data.get("clause", "")))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {type(value).__name__}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, found {type(value).__name__}")
    return tuple(_text(part) for part in value)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("expected a whole number of at least 0")
    return value


def _check(policy: Policy, name: str) -> None:
    """Rules that span several keys."""
    faults = [*_date_faults(policy, name), *_limit_faults(policy), *_score_faults(policy.score)]
    if faults:
        raise PolicyInvalid(name, "; ".join(faults))


def _date_faults(policy: Policy, name: str) -> Iterator[str]:
    if policy.name != name:
        yield f"name is {policy.name!r}, the file says {name!r}"
    # A TOML date-time would be a datetime, which is a date too but does not compare with one.
    if type(policy.effective_from) is not date or type(policy.effective_to) not in (date, type(None)):
        yield "effective_from and effective_to must be dates"
    elif policy.effective_to is not None and policy.effective_to < policy.effective_from:
        yield "effective_to is before effective_from"


def _limit_faults(policy: Policy) -> Iterator[str]:
    for limits in (policy.photo.limits, policy.documents):
        if not 0 < limits.written_bytes <= limits.accepted_bytes or not limits.formats:
            yield "written_bytes must be above 0 and at most accepted_bytes, formats not empty"
        if not set(limits.formats) <= set(policy.opened_formats):
            yield "formats must be among opened_formats"
    if not set(policy.opened_formats) <= set(READABLE_FORMATS):
        yield f"opened_formats must be among {READABLE_FORMATS}"
    if policy.photo.background not in BACKGROUNDS:
        yield f"background is none of {BACKGROUNDS}"
    situations = {row.when for row in policy.required} | {row.when for row in policy.mandatory}
    if not situations <= set(SITUATIONS) or any(not row.one_of for row in policy.required):
        yield f"when is none of {SITUATIONS}, or one_of is empty"


def _score_faults(score: ScoreRules) -> Iterator[str]:
    weights = [score.by_level[level] for level in (Level.INFO, Level.WARN, Level.MISMATCH, Level.BLOCK)]
    if weights != sorted(weights) or weights[-1] > FULL_SCORE:
        yield "points must not fall from info to warn to mismatch to block, nor pass 100"
    if max(score.different_warn, *score.by_warn_code.values(), 0) > score.by_level[Level.MISMATCH]:
        yield "a warning must not cost more than a mismatch"
    if score.warn_group_cap > score.group_cap:
        yield "warn_group_cap must not pass group_cap"
    if not 0 <= score.likely_return_below <= score.likely_pass_from <= FULL_SCORE:
        yield "bands must be ordered within 0..100"
