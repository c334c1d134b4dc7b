"""Rules on the certificate of a unit: the kind of unit that its code and its type tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ocr.model import Kind
from verify.identifiers.uscc import parse_credit_code
from verify.model import Finding, Level
from verify.rules.case import CaseView
from verify.rules.findings import finding_on
from verify.text.folding import fold_text

# GB 32100-2015: the first two characters tell registry and category (domain.md section 2.4). Words that certificates
# print as type for each; a type that holds words of another pair only is odd, one that holds none says nothing.
_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "11": ("机关",),
        "12": ("事业单位", "事业法人"),
        "13": ("群众团体", "人民团体"),
        "31": ("律师",),
        "51": ("社会团体",),
        "52": ("民办非企业", "社会服务机构"),
        "53": ("基金会",),
        "54": ("村民委员会", "村委会"),
        "55": ("居民委员会", "居委会"),
        "81": ("工会",),
        "91": ("公司", "企业", "合伙", "独资", "有限责任", "股份"),
        "92": ("个体",),
        "93": ("合作社", "合作联社"),
        "N1": ("集体经济组织", "经济合作社"),
        "N2": ("集体经济组织", "经济合作社"),
        "N3": ("集体经济组织", "经济合作社"),
    }
)


def check_unit_type(case: CaseView) -> Iterator[Finding]:
    """The code's category against the printed type: only noted, categories have been given loosely."""
    for document in case.of_kind(Kind.UNIT_CERTIFICATE):
        code, type_read = document.text("uscc"), document.text("unit_type")
        field = document.field("unit_type")
        if code is None or type_read is None or field is None:
            continue
        parsed = parse_credit_code(code)
        if parsed.is_valid and _is_odd(parsed.text[:2], fold_text(type_read)):
            yield finding_on(
                document,
                "uscc-unit-type",
                level=Level.INFO,
                read=type_read,
                value="、".join(_WORDS[parsed.text[:2]]),
                of=field,
            )


def _is_odd(pair: str, printed: str) -> bool:
    """True when the printed type belongs to another pair of registry and category, and not to this one."""
    own = _WORDS.get(pair)
    if own is None or any(word in printed for word in own):
        return False
    return any(word in printed for words in _WORDS.values() for word in words)


def check_inner_code(case: CaseView) -> Iterator[Finding]:
    """The organisation code inside a printed code, where the form's own was not typed (domain.md section 2.4)."""
    if case.entered.work.uscc:
        return
    for document in case.of_kind(Kind.UNIT_CERTIFICATE, Kind.WORK_CERTIFICATE):
        text, field = document.text("uscc"), document.field("uscc")
        code = parse_credit_code(text) if text else None
        if code is None or field is None or not code.is_valid or code.inner_holds:
            continue
        yield finding_on(document, "uscc-read-inner", level=Level.WARN, field="work.uscc", read=text, of=field)
