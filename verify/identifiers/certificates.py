"""Numbers of diplomas, degrees and qualification certificates: what their digits say, where they say anything.

A number never tells graduation from 结业: both are numbered alike (教学〔2001〕4号), and 肄业 has no number at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from verify.text.folding import fold_number

# 教学〔2001〕4号 and 浙教办高教〔2008〕80号: school 5, kind of study 1, year 4, level 2,
# serial 6 (5 in the first year).
_DIPLOMA = re.compile(r"(?P<school>\d{5})(?P<study>[157])(?P<year>(?:19|20)\d{2})(?P<level>0[1-6])\d{5,6}", re.ASCII)
# Self-study examinations (domain.md 3.3): kind 6, level 1, place 6, year 2, half-year 1, serial 5, check 1. Numbers of
# today have 18 digits; where the new digit stands is not written down, so these tell only kind and level. Schools'
# codes begin with 1, 5, 8 or 9, so the two schemes do not meet.
_SELF_STUDY = re.compile(r"6(?P<level>[1-6])\d{6}(?P<year>\d{2})\d{7,8}", re.ASCII)
# The first rule gave every number 17 digits (domain.md section 3.3).
_FIRST_RULE_DIGITS = 17
# Two digits of a year from here on are of the last century: the scheme is of 2001 and took in a few years before.
_LAST_CENTURY_FROM = 70
_DIPLOMA_LEVELS = {"01": "博士研究生", "02": "硕士研究生", "04": "本科", "05": "本科", "06": "专科"}
# The same digits without their zero, as several examination offices describe them (domain.md 3.3).
_SELF_STUDY_LEVELS = {"5": "本科", "6": "专科"}
# 教育部留学服务中心 (domain.md 3.3, of weak authority): 教留服认美00001号, and 1, year of the verification, serial.
_FOREIGN = re.compile(r"教留服认[\u4e00-\u9fff]{1,4}\d{5}|120\d{2}\d{7}", re.ASCII)
# 国务院学位委员会 notice of 2005-08-25 with the letters of later practice (domain.md section 3.4).
_DEGREE = re.compile(
    r"(?P<programme>[ZTLQC])?(?P<school>\d{5})(?P<level>[234])(?P<year>(?:19|20)\d{2})(?P<mark>[0-9A-Z])\d{5}",
    re.ASCII,
)
_DEGREE_LEVELS = {"2": "博士", "3": "硕士", "4": "学士"}
_PROGRAMMES = {"Z": "专业学位", "T": "同等学力", "L": "来华留学", "Q": "高校教师或中职教师", "C": "成人本科"}
_DEGREE_MARKS = {"S": "双学位", "E": "第二学位", "Z": "自学考试"}
# Degrees that are never earned in full-time study.
_PART_TIME_DEGREES = frozenset({"成人本科", "自学考试"})
# The composition of a 管理号 is not established, so it is opaque (domain.md section 3.5).
_QUALIFICATION = re.compile(r"[0-9A-Z]{6,32}", re.ASCII)
# Electronic registration began in 2001; older diplomas carry free numbers.
REGISTERED_SINCE_YEAR = 2001
# Diploma numbers have 18 digits since 2002, and some schools still wrote 17 in that year (domain.md section 3.3).
LAST_YEAR_OF_17_DIGITS = 2002
# The notice on degree numbers is of 2005-08-25 and in force for 2005/2006 on; earlier degrees carry free numbers.
DEGREES_NUMBERED_SINCE_YEAR = 2006


class CertificateForm(StrEnum):
    """By which rule a number was made."""

    ORDINARY = "ordinary"
    ADULT = "adult"
    NETWORK = "network"
    SELF_STUDY = "self_study"
    FOREIGN_VERIFICATION = "foreign_verification"
    DEGREE = "degree"
    FREE = "free"


_FORMS = {"1": CertificateForm.ORDINARY, "5": CertificateForm.ADULT, "7": CertificateForm.NETWORK}
# 1 is ordinary study, but part-time graduate students have it too since 2017: only the others decide.
_PART_TIME_FORMS = frozenset({CertificateForm.ADULT, CertificateForm.NETWORK, CertificateForm.SELF_STUDY})


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """What a diploma or degree number says; every part may be unknown.

    Attributes:
        known_form: The number has a form of the rules; free forms of old papers have not.
        school_code: Five digits, or empty.
        year: Year of graduation or award, or None.
        level: 专科, 本科, … for a diploma; 学士, 硕士, 博士 for a degree; or empty.
        study_mode: `full_time`, `part_time`, or empty when the digit does not decide it.
        form: By which rule it was made.
        programme: What a degree number's letters say, such as 专业学位 or 第二学位, in the order of the letters; empty
            for none.
        text: As given, folded.
    """

    known_form: bool
    school_code: str = ""
    year: int | None = None
    level: str = ""
    study_mode: str = ""
    form: CertificateForm = CertificateForm.FREE
    programme: tuple[str, ...] = ()
    text: str = ""

    @property
    def lacks_a_digit(self) -> bool:
        """A 17-digit number of a year whose numbers have 18: a digit was left out, most likely."""
        return (
            self.form in _FORMS.values()
            and len(self.text) == _FIRST_RULE_DIGITS
            and self.year is not None
            and self.year > LAST_YEAR_OF_17_DIGITS
        )

    def year_agrees(self, year: int) -> bool:
        """True when the number says nothing about the year, or the same."""
        return self.year is None or self.year == year

    def level_agrees(self, level: str) -> bool:
        """True when the number says nothing about the level, or the same; a degree is `管理学学士` for 学士."""
        return not self.level or self.level == level or (self.form is CertificateForm.DEGREE and self.level in level)

    def study_agrees(self, study_mode: str) -> bool:
        """True when the number says nothing about the mode of study (`full_time`, `part_time`), or the same."""
        return not self.study_mode or self.study_mode == study_mode


def parse_diploma_number(text: str) -> CertificateNumber:
    """Takes a diploma number apart, or that of the verification of a foreign one; never raises."""
    number = fold_number(text)
    self_study = _SELF_STUDY.fullmatch(number)
    if self_study is not None:
        return CertificateNumber(
            known_form=True,
            year=_full_year(self_study["year"]) if len(number) == _FIRST_RULE_DIGITS else None,
            level=_SELF_STUDY_LEVELS.get(self_study["level"], ""),
            study_mode="part_time",
            form=CertificateForm.SELF_STUDY,
            text=number,
        )
    match = _DIPLOMA.fullmatch(number)
    if match is None:
        if _FOREIGN.fullmatch(number):
            return CertificateNumber(True, form=CertificateForm.FOREIGN_VERIFICATION, text=number)
        return CertificateNumber(known_form=False, text=number)
    form = _FORMS[match["study"]]
    return CertificateNumber(
        known_form=True,
        school_code=match["school"],
        year=int(match["year"]),
        level=_DIPLOMA_LEVELS.get(match["level"], ""),
        study_mode="part_time" if form in _PART_TIME_FORMS else "",
        form=form,
        text=number,
    )


def parse_degree_number(text: str) -> CertificateNumber:
    """Takes a degree number apart, or that of the verification of a foreign one; never raises."""
    number = fold_number(text)
    match = _DEGREE.fullmatch(number)
    if match is None:
        if _FOREIGN.fullmatch(number):
            return CertificateNumber(True, form=CertificateForm.FOREIGN_VERIFICATION, text=number)
        return CertificateNumber(known_form=False, text=number)
    words = (_PROGRAMMES.get(match["programme"] or "", ""), _DEGREE_MARKS.get(match["mark"], ""))
    programme = tuple(word for word in words if word)
    return CertificateNumber(
        known_form=True,
        school_code=match["school"],
        year=int(match["year"]),
        level=_DEGREE_LEVELS[match["level"]],
        study_mode="part_time" if _PART_TIME_DEGREES.intersection(programme) else "",
        form=CertificateForm.DEGREE,
        programme=programme,
        text=number,
    )


def is_qualification_number(text: str) -> bool:
    """True when the text can be a 管理号 at all."""
    return _QUALIFICATION.fullmatch(fold_number(text)) is not None


def _full_year(digits: str) -> int:
    year = int(digits)
    return year + (1900 if year >= _LAST_CENTURY_FROM else 2000)
