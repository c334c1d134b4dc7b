"""Reads a manifest (CSV or JSON lines) into case references; columns are documented in `intake.archive.source`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imaging.model import Defect
from intake.archive.model import CaseRef, SourceError
from intake.case_folder import shown_name, slot_of
from intake.entered_file import decode_entered
from intake.model import CaseNote

# Two million rows of 200 bytes; a larger manifest should be split so that a mistake in it costs less.
MAX_MANIFEST_BYTES = 400_000_000
# Roots of entered.json (design.md section 3); a dotted column must start with one of them.
_ENTERED_ROOTS = frozenset({"person", "work", "education", "qualification"})
_LIST_ROOTS = frozenset({"education"})
# A person with more than 20 diplomas is a broken column name.
_MAX_LIST_INDEX = 20


def read_manifest(path: Path) -> Iterator[CaseRef]:
    """Yields one reference a row.

    Raises:
        SourceError: When the file is neither CSV nor JSON lines, too big, or has none of our columns.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".jsonl", ".ndjson"):
        raise SourceError("source-not-supported", f"清单文件应为 .csv 或 .jsonl，收到的是 {shown_name(path.name)}。")
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise SourceError("manifest-unreadable", f"清单大于 {MAX_MANIFEST_BYTES} 字节：请拆成几份。")
        text = _decode(path.read_bytes())
    except OSError as exc:
        raise SourceError("manifest-unreadable", f"清单 {shown_name(path.name)} 无法读取。") from exc
    rows = _csv_rows(text) if suffix == ".csv" else _json_rows(text)
    base = path.resolve().parent
    for line, row in rows:
        yield _ref_of(row, base=base, line=line)


def _decode(data: bytes) -> str:
    """UTF-8 with or without a mark; otherwise GB18030, which is what a Chinese spreadsheet program saves as CSV."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError("manifest-unreadable", "清单的文字编码无法识别：请另存为 UTF-8。")


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | None]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        columns = [name.strip() for name in reader.fieldnames or []]
        if not any(_is_column(name) for name in columns):
            raise SourceError("manifest-no-columns", "清单第一行没有可用的列名（case、folder、entered、材料名）。")
        reader.fieldnames = columns
        for row in reader:
            yield reader.line_num, {k: v.strip() for k, v in row.items() if k and isinstance(v, str) and v.strip()}
    except csv.Error as exc:
        raise SourceError("manifest-unreadable", f"清单第 {reader.line_num} 行不是有效的 CSV。") from exc


def _is_column(name: str) -> bool:
    return name in ("folder", "entered") or slot_of(name) is not None


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | None]]:
    for line, row in enumerate(text.split("\n"), start=1):
        if row.strip():
            value, _ = decode_entered(row.encode("utf-8", "surrogatepass"))
            yield line, value


def _ref_of(row: dict[str, Any] | None, *, base: Path, line: int) -> CaseRef:
    bad = CaseNote(Defect("manifest-row-bad", measured=line, severe=True))
    if row is None:
        return CaseRef(name=f"line-{line}", notes=(bad,))
    folder, entered = row.get("folder"), row.get("entered")
    named = row["case"] if row.get("case") not in (None, "") else folder or f"line-{line}"
    listed = row.get("files") if isinstance(row.get("files"), dict) else {}
    files, unusable = _files_of({**row, **(listed or {})}, base=base)
    sane = isinstance(named, str | int) and (folder is None or isinstance(folder, str))
    if not sane or unusable or (folder is None and not files):
        return CaseRef(name=shown_name(str(named)) if sane else f"line-{line}", notes=(bad,), files=files)
    typed = entered if isinstance(entered, Mapping) else _typed_values(row)
    return CaseRef(
        name=shown_name(str(named)),
        folder=None if folder is None else base / folder,
        entered_path=base / entered if isinstance(entered, str) else None,
        entered=typed,
        files=files,
    )


def _files_of(row: Mapping[str, Any], *, base: Path) -> tuple[tuple[tuple[str, Path], ...], bool]:
    """The slots a row names, and whether one of them is no path."""
    found: list[tuple[str, Path]] = []
    unusable = False
    for key, value in row.items():
        slot = slot_of(key)
        if slot is None or value in (None, ""):
            continue
        if not isinstance(value, str) or "\0" in value:
            unusable = True
            continue
        found.append((slot[0], base / value))
    return tuple(found), unusable


def _typed_values(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Builds entered.json out of dotted columns; None when the row has none."""
    root: dict[str, Any] = {}
    for key, value in row.items():
        parts = key.split(".")
        if len(parts) < 2 or parts[0] not in _ENTERED_ROOTS or value in (None, ""):
            continue
        if parts[0] in _LIST_ROOTS:
            _put_in_list(root, parts, value)
        elif len(parts) == 2:
            root.setdefault(parts[0], {})[parts[1]] = _typed_cell(parts[1], value)
    return root or None


def _put_in_list(root: dict[str, Any], parts: list[str], value: Any) -> None:
    if len(parts) != 3 or not parts[1].isascii() or not parts[1].isdigit() or int(parts[1]) >= _MAX_LIST_INDEX:
        return
    entries: list[dict[str, Any]] = root.setdefault(parts[0], [])
    while len(entries) <= int(parts[1]):
        entries.append({})
    entries[int(parts[1])][parts[2]] = value


def _typed_cell(key: str, value: Any) -> Any:
    """A CSV cell is text; duties are several in one cell, and on_duty is yes or no."""
    if not isinstance(value, str):
        return value
    if key == "duties":
        return [part.strip() for part in value.replace("；", ";").replace("、", ";").split(";") if part.strip()]
    if key == "on_duty":
        return {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}.get(value.lower(), value)
    return value
