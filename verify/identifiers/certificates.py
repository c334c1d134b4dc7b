"""Numbers of diplomas, degrees and qualification certificates: what their digits say, where they say anything."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verify.text.folding import fold_number

# 教学〔2001〕4号 and 浙教办高教〔2008〕80号: school 5, kind of study 1, year 4, level 2,
# serial 6 (5 in the first year).
_DIPLOMA = re.compile(r"(?P<school>\d{5})(?P<study>[157])(?P<year>(?:19|20)\d{2})(?P<level>0[1-6])\d{5,6}")
# Self-study examinations have a scheme of their own that starts with 6 (domain.md section 3.3).
_SELF_STUDY = re.compile(r"6[1-6]\d{15,16}")
_DIPLOMA_LEVELS = {"01": "博士研究生", "02": "硕士研究生", "04": "本科", "05": "本科", "06": "专科"}
# 国务院学位委员会 notice of 2005-08-25 with the letters of later practice (domain.md section 3.4).
_DEGREE = re.compile(r"[ZTLQC]?(?P<school>\d{5})(?P<level>[234])(?P<year>(?:19|20)\d{2})[0-9A-Z]\d{5}")
_DEGREE_LEVELS = {"2": "博士", "3": "硕士", "4": "学士"}
# The composition of a 管理号 is not established, so it is opaque (domain.md section 3.5).
_QUALIFICATION = re.compile(r"[0-9A-Z]{6,32}")
# Electronic registration began in 2001; older diplomas carry free numbers.
REGISTERED_SINCE_YEAR = 2001


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """What a diploma or degree number says; every part may be unknown.

    Attributes:
        known_form: The number has a form of the rules; free forms of old papers have not.
        school_code: Five digits, or empty.
        year: Year of graduation or award, or None.
        level: 专科, 本科, … for a diploma; 学士, 硕士, 博士 for a degree; or empty.
        study_mode: `full_time`, `part_time`, or empty when the digit does not decide it.
    """

    known_form: bool
    school_code: str = ""
    year: int | None = None
    level: str = ""
    study_mode: str = ""


def parse_diploma_number(text: str) -> CertificateNumber:
    """Takes a diploma number apart; never raises."""
    number = fold_number(text)
    match = _DIPLOMA.fullmatch(number)
    if match is None:
        return CertificateNumber(known_form=_SELF_STUDY.fullmatch(number) is not None)
    # 1 is ordinary study, but part-time graduate students have it too since 2017: only 5 and 7 decide.
    mode = "part_time" if match["study"] in "57" else ""
    return CertificateNumber(True, match["school"], int(match["year"]), _DIPLOMA_LEVELS.get(match["level"], ""), mode)


def parse_degree_number(text: str) -> CertificateNumber:
    """Takes a degree number apart; never raises."""
    match = _DEGREE.fullmatch(fold_number(text))
    if match is None:
        return CertificateNumber(known_form=False)
    return CertificateNumber(True, match["school"], int(match["year"]), _DEGREE_LEVELS[match["level"]])


def is_qualification_number(text: str) -> bool:
    """True when the text can be a 管理号 at all."""
    return _QUALIFICATION.fullmatch(fold_number(text)) is not None
