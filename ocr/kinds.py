"""Tells what kind of document a page is, from the words printed on it.

Every kind has words of its own; the kind with the most evidence wins and the distance to the second is the doubt.
Words come from the documents' standards and templates (domain.md section 3, seed 004 section 12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from ocr.model import Kind
from ocr.traditional import fold

# Evidence of a kind: word -> weight. 3 names the document, 2 stands on no other of the kinds, 1 is shared. A negative
# weight speaks against a kind: the word stands on a paper that otherwise carries all of the kind's own words.
_EVIDENCE: Mapping[Kind, Mapping[str, int]] = {
    Kind.ID_CARD_FRONT: {
        "公民身份号码": 3,
        "住址": 1,
        "民族": 1,
        "姓名": 1,
        "性别": 1,
        "出生": 1,
        # The card of foreign permanent residents.
        "DateofBirth": 3,
        "Nationality": 2,
        "国籍": 2,
        # Residence permits and household registers print all of an identity card's words, and these.
        "居住证": -3,
        "居住地址": -4,
        "居住地住址": -4,
        "现居住地": -3,
        "户籍地址": -3,
        "常住户口所在地": -3,
        "户主": -3,
        "常住人口": -4,
        "户别": -3,
        "曾用名": -2,
    },
    Kind.ID_CARD_BACK: {
        "居民身份证": 3,
        "签发机关": 2,
        "有效期限": 2,
        "中华人民共和国": 1,
        "公安局": 1,
        # 港澳居民居住证 and 台湾居民居住证 are identity cards; their name stands on this side.
        "港澳居民居住证": 3,
        "台湾居民居住证": 3,
        "通行证号码": 3,
        "签发次数": 2,
        # The card of foreign permanent residents: its machine-readable lines and its issuer.
        "I<CHN": 4,
        "移民管理局": 3,
        "ImmigrationAdministration": 3,
        # Its other side carries issuer and validity too.
        "DateofBirth": -4,
        "Nationality": -4,
        "国籍": -3,
        "签注": -4,
        "居住地址": -4,
    },
    Kind.WORK_CERTIFICATE: {
        "工作证明": 3,
        "系我单位正式职工": 3,
        "从事如下工作": 2,
        "会计机构负责人": 1,
        "财产物资收发": 2,
        "会计机构内会计档案管理": 2,
        "不从事会计工作岗位": 2,
        "所属会计管理部门": 2,
        # Letters in free words, which do not follow the form.
        "在职证明": 3,
        "会计工作年限证明": 3,
        "从事会计工作证明": 3,
        "在我单位从事": 2,
        "从事会计工作": 1,
        "在我单位": 1,
        "特此证明": 1,
        "单位盖章": 1,
        "稽核": 1,
        "出纳": 1,
    },
    Kind.DIPLOMA: {
        "毕业证书": 3,
        "学历证书": 2,
        "准予毕业": 3,
        "结业证书": 3,
        "肄业证书": 3,
        "准予结业": 2,
        "准予肄业": 2,
        "成绩合格": 1,
        "教学计划": 1,
        "年制": 1,
        "校长": 1,
        "学习形式": 2,
        "证书编号": 1,
        "学历证书电子注册": 3,
        "学历证书查询": 3,
        "学历类别": 2,
        "自学考试": 2,
        "主考学校": 2,
    },
    Kind.DEGREE_CERTIFICATE: {
        "学位证书": 3,
        "学位评定委员会": 3,
        "学士学位": 2,
        "硕士学位": 2,
        "博士学位": 2,
        "授予": 1,
        "学位条例": 2,
        "学位法": 2,
        "证书编号": 1,
        "学位授予单位": 3,
        "所授学位": 2,
        "学位在线验证": 3,
    },
    Kind.QUALIFICATION_CERTIFICATE: {
        "专业技术资格": 3,
        "专业技术职务任职资格": 3,
        "会计专业技术": 3,
        "管理号": 3,
        "批准日期": 2,
        "资格级别": 2,
        "资格名称": 2,
        "授予时间": 1,
        "专业名称": 1,
        "级别": 1,
        "会计": 1,
        "人力资源和社会保障": 1,
        "财政部": 1,
        "证件号码": 1,
        "会计从业资格": 4,
        "档案号": 3,
        "发证机关": 1,
        "职称证书": 3,
        "专业技术职务资格": 3,
        "职业资格": 2,
        "会计师": 2,
        "评审委员会": 2,
        "任职资格": 1,
    },
    Kind.RESIDENCE_PERMIT: {
        "居住证": 4,
        "居住地址": 3,
        "居住地住址": 3,
        "现居住地": 3,
        "常住户口所在地": 3,
        "户籍地址": 2,
        "户籍所在地": 2,
        "签注": 2,
        "签注日期": 2,
        "有效期至": 1,
        "签发日期": 1,
        "公民身份号码": 1,
        "签发机关": 1,
        # These are identity cards, whatever they are called.
        "港澳居民居住证": -6,
        "台湾居民居住证": -6,
        "通行证号码": -3,
    },
    Kind.HOUSEHOLD_REGISTER: {
        "常住人口登记": 3,
        "居民户口簿": 3,
        "户口簿": 1,
        "户主": 2,
        "户主姓名": 1,
        "户别": 2,
        "户号": 1,
        "户口专用章": 2,
        "户口登记机关": 2,
        "住址变动": 2,
        "籍贯": 1,
        "曾用名": 1,
        "出生地": 1,
        "宗教信仰": 2,
        "兵役状况": 2,
        "婚姻状况": 1,
        "服务处所": 2,
        "文化程度": 1,
        "公民身份证件编号": 2,
        "何时由何地": 2,
    },
    # 学生证 also stands in 在校学生证明, so the proof's own words must outweigh it there.
    Kind.STUDENT_CARD: {
        "学生证": 3,
        "研究生证": 3,
        "学号": 2,
        "院系": 1,
        "入学": 1,
        "注册": 1,
        "学期": 1,
        "有效期": 1,
    },
    Kind.ENROLMENT_PROOF: {
        "在校学生证明": 3,
        "学生证明": 3,
        "在校生证明": 3,
        "在读证明": 3,
        "在校证明": 3,
        "在学证明": 3,
        "就读证明": 3,
        "学籍证明": 3,
        "在籍证明": 3,
        "在读学生": 2,
        "在校学生": 2,
        "在校生": 1,
        "就读": 1,
        "学籍": 1,
        "特此证明": 1,
        "我校": 1,
        "同学": 1,
        "学籍在线验证": 3,
        "在线验证码": 3,
        "学籍状态": 2,
    },
    Kind.UNIT_CERTIFICATE: {
        "营业执照": 3,
        "统一社会信用代码证": 3,
        "事业单位法人证书": 3,
        "组织机构代码证": 3,
        "法定代表人": 2,
        "经营范围": 2,
        "注册资本": 2,
        "登记机关": 1,
        "成立日期": 1,
        "举办单位": 1,
        # Papers of sole traders, organs and institutions have no capital and no scope.
        "组成形式": 2,
        "经营场所": 2,
        "营业期限": 2,
        "机构性质": 2,
        "机构类型": 2,
        "赋码机关": 2,
        "宗旨和业务范围": 2,
        "开办资金": 2,
        "经费来源": 1,
        "机构名称": 1,
        "质量技术监督局": 2,
    },
    # The form names the items of every other paper; what only a form asks for tells it apart.
    Kind.INFORMATION_FORM: {
        "基本信息表": 3,
        "会计人员信息": 2,
        "会计人员基本信息": 3,
        "信息采集表": 3,
        "本人签字": 2,
        "本人签名": 2,
        "本人承诺": 2,
        "手机号码": 2,
        "从事会计工作": 1,
        "政治面貌": 1,
        "证件类型": 1,
        "工作单位": 1,
        "毕业院校": 1,
        "所学专业": 1,
        "填表": 1,
        "单位盖章": 1,
    },
}
# Evidence at which a kind is as good as certain: its name and two more words of its own.
FULL_EVIDENCE = 6.0
# Below this there is text, but none of our documents.
MIN_EVIDENCE = 2.0
# A word of four and more characters may have one misread (75 of 100).
_FUZZY_RATIO = 80.0
# Both sides of an ID card often share one page; a second kind needs its own proof.
SECOND_KIND_EVIDENCE = 4.0
_PAIRS = frozenset({Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK})


@dataclass(frozen=True, slots=True)
class KindGuess:
    """A detected kind with its confidence 0..1."""

    kind: Kind
    confidence: float


def detect_kinds(text: str) -> tuple[KindGuess, ...]:
    """Detects what the page is.

    Args:
        text: All recognised text of the page without spaces and line feeds.

    Returns:
        The best kind first; a second one only when both sides of an ID card are on the page. `UNKNOWN` when the
        words of no kind are there.
    """
    evidence = evidence_by_kind(text)
    ranked = sorted(evidence, key=lambda kind: -evidence[kind])
    best, second = ranked[0], ranked[1]
    if evidence[best] < MIN_EVIDENCE:
        return (KindGuess(Kind.UNKNOWN, 0.0),)
    if {best, second} == _PAIRS and evidence[second] >= SECOND_KIND_EVIDENCE:
        return tuple(KindGuess(kind, _confidence(evidence[kind], 0.0)) for kind in (best, second))
    return (KindGuess(best, _confidence(evidence[best], evidence[second])),)


def evidence_of(text: str) -> float:
    """Weight of the best kind's words on the page; `FULL_EVIDENCE` and more leaves no doubt."""
    text = fold(text)
    return max(_weigh(text, words) for words in _EVIDENCE.values())


def evidence_by_kind(text: str) -> dict[Kind, float]:
    """Weight of every kind's words in a text without spaces and line feeds."""
    text = fold(text)
    return {kind: _weigh(text, words) for kind, words in _EVIDENCE.items()}


def telling_words(text: str, kind: Kind) -> Mapping[str, int]:
    """The words of a kind that stand in a text, with their weights."""
    text = fold(text)
    return {word: weight for word, weight in _EVIDENCE[kind].items() if _stands_in(word, text)}


def _weigh(text: str, words: Mapping[str, int]) -> float:
    return float(sum(weight for word, weight in words.items() if _stands_in(word, text)))


def _stands_in(word: str, text: str) -> bool:
    if word in text:
        return True
    if len(word) < 5 or len(text) < len(word):
        return False
    return fuzz.partial_ratio(word, text, score_cutoff=_FUZZY_RATIO) >= _FUZZY_RATIO


def _confidence(best: float, second: float) -> float:
    strength = min(1.0, best / FULL_EVIDENCE)
    clearness = min(1.0, (best - second) / best + 0.5)
    return round(strength * clearness, 3)
