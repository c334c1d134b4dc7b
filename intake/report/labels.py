"""Chinese names of stored words, for pages and tables. Stored words never change; these may."""

from __future__ import annotations

import re

BANDS = {"likely_pass": "基本相符", "needs_review": "需人工核对", "likely_return": "建议退回补正"}
LEVELS = {"block": "无法核验", "mismatch": "不一致", "warn": "请核对", "info": "提示"}
# A letter stands beside every colour, so that nobody has to tell colours apart.
LEVEL_MARKS = {"block": "■", "mismatch": "◆", "warn": "▲", "info": "●"}

KINDS = {
    "photo": "一寸照片",
    "id_card_front": "身份证人像面",
    "id_card_back": "身份证国徽面",
    "work_certificate": "工作证明",
    "diploma": "学历证书",
    "degree_certificate": "学位证书",
    "qualification_certificate": "会计专业技术资格证书",
    "residence_permit": "居住证",
    "household_register": "户口簿",
    "student_card": "学生证",
    "enrolment_proof": "在校学生证明",
    "unit_certificate": "单位证照",
    "information_form": "基本信息表",
    "unknown": "未能识别的材料",
}

FIELDS = {
    "name": "姓名",
    "gender": "性别",
    "ethnicity": "民族",
    "birth_date": "出生日期",
    "address": "住址",
    "id_number": "身份证号",
    "id_type": "证件类型",
    "id_valid_from": "证件有效期起",
    "id_valid_until": "证件有效期止",
    "phone": "手机号",
    "issuing_authority": "签发机关",
    "valid_from": "有效期起",
    "valid_until": "有效期止",
    "duties": "会计工作岗位",
    "employer": "工作单位",
    "uscc": "统一社会信用代码",
    "finance_bureau": "所属财政局",
    "region": "行政区划",
    "on_duty": "是否在岗",
    "started_on": "开始日期",
    "issued_on": "开具日期",
    "seal_present": "是否盖章",
    "seal_text": "印章文字",
    "signature_present": "是否签字",
    "school": "学校",
    "major": "专业",
    "level": "层次（级别）",
    "study_mode": "学习形式",
    "enrolled_on": "入学日期",
    "graduated_on": "毕业日期",
    "certificate_number": "证书编号",
    "degree": "学位",
    "degree_number": "学位证书编号",
    "awarded_on": "授予日期",
    "specialty": "专业名称",
    "approved_on": "批准日期",
    "student_number": "学号",
    "unit_name": "单位名称",
    "unit_type": "单位类型",
    "established_on": "成立日期",
    "registration_number": "注册号",
    "organisation_code": "组织机构代码",
    "verification_code": "在线验证码",
    "qr_code": "二维码内容",
    "bar_code": "条形码内容",
}

TICK_STATES = {
    "ticked": "已勾选",
    "filled": "已涂满（按勾选）",
    "empty": "未勾选",
    "crossed-out": "已划掉（按未勾选）",
    "uncertain": "无法确定",
    "not-found": "没有找到",
}

_ROOTS = {"person": "本人", "work": "工作", "education": "学历", "qualification": "资格"}
_NUMBERED = re.compile(r"(?P<kind>[a-z_]+?)(?:-(?P<number>[0-9]+))?")

# How seals are described, colour, shape and middle in this order: 红色圆形，带五角星.
SEAL_COLOURS = {"red": "红色", "blue": "蓝色", "black": "黑白复印件上的"}
SEAL_SHAPES = {"round": "圆形", "oval": "椭圆形", "square": "方形"}
SEAL_MIDDLES = {"star": "，带五角星", "emblem": "，带国徽或标志", "none": "", "unknown": ""}


def slot_label(slot: str) -> str:
    """`diploma-2` → 学历证书 2; an unknown slot is shown as it is."""
    match = _NUMBERED.fullmatch(slot)
    if match is None or match["kind"] not in KINDS:
        return slot
    return KINDS[match["kind"]] + (f" {match['number']}" if match["number"] else "")


def field_label(path: str) -> str:
    """`education.1.school` → 学历 2 · 学校; a bare field name gives its own label."""
    parts = path.split(".")
    last = FIELDS.get(parts[-1], parts[-1])
    if len(parts) == 1:
        return _ROOTS.get(path, last)
    root = _ROOTS.get(parts[0], parts[0])
    number = f" {int(parts[1]) + 1}" if len(parts) == 3 and parts[1].isdigit() else ""
    return f"{root}{number} · {last}" if number or parts[0] != "person" else last
