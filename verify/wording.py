"""Builds findings with their Chinese sentences. The sentences are data (`messages.toml`), this is how they are filled.

Each code has two texts: a sentence for the applicant that says what is wrong, the value and the limit, what to do, and
where the rule comes from; and a short one for the reviewer of many cases that says what to look at. A code without an
entry gets general ones: a new code in another stage must never stop a case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
# Value of `Sentence.open` for warnings that no agreeing document can settle.
ALWAYS_OPEN = "always"
# What a source in messages.toml begins with when it is taken from the policy in force: `policy_photo.background`.
_POLICY_SOURCE = "policy_"


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words for one code.

    Attributes:
        what: What is wrong. May use `{entered}`, `{read}`, `{material}`, `{field}`, `{value}`, `{allowed}`; empty where
            the class of the comparison says it.
        short: The same for the reviewer, with the same words.
        values: Measured value and limit, `{measured}` and `{limit}`; left out when one that it names is not known.
        todo: What to do.
        source: The rule's source; empty when it comes from the policy or there is none.
        region: Division prefix of the region that the source belongs to; empty for the whole country.
        policy_source: Part of the policy that the source is taken from, `photo` or `documents`; empty for none.
        policy_key: Value in that part whose source it is; empty for the part itself.
        unit: How `{measured}` and `{limit}` are written: `plain`, `share`, `px`, `bytes`, `degrees`, `count`.
        severe_level: Level for a severe defect.
        mild_level: Level for a defect that is not severe.
        repairable: True when the service itself puts it right, so that it only needs to be told.
        open: Whether a warning leaves open if the form is right, so that a person must look before it may pass: empty
            for no, `ALWAYS_OPEN`, or the path into entered.json that some document must print as typed.
    """

    what: str
    short: str
    values: str
    todo: str
    source: str
    region: str
    policy_source: str
    policy_key: str
    unit: str
    severe_level: Level
    mild_level: Level
    repairable: bool = False
    open: str = ""

    def cite(self, policy: Policy | None) -> str:
        """The source as it stands behind the sentence; empty where the policy in force is of another region."""
        if self.policy_source:
            return "" if policy is None else _policy_source(policy, self).cite()
        return self.source if policy is None or policy.jurisdiction.startswith(self.region) else ""


def _policy_source(policy: Policy, sentence: Sentence) -> Source:
    limits = policy.photo.limits if sentence.policy_source == "photo" else policy.documents
    return limits.source_for(sentence.policy_key)


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
    """A finding with its two texts.

    Args:
        code: Stable code; with everything that is not named below as in `Finding`.
        level: What it means.
        policy: Gives a sentence of its own for a code, if it has one, and the sources of its own limits; sources of
            other regions are left out. Rules need not give it: `reword` does the same for all findings of a case.
        source: Where the rule comes from, when the general sentence does not say.
    """
    item = Finding(
        code=code,
        level=level,
        message="",
        field=field,
        material=material,
        entered=entered,
        read=read,
        match=match,
        confidence=confidence,
        box=box,
        picture=picture,
        measured=measured,
        limit=limit,
        value=value,
        paper=paper,
        origin=None if source is None else source.cite(),
    )
    return replace(item, message=_message(item, policy), short=_short(item))


def reword(item: Finding, policy: Policy) -> Finding:
    """The finding with the sentence and the sources of a policy; one whose sentence is not the general one stays."""
    return item if item.message != _message(item, None) else replace(item, message=_message(item, policy))


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
    label = _names()["fields"].get(_plain_path(path))
    if len(parts) == 3 and parts[0] == "education" and parts[1].isdigit():
        return f"第{int(parts[1]) + 1}项学历的{label or parts[2]}"
    return label or path


def _plain_path(path: str) -> str:
    """The path without the number of an entry: `education.1.school` is `education.school`."""
    parts = path.split(".")
    return f"education.{parts[2]}" if len(parts) == 3 and parts[0] == "education" and parts[1].isdigit() else path


