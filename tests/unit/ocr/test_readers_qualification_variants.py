import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.kinds import detect_kinds
from ocr.model import Kind
from ocr.readers.qualification import doubts, read, variant
from tests.unit.ocr.pages import page_of, values

ID = "11010519491231002X"
BASE = ("姓名：王芳", "性别：女", "出生年月：1949年12月", f"身份证号：{ID}")


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        (("管理号：53012015000123", "证书编号：QC00123456"), "53012015000123"),
        (("证书编号：QC00123456", "管理号：53012015000123"), "53012015000123"),
        (("证书编号：QC00123456",), "QC00123456"),
        (("管理号：",), None),
    ],
)
def test_of_two_numbers_the_managed_one_counts(rows: tuple[str, ...], number: str | None) -> None:
    page = page_of("会计专业技术资格证书", *BASE, "资格名称：会计师", "授予时间：2015年10月20日", *rows)
    assert values(read(page)).get("certificate_number") == number


@pytest.mark.parametrize(
    ("row", "level"),
    [
        ("资格名称：会计员", "初级"),
        ("资格名称：助理会计师", "初级"),
        ("资格名称：初级会计资格", "初级"),
        ("资格名称：会计师", "中级"),
        ("资格名称：中级会计师", "中级"),
        ("任职资格：高级会计师", "高级"),
        ("职称名称：正高级会计师", "正高级"),
        ("级别：高级（会计师系列）", "高级"),
    ],
)
def test_titles_and_levels(row: str, level: str) -> None:
    page = page_of("高级专业技术资格证书", *BASE, "专业名称：会计", row, "评审组织：云岭省会计系列高级职称评审委员会")
    fields = values(read(page))
    assert (fields["level"], fields["specialty"]) == (level, "会计")


@pytest.mark.parametrize("title", ["会计师", "高级会计师", "正高级会计师"])
def test_a_review_told_in_a_sentence(title: str) -> None:
    page = page_of(
        "会计系列专业技术职务任职资格证书",
        f"王芳，女，1949年12月出生，身份证号{ID}。经",
        "云岭省会计专业高级技术资格评审委员会评审通过，于2019年12月1日取得会计专业" + title[:1],
        title[1:] + "任职资格，特发此证。",
        "批准文号：云人社发〔2020〕12号",
        "云岭省人力资源和社会保障厅",
        "2020年1月20日",
    )
    levels = {"会计师": "中级", "高级会计师": "高级", "正高级会计师": "正高级"}
    assert values(read(page)) == {
        "name": "王芳",
        "id_number": ID,
        "gender": "女",
        "birth_date": "1949-12",
        "specialty": "会计",
        "level": levels[title],
        "approved_on": "2019-12-01",
        "certificate_number": "云人社发〔2020〕12号",
    }
    assert variant(page) == "review"
    assert detect_kinds(page.running.text)[0].kind is Kind.QUALIFICATION_CERTIFICATE


@pytest.mark.parametrize("printed", ["云人社发[2020]12号", "云人社发（2020）12号", "云人社发【2020】第12号"])
def test_the_number_of_the_approving_paper(printed: str) -> None:
    page = page_of("专业技术职务任职资格证书", *BASE, f"批准文号：{printed}")
    assert values(read(page))["certificate_number"] == "云人社发〔2020〕12号"


def test_a_number_of_the_certificate_comes_before_the_paper_that_approved_it() -> None:
    page = page_of("专业技术职务任职资格证书", *BASE, "批准文号：云人社发〔2020〕12号", "证书编号：G20190001234")
    assert values(read(page))["certificate_number"] == "G20190001234"


def test_the_electronic_form() -> None:
    page = page_of(
        "专业技术人员职业资格",
        "电子证书",
        "姓名：王芳",
        f"证件号码：{ID}",
        "性别：女",
        "出生年月：1949年12月",
        "专业：会计",
        "级别：中级",
        "批准日期：2022年09月10日",
        "管理号：20220905300001",
        "签发单位：云岭省人事考试院",
        "签发日期：2022年11月1日",
        "扫描二维码或输入姓名、证件号码、管理号下载或验证本证书",
        aspect=0.7,
    )
    assert values(read(page)) == {
        "name": "王芳",
        "id_number": ID,
        "gender": "女",
        "birth_date": "1949-12",
        "specialty": "会计",
        "level": "中级",
        "approved_on": "2022-09-10",
        "certificate_number": "20220905300001",
    }
    assert variant(page) == "electronic"
    assert doubts(page) == ()
    assert detect_kinds(page.running.text)[0].kind is Kind.QUALIFICATION_CERTIFICATE


def test_an_issuing_board_alone_makes_no_review_certificate() -> None:
    page = page_of("会计专业技术资格证书", *BASE, "级别：初级", "云岭省会计资格评审委员会")
    assert variant(page) == ""


@pytest.mark.parametrize("file_number", [ID, "530100123456"])
def test_the_abolished_certificate(file_number: str) -> None:
    page = page_of(
        "会计从业资格证书", *BASE, f"档案号：{file_number}", "发证机关：芒城市财政局", "发证日期：2012年1月5日"
    )
    assert values(read(page)) == {"name": "王芳", "gender": "女", "birth_date": "1949-12", "id_number": ID}
    assert variant(page) == "practising"
    (defect,) = doubts(page)
    assert (defect.code, defect.severe) == ("qualification-wrong-paper", True)
    assert detect_kinds(page.running.text)[0].kind is Kind.QUALIFICATION_CERTIFICATE


def test_the_data_page_of_the_abolished_certificate_without_its_name() -> None:
    page = page_of(*BASE, "档案号：530100123456", "发证机关：芒城市财政局", "发证日期：2012年1月5日")
    assert variant(page) == "practising"
    assert "certificate_number" not in read(page)
    assert detect_kinds(page.running.text)[0].kind is Kind.QUALIFICATION_CERTIFICATE


def test_a_note_about_the_abolished_certificate_is_no_doubt() -> None:
    page = page_of("会计专业技术资格证书", *BASE, "级别：初级", "持证人不再需要会计从业资格证书。")
    assert doubts(page) == ()


def test_a_managed_number_of_fifteen_digits_is_no_card_number() -> None:
    page = page_of("会计专业技术资格证书", "管理号：530102015000123", "姓名：王芳", f"证件号码：{ID}", "级别：初级")
    fields = values(read(page))
    assert (fields["id_number"], fields["certificate_number"]) == (ID, "530102015000123")


@given(
    st.lists(
        st.text(
            alphabet="会计专业技术资格证书姓名王芳性别男女管理号：编0123456789X级高初中正师评审年月日", max_size=30
        ),
        max_size=8,
    )
)
def test_no_text_breaks_the_reader(rows: list[str]) -> None:
    page = page_of(*rows)
    read(page)
    assert variant(page) in {"", "electronic", "review", "practising"}
    for field in read(page).values():
        assert field.raw in page.by_row.text or field.raw in page.running.text
