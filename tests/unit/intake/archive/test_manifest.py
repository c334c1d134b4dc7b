from __future__ import annotations

import json
from pathlib import Path

import pytest

from intake.archive.manifest import read_manifest
from intake.archive.model import CaseRef, SourceError
from intake.archive.source import list_cases, open_case


def refs(path: Path) -> list[CaseRef]:
    return list(read_manifest(path))


def test_a_folder_column_points_at_case_folders(tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("case,folder\n张三,people/1\n,people/2\n", encoding="utf-8")
    found = refs(manifest)
    assert [(r.name, r.folder) for r in found] == [
        ("张三", tmp_path / "people/1"),
        ("people/2", tmp_path / "people/2"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_a_spreadsheet_saves_is_understood(tmp_path: Path, encoding: str) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("case,diploma,person.name\n一号,照片/文凭.jpg,李四\n", encoding=encoding)
    (ref,) = refs(manifest)
    assert ref.name == "一号"
    assert ref.files == (("diploma", tmp_path / "照片/文凭.jpg"),)
    assert ref.entered == {"person": {"name": "李四"}}


def test_typed_values_come_out_of_dotted_columns(tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text(
        "case,photo,person.name,work.duties,work.on_duty,education.1.school,education.0.school,other.x,person\n"
        "a,p.jpg,王五,出纳、稽核,是,乙校,甲校,zzz,zzz\n",
        encoding="utf-8",
    )
    (ref,) = refs(manifest)
    assert ref.entered == {
        "person": {"name": "王五"},
        "work": {"duties": ["出纳", "稽核"], "on_duty": True},
        "education": [{"school": "甲校"}, {"school": "乙校"}],
    }


@pytest.mark.parametrize("index", ["20", "-1", "x", "999999999"])
def test_a_column_number_out_of_range_is_not_a_list_of_that_length(tmp_path: Path, index: str) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text(f"case,photo,education.{index}.school\na,p.jpg,甲校\n", encoding="utf-8")
    (ref,) = refs(manifest)
    assert ref.entered in (None, {})


def test_json_lines_may_hold_the_typed_object_and_the_files(tmp_path: Path) -> None:
    manifest = tmp_path / "m.jsonl"
    row = {"case": 7, "entered": {"person": {"name": "赵六"}}, "files": {"diploma-2": "d2.jpg"}, "photo": "p.jpg"}
    manifest.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    (ref,) = refs(manifest)
    assert ref.name == "7"
    assert ref.entered == {"person": {"name": "赵六"}}
    assert dict(ref.files) == {"diploma-2": tmp_path / "d2.jpg", "photo": tmp_path / "p.jpg"}


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "[]",
        '{"case":"a"}',
        '{"case":"a","folder":3}',
        '{"case":{},"photo":"p"}',
        '{"case":"a","photo":7}',
        '{"a":NaN}',
    ],
)
def test_a_bad_row_becomes_a_case_with_a_note(tmp_path: Path, row: str) -> None:
    manifest = tmp_path / "m.jsonl"
    manifest.write_text(f'{row}\n{{"case":"b","photo":"p.jpg"}}\n', encoding="utf-8")
    bad, good = refs(manifest)
    assert [(n.defect.code, n.defect.measured) for n in bad.notes] == [("manifest-row-bad", 1)]
    assert good.notes == ()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("m.csv", b"a,b\n1,2\n", "manifest-no-columns"),
        ("m.csv", b"", "manifest-no-columns"),
        ("m.csv", b"case,photo\n\xff\xff\xff,x\n", "manifest-unreadable"),
        ("m.xlsx", b"PK\x03\x04", "source-not-supported"),
        ("m.jsonl", b"", "source-empty"),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError) as refused:
        list_cases(tmp_path / name)
    assert refused.value.code == code


def test_equal_names_are_kept_apart_and_noted(tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("case,photo\na,1.jpg\na,2.jpg\na,3.jpg\n", encoding="utf-8")
    found = list_cases(manifest)
    assert [r.name for r in found] == ["a", "a (2)", "a (3)"]
    assert [[n.defect.code for n in r.notes] for r in found] == [[], ["case-name-twice"], ["case-name-twice"]]


def test_opening_a_listed_case_follows_the_operators_paths(tmp_path: Path) -> None:
    (tmp_path / "typed.json").write_text('{"work":{}}')
    manifest = tmp_path / "m.csv"
    manifest.write_text("case,entered,diploma\na,typed.json,../x/d.jpg\nb,,d.jpg\n", encoding="utf-8")
    first, second = (open_case(ref) for ref in list_cases(manifest))
    assert first.entered == {"work": {}}
    assert [(i.slot, i.follow_links) for i in first.images] == [("diploma", True)]
    assert [n.defect.code for n in second.notes] == ["entered-missing"]


def test_a_tree_of_folders_is_walked_down_to_the_cases(tmp_path: Path) -> None:
    for name in ("533103/unit-1/zhang", "533103/unit-1/li", "530000/wang", "empty"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("533103/unit-1/zhang", "530000/wang"):
        (tmp_path / name / "entered.json").write_text("{}")
    (tmp_path / "readme.txt").write_text("x")
    assert [r.name for r in list_cases(tmp_path)] == ["530000/wang", "533103/unit-1/li", "533103/unit-1/zhang", "empty"]


def test_a_single_case_folder_is_an_archive_of_one(tmp_path: Path) -> None:
    (tmp_path / "entered.json").write_text("{}")
    assert [r.folder for r in list_cases(tmp_path)] == [tmp_path]
