"""Where an archive's cases come from: a tree of case folders, or a manifest that names them.

Manifest columns (CSV with a header line, or one JSON object a line):

| column | means |
|---|---|
| `case` | what the person is called in the results; must be unique. Without it, the folder, else the line number |
| `folder` | a case folder as `intake verify` takes it |
| `entered` | path of an entered.json; in JSON lines also the object itself |
| a slot such as `id_card_front`, `diploma-2` | path of that image; in JSON lines also inside `files` |
| a dotted path such as `person.name`, `education.0.school` | one typed value, for archives that come out of a table |

Paths are relative to the manifest. A row that cannot be used becomes a case with a finding; the batch goes on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from imaging.model import Defect
from intake.archive.manifest import read_manifest
from intake.archive.model import CaseRef, SourceError
from intake.case_folder import load_case, load_entered, shown_name, slot_of
from intake.model import Case, CaseNote, ImageFile

# Deeper trees than province / city / county / unit / person are folders given by mistake, or a loop of mounts.
MAX_TREE_DEPTH = 8


def list_cases(source: Path) -> tuple[CaseRef, ...]:
    """All cases of an archive in a stable order, each name once.

    Raises:
        SourceError: When there is no archive at that place.
    """
    if source.is_dir():
        try:
            found = tuple(_walk(source, source, depth=0))
        except OSError as exc:
            raise SourceError("source-unreadable", f"{shown_name(str(source))} 无法读取：请检查权限。") from exc
        if not found and _looks_like_case(source):
            found = (CaseRef(name=shown_name(source.resolve().name), folder=source),)
    elif source.is_file():
        found = tuple(_unique(read_manifest(source)))
    else:
        raise SourceError("source-missing", f"找不到 {shown_name(str(source))}：请给出档案文件夹或清单文件。")
    if not found:
        raise SourceError("source-empty", f"{shown_name(str(source))} 中没有任何档案：每人应有一个文件夹。")
    return found


def _walk(root: Path, folder: Path, *, depth: int) -> Iterator[CaseRef]:
    """Case folders below `folder`: whatever holds files for a case, and leaves that hold nothing."""
    with os.scandir(folder) as entries:
        children = sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    for entry in children:
        if not entry.is_dir():
            continue
        path = Path(entry.path)
        is_case = _looks_like_case(path)
        if entry.is_symlink() and not is_case:
            # A link may point back up the tree; only one that leads straight to a case is followed.
            continue
        if is_case or not _subfolders(path) or depth + 1 >= MAX_TREE_DEPTH:
            yield CaseRef(name=shown_name(path.relative_to(root).as_posix()), folder=path)
        else:
            yield from _walk(root, path, depth=depth + 1)


def _subfolders(folder: Path) -> bool:
    """Whether there are folders to descend into; one that may not be listed counts as a case (and gets a finding)."""
    try:
        with os.scandir(folder) as entries:
            return any(e.is_dir(follow_symlinks=False) and not e.name.startswith(".") for e in entries)
    except OSError:
        return False


def _looks_like_case(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(
                e.name.lower() == "entered.json" or (slot_of(Path(e.name).stem) is not None and not e.is_dir())
                for e in entries
            )
    except OSError:
        return False


def _unique(refs: Iterator[CaseRef]) -> Iterator[CaseRef]:
    """Gives a second case of the same name a name of its own, so that resuming never mistakes one for the other."""
    seen: set[str] = set()
    for ref in refs:
        name, turn = ref.name, 2
        while name in seen:
            name, turn = f"{ref.name} ({turn})", turn + 1
        seen.add(name)
        if name == ref.name:
            yield ref
        else:
            yield replace(ref, name=name, notes=(*ref.notes, CaseNote(Defect("case-name-twice"))))


def open_case(ref: CaseRef) -> Case:
    """Lists the case's files; runs in the worker, so that a slow disk never holds up the others."""
    if ref.folder is not None:
        case = load_case(ref.folder, name=ref.name)
        return replace(case, notes=(*ref.notes, *case.notes))
    entered: Mapping[str, Any] | None = ref.entered
    notes = list(ref.notes)
    if ref.entered_path is not None:
        entered, note = load_entered(ref.entered_path, follow_links=True)
        if note is not None:
            notes.append(note)
    elif entered is None:
        notes.append(CaseNote(Defect("entered-missing", severe=True), file="entered.json"))
    return Case(ref.name, entered, _images_of(ref), tuple(notes))


def _images_of(ref: CaseRef) -> tuple[ImageFile, ...]:
    images = []
    for slot, path in ref.files:
        named = slot_of(slot)
        if named is not None:
            shown = shown_name(path.name)
            images.append(ImageFile(slot=named[0], kind=named[1], path=path, file=shown, follow_links=True))
    return tuple(images)