def _words(item: Finding) -> Mapping[str, str]:
    field = item.field
    return {
        "entered": item.entered or "（空）",
        "read": item.read or "（空）",
        "material": _called(item.material, item.paper) if item.material else "材料",
        "field": field_name(field) if field else "该项",
        "allowed": _names()["allowed"].get(_plain_path(field or ""), "规定的选项"),
        # Stages below name a kind by its stored word.
        "value": _names()["materials"].get(item.value, item.value),
    }


def _message(item: Finding, policy: Policy | None) -> str:
    sentence, words = sentence_of(item.code), _words(item)
    own = policy.wording.get(item.code) if policy is not None else None
    if own is not None:
        return _fill(own, words)
    # A comparison without its outcome is told as a difference.
    template = sentence.what or _names()["comparison"][(item.match or Match.DIFFERENT).value]
    parts = [_fill(template, words) + _values(sentence, item)]
    if sentence.todo:
        parts.append(_fill(sentence.todo, words))
    origin = sentence.cite(policy) if item.origin is None else item.origin
    return "。".join(part.rstrip("。") for part in parts) + "。" + (f"依据：{origin}。" if origin else "")


def _values(sentence: Sentence, item: Finding) -> str:
    """Measured value and limit in brackets; nothing when one that the sentence names is not known."""
    known = {"measured": item.measured, "limit": item.limit}
    numbers = {name: _number(value, sentence.unit) for name, value in known.items() if value is not None}
    named = [name for name in known if "{" + name + "}" in sentence.values]
    if not named or any(name not in numbers for name in named):
        return ""
    return f"（{_fill(sentence.values, numbers)}）"


def _short(item: Finding) -> str:
    """The reviewer's text; of a comparison that found no plain difference, the one of its class."""
    sentence = sentence_of(item.code)
    if not sentence.what and item.match not in (None, Match.DIFFERENT):
        return _fill(_names()["comparison_short"][item.match.value], _words(item))
    return _fill(sentence.short, _words(item))


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


def _number(value: float, unit: str) -> str:
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
    short="未登记的问题",
    values="测得 {measured}，界限 {limit}",
    todo="申报人不需要处理，由审核人人工核对",
    source="",
    region="",
    policy_source="",
    policy_key="",
    unit="plain",
    severe_level=Level.BLOCK,
    mild_level=Level.WARN,
    open=ALWAYS_OPEN,
)


@cache
def _names() -> dict[str, dict[str, str]]:
    """Labels, allowed values and comparison templates of messages.toml."""
    data = _load()
    return {key: data[key] for key in ("materials", "fields", "allowed", "comparison", "comparison_short")}


@cache
def _catalogue() -> dict[str, Sentence]:
    """All sentences by code."""
    data = _load()
    return {code: _sentence(row, data) for code, row in data["codes"].items()}


def _sentence(row: Mapping[str, Any], data: Mapping[str, Any]) -> Sentence:
    source = str(row.get("source", ""))
    from_policy = source.startswith(_POLICY_SOURCE)
    part, _, key = source.removeprefix(_POLICY_SOURCE).partition(".")
    return Sentence(
        what=row.get("what", ""),
        short=row.get("short", ""),
        values=row.get("values", ""),
        todo=row.get("todo", ""),
        source=data["sources"].get(source, ""),
        region=data["source_region"].get(source, ""),
        policy_source=part if from_policy else "",
        policy_key=key if from_policy else "",
        unit=row.get("unit", "plain"),
        severe_level=Level(row.get("severe", "block")),
        mild_level=Level(row.get("mild", "warn")),
        repairable=row.get("repairable", False),
        open=row.get("open", ""),
    )


@cache
def _load() -> dict[str, Any]:
    """messages.toml, loaded once; the only place that opens it."""
    return tomllib.loads(files("verify").joinpath("messages.toml").read_text(encoding="utf-8"))
