"""Builds findings with their Chinese sentences. The sentences are data (`messages.toml`), this is how they are filled.

A sentence says what is wrong, the value and the limit, what to do, and where the rule comes from. A code without a
sentence gets a general one: a new code in another stage must never stop a case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from imaging.geometry import Quad
from imaging.model import Defect
from ocr.model import Kind
from verify.model import Finding, Level, Match
from verify.policy_model import Policy, Source

# Decimals of a plain measured value; more would look exact where it is not.
_PLAIN_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words for one code.

    Attributes:
        what: What is wrong. May use `{entered}`, `{read}`, `{material}`, `{field}`, `{value}`.
        values: Measured value and limit, `{measured}` and `{limit}`; left out when either is not known.
        todo: What to do.
        source: The rule's source; empty when it comes from the policy or there is none.
        unit: How `{measured}` and `{limit}` are written: `plain`, `share`, `px`, `bytes`, `degrees`, `count`.
        severe_level: Level for a severe defect.
        mild_level: Level for a defect that is not severe.
        repairable: True when the service itself puts it right, so that it only needs to be told.
    """

    what: str
    values: str
    todo: str
    source: str
    unit: str
    severe_level: Level
    mild_level: Level
    repairable: bool = False


def finding(
    code: str,
    *,
    level: Level,
    policy: Policy | None = None,
    source: Source | None = None,
    field: str | None = None,
    material: str | None = None,
    picture: int = 0,
    paper: Kind | None = None,
    entered: str | None = None,
    read: str | None = None,
    match: Match | None = None,
    confidence: float = 1.0,
    box: Quad | None = None,
    measured: float | None = None,
    limit: float | None = None,
    value: str = "",
) -> Finding:
    """A finding with its sentence.

    Args:
        code: Stable code; with level, field, material, picture, entered, read, match, confidence and box as in
            `Finding`.
        level: What it means.
        paper: What the document is, for one that lies in another one's slot and would be called by that otherwise.
        policy: Gives wording of its own for a code, if it has one.
        source: Where the rule comes from, when the general sentence does not say.
        measured: Measured value in the unit of the sentence.
        limit: Limit in the same unit.
        value: One more word for the sentence (a name, a list).
    """
    words: Mapping[str, str] = {
        "entered": entered or "（空）",
        "read": read or "（空）",
        "material": _called(material, paper) if material else "材料",
        "field": field_name(field) if field else "该项",
        # Stages below name a kind by its stored word.
        "value": _names()["materials"].get(value, value),
    }
    message = _message(code, words, measured=measured, limit=limit, policy=policy, source=source, match=match)
    return Finding(code, level, message, field, material, entered, read, match, confidence, box=box, picture=picture)


def finding_of_defect(
    defect: Defect,
    *,
    material: str | None = None,
    picture: int = 0,
    policy: Policy | None = None,
    repaired: bool = False,
) -> Finding:
    """A finding for what imaging, reading or intake noticed.

    Args:
        defect: What was noticed.
        material: Slot.
        picture: Which of the slot's pictures its box refers to.
        policy: For wording of its own.
        repaired: True where the service goes on to repair what it can; such defects are then only told.
    """
    words = sentence_of(defect.code)
    level = words.severe_level if defect.severe else words.mild_level
    return finding(
        defect.code,
        level=Level.INFO if repaired and words.repairable else level,
        policy=policy,
        material=material,
        picture=picture,
        box=defect.box,
        measured=defect.measured,
        limit=defect.limit,
        value=defect.detail or "",
    )


def sentence_of(code: str) -> Sentence:
    """The words of a code, or the general ones for a code that nobody has worded yet."""
    return _catalogue().get(code) or _GENERAL


def known_codes() -> frozenset[str]:
    """All codes with a sentence of their own."""
    return frozenset(_catalogue())


def material_name(slot: str) -> str:
    """The Chinese name of a slot: `diploma-2` is 学历证书（第2份）."""
    kind, _, number = slot.partition("-")
    name = _names()["materials"].get(kind, kind)
    return f"{name}（第{number}份）" if number else name


