"""How the reading benchmark counts, on answers that are written here."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.read import main
from bench.read_figures import FLOORS, least_confident, read_part, seal_pairs, slope_bytes, speed_ratio
from bench.read_memory import memory_part
from bench.read_outcomes import EXACT, UNREAD, WRONG, Asked, Sheet, field_rows, images_by_group, kind_of
from bench.read_sheet import write_sheet
from fixtures.ageing import LEVELS
from fixtures.specimens import DRAWERS
from intake.report.labels import KINDS

PRINTED = {"name": "刀岩保", "level": "本科"}


def field(value: Any, confidence: float = 0.99) -> dict[str, Any]:
    return {"value": value, "confidence": confidence, "box": None}


def sheet(
    fields: dict[str, Any], *, truth: dict[str, Any] | None = None, level: str = "scan", kind: str = "diploma",
    read_kind: str = "diploma", seconds: float = 1.0, peer: float | None = None, **more: Any,
) -> Sheet:  # fmt: skip
    reading = {"kind": read_kind, "variant": "", "fields": fields, "seals": more.get("seals", [])}
    reply = {"readings": [reading], "resident_bytes": more.get("resident", 0)}
    answers = {"intake": Asked(seconds, seconds, 0, reply)}
    if peer is not None:
        answers["RapidOCR"] = Asked(peer, peer, 0, {})
    content = {"kind": kind, "variant": "", "fields": PRINTED if truth is None else truth}
    return Sheet("diploma", level, 1, content, answers)


def right() -> dict[str, Any]:
    return {"name": field("刀岩保"), "level": field("本科")}


@pytest.mark.parametrize(
    ("read", "verdict"),
    [(field("刀岩保"), EXACT), (field("刀岩堡"), WRONG), (field(None), UNREAD), (None, UNREAD)],
)
def test_verdict_of_a_printed_field(read: Any, verdict: str) -> None:
    fields = right() | {"name": read} if read is not None else {"level": field("本科")}
    (row,) = [row for row in field_rows([sheet(fields)]) if row.name == "name"]
    assert row.verdict == verdict


def test_what_is_not_printed_and_yet_read_is_wrong() -> None:
    rows = field_rows([sheet(right() | {"major": field("会计学")})])
    assert [row.verdict for row in rows] == [EXACT, EXACT, WRONG]


def test_a_field_that_was_not_read_is_the_least_certain() -> None:
    rows = field_rows([sheet(right() | {"name": field(None, 0.99)})])
    assert [row.name for row in least_confident(rows)] == ["name"]


def test_codes_are_counted_elsewhere() -> None:
    assert len(field_rows([sheet(right() | {"qr_code": field("x")})])) == 2


def floors(sheets: list[Sheet], peak: int = 1) -> dict[str, bool]:
    engines: Any = [SimpleNamespace(name="intake", peak_bytes=peak), SimpleNamespace(name="RapidOCR", peak_bytes=1)]
    return {floor.what: floor.met for floor in read_part(sheets, engines).floors}


def plenty(count: int = 200, **changes: Any) -> list[Sheet]:
    return [sheet(right(), level=LEVELS[n % 4], peer=1.5, **changes) for n in range(count)]


def test_good_answers_meet_every_floor() -> None:
    assert all(floors(plenty()).values())


@pytest.mark.parametrize(
    ("bad", "missed"),
    [
        ([sheet(right() | {"name": field("刀岩堡", 0.95)})] * 2, "wrong and confident (>= 0.9)"),
        ([sheet(right(), read_kind="degree_certificate")] * 3, "kind told"),
        ([sheet(right(), seconds=2.0, peer=1.5)] * 3, "pages a second, ours over the faster peer's"),
        ([sheet({}, level="good_phone")] * 2, "diploma, degree, qualification, good_phone"),
    ],
)
def test_bad_answers_miss_their_floor(bad: list[Sheet], missed: str) -> None:
    assert floors(plenty() + bad)[missed] is False


def test_errors_that_nobody_doubted_miss_their_floor() -> None:
    bad = [sheet(right() | {"name": field("刀岩堡", 0.992)}) for _ in range(2)]
    doubted = [sheet({"name": field("刀岩保", 0.5), "level": field("本科", 0.5)}) for _ in range(20)]
    assert floors(plenty() + bad + doubted)["errors among the least certain 5 %"] is False


def test_too_few_pages_prove_nothing_about_memory() -> None:
    assert floors(plenty(199))["peak memory, children included"] is False
    assert floors(plenty(200))["peak memory, children included"] is True
    assert floors(plenty(200), peak=1_000_000_001)["peak memory, children included"] is False


def test_slope_is_that_of_the_pages_after_warming_up() -> None:
    warm = [5e8 * (n / 200) for n in range(200)]
    assert slope_bytes([*warm, *([5e8] * 100)]) == pytest.approx(0.0, abs=1.0)
    assert slope_bytes([*warm, *(5e8 + 2e4 * n for n in range(100))]) == pytest.approx(2e6, rel=1e-6)
    assert slope_bytes(warm) == 0.0


def test_speed_is_compared_on_common_pictures_only() -> None:
    pictures = [sheet(right(), seconds=1.0, peer=2.0), sheet(right(), seconds=50.0)]
    assert speed_ratio(pictures, "intake", "RapidOCR") == 2.0


def seal(text: str, diameter_px: float) -> dict[str, Any]:
    return {"text": text, "diameter_px": diameter_px}


def test_each_seal_goes_to_the_likest_name() -> None:
    page = sheet(right(), seals=[seal("云岭大学", 300.0), seal("云岭省自学考试委员会", 250.0)])
    printed = {
        **page.truth,
        "seals": [{"text": "云岭省自学考试委员会"}, {"text": "云岭大学"}, {"text": "没有读到的章"}],
    }
    found = seal_pairs(Sheet("diploma", "scan", 1, printed, page.answers))
    assert found[:2] == [("云岭省自学考试委员会", "云岭省自学考试委员会", 250.0), ("云岭大学", "云岭大学", 300.0)]
    assert found[2] == ("没有读到的章", "", 0.0)


def test_groups_of_one_kind_share_its_images() -> None:
    groups = ("diploma", "diploma_variants", "student_card")
    assert images_by_group(groups, 32) == {"diploma": 16, "diploma_variants": 16, "student_card": 32}
    assert images_by_group(groups, 31) == {"diploma": 16, "diploma_variants": 16, "student_card": 31}
    assert images_by_group((), 32) == {}


def test_every_group_belongs_to_a_kind() -> None:
    assert {kind_of(group) for group in DRAWERS} == set(KINDS) - {"photo", "unknown"}


def test_floors_cover_every_level() -> None:
    assert {len(shares) for shares in FLOORS.values()} == {len(LEVELS)}


def test_the_sheet_shows_what_was_misread(tmp_path: Path) -> None:
    bad = sheet(right() | {"name": field("<b>刀岩堡", 0.95)})
    write_sheet(
        [*plenty(8), Sheet(bad.group, bad.level, 77, bad.truth, bad.answers, {"name": "QUJD"})], tmp_path / "x.html"
    )
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;刀岩堡" in page and "刀岩保" in page and "base64,QUJD" in page and 'class="sure"' in page


@pytest.mark.parametrize("extra", [["--detail"], ["--keep", "/nowhere/at/all"]])
def test_reserved_documents_are_never_named_or_kept(extra: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(extra)
    assert end.value.code == 2
    assert "refused" in capsys.readouterr().err


def test_memory_over_many_pages_has_both_floors() -> None:
    flat = [1e8 * min(1.0, n / 100) for n in range(1_000)]
    part = memory_part(flat, 600_000_000)
    assert [floor.met for floor in part.floors] == [True, True]
    assert [row[0] for row in part.tables[0].rows][::9] == ["1 to 100", "901 to 1000"]
    growing = memory_part([1e8 + 2e4 * n for n in range(1_000)], 1_000_000_001)
    assert [floor.met for floor in growing.floors] == [False, False]
    assert [floor.met for floor in memory_part(flat[:150], 1).floors] == [False, False]
