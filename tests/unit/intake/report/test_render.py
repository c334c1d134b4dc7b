from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imaging.model import Rendition
from intake.archive.summary import count_records
from intake.model import CaseResult
from intake.report.pictures import REPORT_SIDE_PX, case_key, drop_pictures, reduce_rendition, write_pictures
from intake.report.render import write_report
from verify.model import Band

ATTACK = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 4*7*7 }}\u202e'


def record(case: str = "c", **changes: Any) -> dict[str, Any]:
    finding = {
        "code": "name-differs",
        "level": "mismatch",
        "field": "person.name",
        "material": "diploma",
        "entered": "王五",
        "read": "王六",
        "match": "different",
        "confidence": 0.99,
        "box": [[0.1, 0.1], [0.5, 0.1], [0.5, 0.2], [0.1, 0.2]],
        "message": "不一致",
        "points_lost": 25.0,
    }
    material = {"file": "diploma.jpg", "kind": "diploma", "kind_confidence": 1.0, "fields": {"name": {"value": "王六"}}}
    return {
        "case": case,
        "score": 75,
        "band": "needs_review",
        "findings": [{**finding, **changes}],
        "materials": {"diploma": material},
    }


class Elements(HTMLParser):
    """Counts elements and keeps attributes, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def render(folder: Path, records: list[dict[str, Any]], *, pictures: bool = True) -> tuple[str, Elements]:
    for item in records if pictures else ():
        rendition = Rendition(np.full((300, 200, 3), 255, np.uint8), "JPEG", 200, 300)
        picture = reduce_rendition("diploma", rendition)
        write_pictures(folder / "images", CaseResult(item["case"], 1, Band.LIKELY_PASS, item, (picture,)))
    summary = {
        **count_records(records),
        "cases_total": len(records),
        "complete": True,
        "policy": "p",
        "seconds": 1.0,
        "peak_rss_bytes": 1,
    }
    write_report(folder / "report.html", records, summary, images="images")
    page = (folder / "report.html").read_text(encoding="utf-8")
    elements = Elements()
    elements.feed(page)
    return page, elements


def test_a_box_and_its_row_carry_the_same_number(tmp_path: Path) -> None:
    _, elements = render(tmp_path, [record()])
    row = next(a["id"] for t, a in elements.found if t == "li" and a.get("id"))
    box = next(a for t, a in elements.found if t == "g")
    assert box["data-row"] == row
    assert box["class"] == "box level-mismatch"
    polygons = [a["points"] for t, a in elements.found if t == "polygon" and a.get("class") != "badge"]
    assert set(polygons) == {"20.0,30.0 100.0,30.0 100.0,60.0 20.0,60.0"}


@pytest.mark.parametrize(
    "place", ["case", "code", "entered", "read", "message", "short", "file", "value", "slot", "field"]
)
def test_markup_out_of_a_document_stays_text(tmp_path: Path, place: str) -> None:
    item = record()
    if place == "case":
        item["case"] = ATTACK
    elif place == "file":
        item["materials"]["diploma"]["file"] = ATTACK
    elif place == "value":
        item["materials"]["diploma"]["fields"]["name"]["value"] = ATTACK
    elif place == "slot":
        item["materials"] = {ATTACK.replace("/", "-"): item["materials"]["diploma"]}
    else:
        item["findings"][0][place] = ATTACK
    page, elements = render(tmp_path, [item], pictures=place != "slot")
    tags = [tag for tag, _ in elements.found]
    assert tags.count("script") == 1
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)
    assert all(a.get("src") != "x" for t, a in elements.found if t == "img")
    # Neither does it reach the template engine, nor turn the direction of the text around it.
    assert "196" not in page
    assert "\u202e" not in page


def test_only_our_own_script_and_style_may_run(tmp_path: Path) -> None:
    page, elements = render(tmp_path, [record()])
    policy = next(a["content"] for t, a in elements.found if t == "meta" and a.get("http-equiv"))
    assert policy is not None
    for tag in ("script", "style"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert body is not None
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not any("style" in attributes for _, attributes in elements.found)
    assert "http" not in re.sub(r"http-equiv", "", page).lower()


def test_numbers_are_masked_until_asked_for(tmp_path: Path) -> None:
    number = "11010519491231002X"
    page, _ = render(tmp_path, [record(case=number, entered=number, read=number, message=f"号码{number}")])
    assert number not in page
    assert "<h2>王六</h2>" in page
    assert "110105********002X" in page
    assert '<span class="full">19491231</span>' in page


def test_a_row_is_headed_by_what_to_look_at(tmp_path: Path) -> None:
    page, _ = render(tmp_path, [record(short="姓名或为误读")])
    assert "<strong>姓名或为误读</strong>" in page
    assert '<span class="material">姓名</span>' in page


def test_a_row_of_an_older_record_is_headed_by_its_field(tmp_path: Path) -> None:
    page, _ = render(tmp_path, [record()])
    assert "<strong>姓名</strong>" in page


def test_a_case_without_pictures_or_findings_still_gets_a_card(tmp_path: Path) -> None:
    clean = {**record(), "findings": [], "score": 100, "band": "likely_pass"}
    page, _ = render(tmp_path, [clean], pictures=False)
    assert "没有可显示的图像" in page
    assert "没有需要核对的问题" in page


def test_the_page_says_when_it_shows_only_the_worst(tmp_path: Path) -> None:
    summary = {**count_records([record()] * 3), "cases_total": 9, "complete": False, "policy": "p"}
    write_report(
        tmp_path / "report.html", [record()], {**summary, "seconds": 1.0, "peak_rss_bytes": 0}, images="images"
    )
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "1 人；全部 3 人" in page
    assert "尚未处理完毕" in page


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (REPORT_SIDE_PX - 1, 10, (REPORT_SIDE_PX - 1, 10)),
        (REPORT_SIDE_PX, 10, (REPORT_SIDE_PX, 10)),
        (2 * REPORT_SIDE_PX, 100, (REPORT_SIDE_PX, 50)),
        (1, 5 * REPORT_SIDE_PX, (1, REPORT_SIDE_PX)),
    ],
)
def test_pictures_shrink_to_the_limit_and_never_grow(width: int, height: int, expected: tuple[int, int]) -> None:
    rendition = Rendition(np.zeros((height, width, 3), np.uint8), "PNG", width, height)
    picture = reduce_rendition("photo", rendition)
    assert (picture.width_px, picture.height_px) == expected
    assert picture.jpeg.startswith(b"\xff\xd8")


def test_evicted_pictures_leave_nothing_behind(tmp_path: Path) -> None:
    render(tmp_path, [record("a"), record("b")])
    drop_pictures(tmp_path / "images", "a")
    assert [p.name for p in (tmp_path / "images").iterdir()] == [case_key("b")]
    drop_pictures(tmp_path / "images", "never there")


def test_each_of_two_documents_is_shown_with_its_own_differences(tmp_path: Path) -> None:
    item = record()
    item["findings"].append({**item["findings"][0], "field": "education.0.degree", "picture": 2})
    item["materials"]["diploma"]["also"] = [{"kind": "degree_certificate", "picture": 2, "fields": {}}]
    second = reduce_rendition("diploma", Rendition(np.full((80, 90, 3), 9, np.uint8), "JPEG", 90, 80), number=2)
    write_pictures(tmp_path / "images", CaseResult("c", 1, Band.LIKELY_PASS, item, (second,)))
    page, elements = render(tmp_path, [item])
    pictures = [a for t, a in elements.found if t == "img" and (a.get("src") or "").endswith(".jpg")]
    shown = {(a["src"] or "").rsplit("/", 1)[1]: (a["width"], a["height"]) for a in pictures if a.get("loading")}
    assert shown["diploma.jpg"] == ("200", "300")
    assert shown["diploma.2.jpg"] == ("90", "80")
    drawings = {a["viewbox"] for t, a in elements.found if t == "svg"}
    # One difference on each picture, drawn in that picture's size; the others are crops beside the rows.
    assert drawings >= {"0 0 200 300", "0 0 90 80"}
    boxes = [a["data-row"] for t, a in elements.found if t == "g" and "data-row" in a]
    assert len(boxes) == len(set(boxes)) == 2
    assert "同图：学位证书" in page