def _called(slot: str, paper: Kind | None) -> str:
    return material_name(slot) if paper is None or slot.partition("-")[0] == paper.value else kind_name(paper)


def kind_name(kind: Kind) -> str:
    """The Chinese name of a kind."""
    return _names()["materials"].get(kind.value, kind.value)


def field_name(path: str) -> str:
    """The Chinese label of a path into entered.json: `education.1.school` is 第2项学历的学校."""
    parts = path.split(".")
    if len(parts) == 3 and parts[0] == "education" and parts[1].isdigit():
        label = _names()["fields"].get(f"education.{parts[2]}", parts[2])
        return f"第{int(parts[1]) + 1}项学历的{label}"
    return _names()["fields"].get(path, path)


def _message(
    code: str,
    words: Mapping[str, str],
    *,
    measured: float | None,
    limit: float | None,
    policy: Policy | None,
    source: Source | None,
    match: Match | None,
) -> str:
    sentence = sentence_of(code)
    own = policy.wording.get(code) if policy is not None else None
    if own is not None:
        return _fill(own, words)
    what = _fill(sentence.what, words)
    if match is not None and not sentence.what:
        what = _fill(_names()["comparison"][match.value], words)
    parts = [what]
    if sentence.values and measured is not None and (limit is not None or "{limit}" not in sentence.values):
        numbers = {"measured": _number(measured, sentence.unit), "limit": _number(limit, sentence.unit)}
        parts[0] += f"（{_fill(sentence.values, numbers)}）"
    if sentence.todo:
        parts.append(_fill(sentence.todo, words))
    origin = source.cite() if source is not None else sentence.source
    return "。".join(part.rstrip("。") for part in parts) + "。" + (f"依据：{origin}。" if origin else "")


def _fill(template: str, words: Mapping[str, str]) -> str:
    """Puts words into a template without format codes: what people typed may hold braces."""
    out = []
    rest = template
    while rest:
        before, opened, after = rest.partition("{")
        out.append(before)
        if not opened:
            break
        key, closed, rest = after.partition("}")
        out.append(words.get(key, "{" + key + closed))
    return "".join(out)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit == "share":
        return f"{value * 100:.1f}".removesuffix(".0") + "%"
    if unit == "bytes":
        return f"{int(value):,} 字节"
    if unit == "px":
        return f"{round(value)} 像素"
    if unit == "degrees":
        # A tenth, so that what is just over the limit does not read like the limit.
        return f"{value:.1f}".removesuffix(".0") + " 度"
    if unit == "count":
        return f"{round(value):,}"
    return f"{value:.{_PLAIN_DIGITS}f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value)}"


_GENERAL = Sentence(
    what="发现一处问题，系统没有对应的说明",
    values="测得 {measured}，界限 {limit}",
    todo="请人工核对",
    source="",
    unit="plain",
    severe_level=Level.BLOCK,
    mild_level=Level.WARN,
)


@cache
def _names() -> dict[str, dict[str, str]]:
    """Labels and comparison templates of messages.toml."""
    data = _load()
    return {key: data[key] for key in ("materials", "fields", "comparison")}


@cache
def _catalogue() -> dict[str, Sentence]:
    """All sentences by code."""
    data = _load()
    return {
        code: Sentence(
            what=row.get("what", ""),
            values=row.get("values", ""),
            todo=row.get("todo", ""),
            source=data["sources"].get(row.get("source", ""), ""),
            unit=row.get("unit", "plain"),
            severe_level=Level(row.get("severe", "block")),
            mild_level=Level(row.get("mild", "warn")),
            repairable=row.get("repairable", False),
        )
        for code, row in data["codes"].items()
    }


@cache
def _load() -> dict[str, Any]:
    """messages.toml, loaded once; the only place that opens it."""
    return tomllib.loads(files("verify").joinpath("messages.toml").read_text(encoding="utf-8"))
