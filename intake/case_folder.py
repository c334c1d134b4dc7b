"""Finds out what lies in a case folder: entered.json and one image for each slot.

Nothing in a folder is trusted: names may be odd, a file may be a link out of the folder, a pipe that never answers,
or larger than memory. Files are opened without following links, must be regular, and are read up to a cap.
What this does not stop: a folder that changes while it is read; every file is opened once and judged as it was then.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from pathlib import Path
from typing import Any

from imaging.model import Defect
from imaging.prescan import DEFAULT_LIMITS
from intake.entered_file import MAX_ENTERED_BYTES, decode_entered
from intake.model import Case, CaseNote, ImageFile
from ocr.model import Kind

# The kinds a folder may hold, longest first so that no name hides behind its prefix.
_KINDS = tuple(kind for kind in Kind if kind is not Kind.UNKNOWN)
# A slot is the kind, and for further documents of that kind a number: diploma, diploma-2 (design.md section 4).
_SLOT = re.compile(r"(?P<kind>[a-z_]+?)(?:-(?P<number>[1-9][0-9]?))?")
# Files that lie beside cases and say nothing about a person: the generator's truth, and what file managers leave.
_IGNORED = frozenset({"truth.json", "thumbs.db", "desktop.ini"})
# Written beside pictures by programs and people, never the picture itself, whatever the stem says.
_TEXT_SUFFIXES = frozenset({".json", ".txt", ".md", ".csv", ".xml", ".html"})
# A person has a dozen materials; more than 200 entries is a folder given by mistake.
MAX_ENTRIES = 200
# Two ID sides, a photo, a work certificate and some diplomas; 40 leave room, and bound what one case may cost.
MAX_IMAGES = 40
# ext4, NTFS and APFS all end at 255; longer names come only from manifests.
MAX_NAME_CHARS = 255
# One limit for uploads, owned by imaging; here it only keeps a larger file from being read into memory.
MAX_UPLOAD_BYTES = DEFAULT_LIMITS.max_bytes


def shown_name(name: str) -> str:
    """A file's name as it may be shown: valid Unicode, no control or direction characters, at most 255 characters."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else "�" for c in text)
    return kept[:MAX_NAME_CHARS]


def slot_of(stem: str) -> tuple[str, Kind] | None:
    """The slot and kind that a file's stem names (case does not matter), or None when it names none."""
    match = _SLOT.fullmatch(stem.lower())
    if match is None:
        return None
    kind = next((k for k in _KINDS if k.value == match["kind"]), None)
    return None if kind is None else (stem.lower(), kind)


def _slot_of_file(name: str) -> tuple[str, Kind] | None:
    path = Path(name)
    return None if path.suffix.lower() in _TEXT_SUFFIXES else slot_of(path.stem)


def read_regular(
    path: Path,
    *,
    max_bytes: int = MAX_UPLOAD_BYTES,
    too_large: str = "file-too-large",
    follow_links: bool = False,
) -> bytes | Defect:
    """Reads a regular file of at most `max_bytes`.

    Args:
        path: The file.
        max_bytes: Largest file that is read at all.
        too_large: Code for a larger one.
        follow_links: Whether a symbolic link is followed.

    Returns:
        The bytes, or a severe defect: `file-missing`, `file-is-link`, `file-not-regular`, `file-unreadable`, or
        `too_large` with both sizes in bytes.
    """
    # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow_links else os.O_NOFOLLOW)
    try:
        if not follow_links and path.is_symlink():
            return Defect("file-is-link", severe=True)
        handle = os.open(path, flags)
    except FileNotFoundError:
        return Defect("file-missing", severe=True)
    except (OSError, ValueError):
        return Defect("file-unreadable", severe=True)
    try:
        # Asked of the open file and not of the name, so that nobody can swap it in between.
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return Defect("file-not-regular", severe=True)
        if status.st_size > max_bytes:
            return Defect(too_large, measured=status.st_size, limit=max_bytes, severe=True)
        with os.fdopen(handle, "rb", closefd=False) as stream:
            return stream.read(max_bytes)
    except OSError:
        return Defect("file-unreadable", severe=True)
    finally:
        os.close(handle)


