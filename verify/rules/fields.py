"""The form against every reading, field by field."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.model import Field
from verify.compare import Comparison, FieldKind, compare, compare_duties, seal_similarity
from verify.model import Finding, Level, Match
from verify.rules.agreement import Difference, tell_once
from verify.rules.case import CaseView, Document
from verify.rules.evidence import speaks_for
from verify.rules.field_rules import FieldRule, TypedValue, real_path, rules_of, typed_value
from verify.rules.findings import finding_on
from verify.rules.id_card import breaks_lawful_term
from verify.severity import level_of
from verify.wording import finding

# A document of which this share of the expected fields is missing was not read at all, whatever the rest says.
UNREADABLE_SHARE = 2 / 3
# With fewer expected fields than this, a share says nothing.
_LEAST_EXPECTED = 3
_SAME = frozenset({Match.EXACT, Match.NORMALISED})


def compare_fields(case: CaseView) -> Iterator[Finding]:
    """Every field of every document against the form; what several papers show alike is told once."""
    yield from tell_once([found for document in case.documents for found in _compare_document(case, document)])


def confirmed_paths(case: CaseView) -> frozenset[str]:
    """Paths into entered.json that at least one document prints as typed."""
    return frozenset(
        real_path(rule.path, document.entry)
        for document in case.documents
        for rule in rules_of(document)
        if (typed := typed_value(case.entered, rule.path, document.entry))
        and (found := document.field(rule.read)) is not None
        and (compared := _compared(rule, typed, found)) is not None
        and compared.match in _SAME
    )


def expected_rules(case: CaseView, document: Document) -> tuple[FieldRule, ...]:
    """The rules of a document for which something was typed and the paper prints the field."""
    rules = rules_of(document)
    return tuple(rule for rule in rules if rule.printed and typed_value(case.entered, rule.path, document.entry))


def unread_rules(case: CaseView, document: Document) -> tuple[FieldRule, ...]:
    """Those of them that were not read."""
    return tuple(rule for rule in expected_rules(case, document) if document.field(rule.read) is None)


def _compare_document(case: CaseView, document: Document) -> Iterator[Difference]:
    unread = unread_rules(case, document)
    expected = expected_rules(case, document)
    # A paper that was hardly read, or whose own dates contradict each other, accuses nobody.
    doubtful = breaks_lawful_term(document)
    if len(expected) >= _LEAST_EXPECTED and len(unread) >= UNREADABLE_SHARE * len(expected):
        yield Difference(_unreadable(document, read=len(expected) - len(unread), of=len(expected)))
        unread = ()
        doubtful = True
    for rule in rules_of(document):
        typed = typed_value(case.entered, rule.path, document.entry)
        if not typed:
            continue
        found = document.reading.fields.get(rule.read)
        if found is None or found.value in (None, ""):
            # A label without a value is noticed even where not every paper prints the field.
            if rule in unread or (found is not None and rule.kind is not FieldKind.SEAL):
                yield Difference(_unread(rule, document, typed, found))
            continue
        differing = _compare_field(case, document, rule, typed, found, doubtful=doubtful)
        if differing is not None:
            yield Difference(differing, rule.kind)


def _unreadable(document: Document, *, read: int, of: int) -> Finding:
    return finding_on(document, "document-unreadable", level=Level.BLOCK, measured=read, limit=of)


def _unread(rule: FieldRule, document: Document, typed: TypedValue, found: Field | None) -> Finding:
    return finding(
        "field-unread",
        level=Level.WARN,
        field=real_path(rule.path, document.entry),
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        entered=shown(typed),
        confidence=found.confidence if found is not None else 0.0,
        box=found.box if found is not None else None,
    )


def _compare_field(
    case: CaseView, document: Document, rule: FieldRule, typed: TypedValue, found: Field, *, doubtful: bool
) -> Finding | None:
    read = found.value
    compared = _compared(rule, typed, found)
    if compared is None:
        return None
    level = level_of(
        rule.kind,
        compared,
        found,
        contradicted=compared.match is Match.DIFFERENT and speaks_for(case, document, rule, str(typed)),
        alike=seal_similarity(str(typed), str(read)) if rule.kind is FieldKind.SEAL else 0.0,
    )
    if level is None:
        return None
    return finding_on(
        document,
        rule.code,
        level=Level.WARN if level is Level.MISMATCH and (doubtful or rule.most is Level.WARN) else level,
        policy=case.policy,
        field=real_path(rule.path, document.entry),
        entered=shown(typed),
        read=shown(read),
        match=compared.match,
        of=found,
    )


def _compared(rule: FieldRule, typed: TypedValue, found: Field) -> Comparison | None:
    """None when the two are not of one type: a reader's fault, and nothing to hold against anybody."""
    read = found.value
    if isinstance(typed, tuple) and isinstance(read, tuple):
        return compare_duties(typed, read)
    if isinstance(typed, str) and isinstance(read, str):
        return compare(rule.kind, typed, read)
    return None


def shown(value: object) -> str:
    """A value as findings carry it: duties joined by the Chinese list mark."""
    return "；".join(value) if isinstance(value, tuple) else str(value)
