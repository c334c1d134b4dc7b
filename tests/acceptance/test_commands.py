"""The command line from outside: answers, exit codes, files written, and silence about everything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.command import ACCEPT, REJECT, intake

CASE = ACCEPT / "case-000060"
READING_KEYS = ["file", "kind", "kind_confidence", "fields", "findings"]
# Only where the document has them.
READING_KEYS_MORE = {"variant", "seals", "ticks"}
CASE_KEYS = ["case", "score", "band", "findings", "materials"]
FINDING_KEYS = [
    "code",
    "level",
    "field",
    "material",
    "entered",
    "read",
    "match",
    "confidence",
    "box",
    "message",
    "short",
    "points_lost",
]


def test_reading_gives_one_object_a_document() -> None:
    ended = intake("read", "--json", CASE / "id_card_front.jpg")
    assert (ended.code, ended.err) == (0, "")
    (line,) = ended.lines
    assert list(line) == READING_KEYS
    assert line["kind"] == "id_card_front"
    entered = json.loads((CASE / "entered.json").read_text(encoding="utf-8"))
    assert line["fields"]["id_number"]["value"] == entered["person"]["id_number"]
    for field in line["fields"].values():
        assert list(field) == ["value", "confidence", "box", "raw", "repaired", "coverage"]
        assert 0 <= field["confidence"] <= 1
        assert len(field["box"]) == 4
        assert all(0 <= part <= 1 for point in field["box"] for part in point)


@pytest.mark.parametrize(
    ("folder", "file"), [("both-sides-turned", "id_card_front.jpg"), ("two-certificates", "diploma.jpg")]
)
def test_a_picture_of_two_documents_gives_two_objects(folder: str, file: str) -> None:
    ended = intake("read", "--json", ACCEPT / folder / file)
    assert (ended.code, ended.err) == (0, "")
    (truth,) = json.loads((ACCEPT / folder / "truth.json").read_text(encoding="utf-8"))["materials"].values()
    printed = {document["kind"]: document["fields"] for document in truth["documents"]}
    assert {line["kind"] for line in ended.lines} == set(printed)
    assert len(ended.lines) == 2
    for line in ended.lines:
        assert [key for key in line if key not in READING_KEYS_MORE] == READING_KEYS
        read = {name: field["value"] for name, field in line["fields"].items()}
        for name in {"name", "id_number", "certificate_number", "valid_from"} & printed[line["kind"]].keys():
            assert read[name] == printed[line["kind"]][name]


def test_a_document_that_came_along_is_not_missing() -> None:
    """The degree certificate lies on the diploma's scan, in the diploma's slot."""
    ended = intake("verify", "--json", ACCEPT / "two-certificates")
    (line,) = ended.lines
    (material,) = line["materials"].values()
    assert material["kind"] == "diploma" and "picture" not in material
    assert [(other["kind"], other["picture"]) for other in material["also"]] == [("degree_certificate", 2)]
    missing = {f["material"] for f in line["findings"] if f["code"] == "material-missing"}
    assert "id_card_front" in missing and not missing & {"diploma", "degree_certificate"}
    assert not {"wrong-document", "duplicate-image"} & {f["code"] for f in line["findings"]}


def test_a_batch_of_files_goes_on_after_a_refused_one() -> None:
    text = REJECT / "text-named-jpg"
    bad = next(p for p in text.iterdir() if p.suffix == ".jpg")
    ended = intake("read", "--json", "nowhere.jpg", bad, CASE / "id_card_back.jpg")
    assert (ended.code, ended.err) == (1, "")
    missing, refused, good = ended.lines
    assert [f["code"] for f in missing["findings"]] == ["file-missing"]
    assert [f["code"] for f in refused["findings"]] == ["not-an-image"]
    assert list(refused["findings"][0]) == FINDING_KEYS
    assert good["kind"] == "id_card_back"


def test_verifying_gives_one_object_a_case_and_keeps_the_contract() -> None:
    ended = intake("verify", "--json", REJECT / "entered-broken", "nowhere", REJECT / "no-face")
    assert (ended.code, ended.err) == (1, "")
    assert [line["case"] for line in ended.lines] == ["entered-broken", "nowhere", "no-face"]
    for line in ended.lines:
        assert list(line) == CASE_KEYS
        lost = sum(f["points_lost"] for f in line["findings"])
        assert line["score"] == 100 - lost
    assert "entered-not-json" in [f["code"] for f in ended.lines[0]["findings"]]
    assert "case-missing" in [f["code"] for f in ended.lines[1]["findings"]]
    assert "photo-no-face" in [f["code"] for f in ended.lines[2]["findings"]]


def test_a_photo_that_cannot_be_made_writes_nothing(tmp_path: Path) -> None:
    ended = intake("photo", "fix", REJECT / "no-face" / "photo.jpg", "-o", tmp_path / "out.jpg", "--json")
    assert (ended.code, ended.err) == (1, "")
    assert [f["code"] for f in ended.lines[0]["findings"]] == ["photo-no-face"]
    assert list(tmp_path.iterdir()) == []


def test_a_photo_is_checked() -> None:
    ended = intake("photo", "check", REJECT / "no-face" / "photo.jpg", "--json")
    assert ended.code == 1
    assert not ended.lines[0]["acceptable"]


def test_compressing_keeps_the_limit_and_never_overwrites(tmp_path: Path) -> None:
    source, out = CASE / "work_certificate.jpg", tmp_path / "out.jpg"
    ended = intake("compress", source, "-o", out, "--max-kb", "60", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.lines[0]["bytes"] == out.stat().st_size <= 60_000
    before = out.read_bytes()
    again = intake("compress", source, "-o", out, "--json")
    assert (again.code, again.out) == (1, "")
    assert again.err.startswith("out-exists:")
    assert out.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out.jpg"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("read",),
        ("read", "--kind", "passport", "x.jpg"),
        ("verify", "--policy", "atlantis-1900", "x"),
        ("archive", "run", "nowhere", "--out", "never-made"),
        ("compress", "x.jpg"),
        ("compress", "x.jpg", "-o", "y.jpg", "--max-kb", "0"),
        ("nonsense",),
    ],
)
def test_wrong_usage_ends_with_two_and_answers_nothing(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ended = intake(*arguments, cwd=tmp_path) if arguments[0] == "archive" else intake(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err
    assert "Traceback" not in ended.err
    assert list(tmp_path.iterdir()) == []


def test_policies_are_listed_shown_and_checked(tmp_path: Path) -> None:
    assert "yunnan-2023" in [line["name"] for line in intake("policy", "list", "--json").lines]
    shown = intake("policy", "show", "yunnan-2023", "--json").lines[0]
    assert shown["photo"]["limits"]["written_bytes"] == 20_000
    broken = tmp_path / "mine.toml"
    broken.write_text("name = 3\n", encoding="utf-8")
    ended = intake("policy", "check", "yunnan-2023", broken, "--json")
    assert ended.code == 1
    assert [line["usable"] for line in ended.lines] == [True, False]


def test_people_get_tables_in_chinese() -> None:
    ended = intake("verify", "nowhere")
    assert (ended.code, ended.err) == (1, "")
    assert "建议退回补正" in ended.out
    assert "case-missing" in ended.out
