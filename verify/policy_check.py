"""Rules of a pack that span several keys; each fault is one Chinese line with its place and what is allowed."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator

from verify.entered import EnteredEducation, EnteredPerson, EnteredQualification, EnteredWork
from verify.model import Level
from verify.policy_model import CollectionRules, FileLimits, Mandatory, Policy, ScoreRules
from verify.wording import known_codes

# Parts of entered.json that a mandatory field can be in (design.md section 3).
_PARTS = {"person": EnteredPerson, "work": EnteredWork, "qualification": EnteredQualification}


def check_policy(policy: Policy, *, name: str) -> Iterator[str]:
    """What is wrong between the values of a pack.

    Args:
        policy: As built.
        name: What the file is called.
    """
    yield from _head_faults(policy, name)
    yield from _file_faults(policy)
    yield from _mandatory_faults(policy.mandatory)
    yield from _score_faults(policy.score)
    yield from _code_faults(policy)
    yield from _collection_faults(policy.collection, policy.jurisdiction)


def _head_faults(policy: Policy, name: str) -> Iterator[str]:
    if policy.name != name:
        yield f"顶层 name：写的是“{policy.name}”，文件名是“{name}”，两者应相同"
    if policy.effective_to is not None and policy.effective_to < policy.effective_from:
        yield f"顶层 effective_to：{policy.effective_to} 早于 effective_from（{policy.effective_from}）"


def _file_faults(policy: Policy) -> Iterator[str]:
    yield from _limit_faults(policy.photo.limits, "[photo]", policy.opened_formats)
    yield from _limit_faults(policy.documents, "[documents]", policy.opened_formats)
    exact, least = policy.photo.exact_px, policy.photo.min_px
    if exact is not None and least is not None and (exact[0] < least[0] or exact[1] < least[1]):
        yield f"[photo] exact_px：{exact[0]}×{exact[1]} 小于 min_px（{least[0]}×{least[1]}）"
    if policy.photo.backgrounds and policy.photo.background not in (*policy.photo.backgrounds, "any"):
        yield f"[photo] background：“{policy.photo.background}”不在 backgrounds 中，应为其中之一或 any"


def _limit_faults(limits: FileLimits, place: str, opened: tuple[str, ...]) -> Iterator[str]:
    if limits.written_bytes > limits.accepted_bytes:
        yield f"{place} written_bytes：{limits.written_bytes:,} 大于 accepted_bytes（{limits.accepted_bytes:,}）"
    if not limits.min_accepted_bytes <= limits.min_written_bytes <= limits.written_bytes:
        yield (
            f"{place} min_written_bytes：{limits.min_written_bytes:,}，应在 min_accepted_bytes"
            f"（{limits.min_accepted_bytes:,}）和 written_bytes（{limits.written_bytes:,}）之间"
        )
    strangers = [name for name in limits.formats if name not in opened]
    if strangers:
        yield f"{place} formats：{'、'.join(strangers)} 不在 opened_formats 中（{'、'.join(opened)}）"


def _mandatory_faults(rows: Iterable[Mandatory]) -> Iterator[str]:
    for row in rows:
        allowed = _education_paths() if row.when == "per_education" else _form_paths()
        if row.path not in allowed:
            yield f"[mandatory.{row.level.value}] {row.when}：“{row.path}”不是填报项，应为：{'、'.join(allowed)}"


def _education_paths() -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(EnteredEducation))


def _form_paths() -> tuple[str, ...]:
    return tuple(f"{part}.{field.name}" for part, kind in _PARTS.items() for field in dataclasses.fields(kind))


def _score_faults(score: ScoreRules) -> Iterator[str]:
    order = (Level.INFO, Level.WARN, Level.MISMATCH, Level.BLOCK)
    weights = [score.by_level[level] for level in order]
    if weights != sorted(weights):
        yield f"[score]：扣分应依 info、warn、mismatch、block 不减，写的是 {'、'.join(map(str, weights))}"
    most = score.by_level[Level.MISMATCH]
    for key, points in {"different_warn": score.different_warn, **score.by_warn_code}.items():
        if points > most:
            yield f"[score] {key}：{points} 大于 mismatch（{most}），“请核对”不应比“不一致”扣得多"
    if score.warn_group_cap > score.group_cap:
        yield f"[score] warn_group_cap：{score.warn_group_cap} 大于 group_cap（{score.group_cap}）"
    if score.likely_return_below > score.likely_pass_from:
        most = score.likely_pass_from
        yield f"[score] likely_return_below：{score.likely_return_below} 大于 likely_pass_from（{most}）"


def _code_faults(policy: Policy) -> Iterator[str]:
    """A code that no rule raises would change nothing, and nobody would notice."""
    for place, codes in (("[score.warn_points]", policy.score.by_warn_code), ("[wording]", policy.wording)):
        for code in codes:
            if code not in known_codes():
                yield f"{place} {code}：没有这个结论代码，应为 verify/messages.toml 中的代码"


def _collection_faults(rules: CollectionRules, jurisdiction: str) -> Iterator[str]:
    yield from _twice("categories", (row.category for row in rules.categories))
    yield from _twice("territory", (row.category for row in rules.territory))
    yield from _twice("deadlines", (row.event for row in rules.deadlines))
    yield from _twice("offices", (row.region for row in rules.offices))
    yield from _twice("excluded", (row.prefix for row in rules.excluded))
    # A city or county inherits what its province excludes and the offices of its city.
    for key, reach, codes in (
        ("excluded", jurisdiction[:2], [row.prefix for row in rules.excluded]),
        ("offices", jurisdiction[:4], [row.region for row in rules.offices]),
    ):
        for code in codes:
            if not code.startswith(reach):
                yield f"[[collection.{key}]]：{code} 不在本规则的行政区划 {reach} 之内"


def _twice(key: str, values: Iterable[str]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"[[collection.{key}]]：{value} 写了 {times} 次，只能写一次"