def load_case(folder: Path, *, name: str | None = None) -> Case:
    """Lists a case folder and decodes its entered.json; no image is opened.

    Args:
        folder: The person's folder.
        name: What the case is called; the folder's name when not given.
    """
    called = shown_name(name if name is not None else folder.resolve().name)
    try:
        if not folder.is_dir():
            return Case(called, None, (), (CaseNote(Defect("case-missing", severe=True)),))
        with os.scandir(folder) as entries:
            listed = sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    except (OSError, ValueError):
        return Case(called, None, (), (CaseNote(Defect("case-unreadable", severe=True)),))
    notes: list[CaseNote] = []
    if len(listed) > MAX_ENTRIES:
        notes.append(CaseNote(Defect("case-too-many-files", measured=len(listed), limit=MAX_ENTRIES)))
        listed = _most_useful(listed)
    entered, entered_note = _load_entered(folder, listed)
    images, image_notes = _sort_images(listed)
    if len(images) > MAX_IMAGES:
        notes.append(CaseNote(Defect("case-too-many-files", measured=len(images), limit=MAX_IMAGES)))
        images = images[:MAX_IMAGES]
    if not images and not any(e.name.lower() == "entered.json" for e in listed):
        notes.append(CaseNote(Defect("case-empty", severe=True)))
    elif entered_note is not None:
        notes.append(entered_note)
    return Case(called, entered, images, (*notes, *image_notes))


def _most_useful(listed: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """The entries whose names mean something, and no more of them than the cap."""
    known = [e for e in listed if e.name.lower() == "entered.json" or _slot_of_file(e.name) is not None]
    return known[:MAX_ENTRIES]


def _load_entered(folder: Path, listed: list[os.DirEntry[str]]) -> tuple[dict[str, Any] | None, CaseNote | None]:
    present = next((e.name for e in listed if e.name.lower() == "entered.json"), None)
    if present is None:
        return None, CaseNote(Defect("entered-missing", severe=True), file="entered.json")
    return load_entered(folder / present)


def load_entered(path: Path, *, follow_links: bool = False) -> tuple[dict[str, Any] | None, CaseNote | None]:
    """Reads and decodes one entered.json: the object, or a note that says why there is none."""
    data = read_regular(path, max_bytes=MAX_ENTERED_BYTES, too_large="entered-too-big", follow_links=follow_links)
    value, defect = (None, data) if isinstance(data, Defect) else decode_entered(data)
    return value, None if defect is None else CaseNote(defect, file=shown_name(path.name))


def _sort_images(listed: list[os.DirEntry[str]]) -> tuple[tuple[ImageFile, ...], tuple[CaseNote, ...]]:
    images: dict[str, ImageFile] = {}
    notes: list[CaseNote] = []
    for entry in listed:
        if entry.name.lower() in _IGNORED or entry.name.lower() == "entered.json":
            continue
        shown = shown_name(entry.name)
        slot = _slot_of_file(entry.name)
        fault = _fault_of(entry, known=slot is not None)
        if fault is not None or slot is None:
            found = fault or Defect("unknown-file")
            notes.append(CaseNote(found, slot=slot[0] if slot else None, file=shown))
        elif slot[0] in images:
            notes.append(CaseNote(Defect("slot-taken-twice"), slot=slot[0], file=shown))
        else:
            images[slot[0]] = ImageFile(slot=slot[0], kind=slot[1], path=Path(entry.path), file=shown)
    return tuple(sorted(images.values(), key=_slot_order)), tuple(notes)


def _fault_of(entry: os.DirEntry[str], *, known: bool) -> Defect | None:
    if entry.is_symlink():
        return Defect("file-is-link", severe=known)
    if entry.is_dir(follow_symlinks=False):
        return Defect("folder-inside-case")
    if not entry.is_file(follow_symlinks=False):
        return Defect("file-not-regular", severe=known)
    return None


def _slot_order(image: ImageFile) -> tuple[int, int]:
    number = image.slot.rpartition("-")[2] if "-" in image.slot else "1"
    return _KINDS.index(image.kind), int(number)
