"""Writes report.html: one file plus the pictures beside it, opened straight from a disk with no network.

Everything from a document or a typed form is escaped by the template engine, and a content security policy lets only
the page's own script and style run (by hash), so that a name made of markup stays a name.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from intake.report.cards import make_card, plain_text
from intake.report.labels import BANDS, LEVEL_MARKS, LEVELS

REPORT_NAME = "report.html"


def write_report(path: Path, records: Sequence[Mapping[str, Any]], summary: Mapping[str, Any], *, images: str) -> None:
    """Writes the page complete or not at all.

    Args:
        path: Where the page goes; pictures lie in `images` beside it.
        records: Records that get a card, worst first.
        summary: The content of summary.json.
        images: Name of the pictures' folder.
    """
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", errors="backslashreplace") as stream:
        for piece in _stream(path.parent, records, summary, images=images):
            stream.write(piece)
    os.replace(part, path)


def _stream(out: Path, records: Sequence[Mapping[str, Any]], summary: Mapping[str, Any], *, images: str) -> Any:
    sources = {name: _source(name) for name in ("report.html", "report.css", "report.js")}
    environment = Environment(
        loader=DictLoader({"report.html": sources["report.html"]}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    codes = sorted({plain_text(f.get("code")) or "" for record in records for f in record.get("findings") or ()})
    return environment.get_template("report.html").stream(
        # Our own two files, shipped with the package; nothing of them comes from a document.
        css=Markup(sources["report.css"]),  # noqa: S704
        script=Markup(sources["report.js"]),  # noqa: S704
        css_hash=_hash(sources["report.css"]),
        script_hash=_hash(sources["report.js"]),
        summary=summary,
        cards=(make_card(record, out=out, images=images) for record in records),
        shown=len(records),
        codes=codes,
        bands=BANDS,
        levels=LEVELS,
        marks=LEVEL_MARKS,
    )


def _source(name: str) -> str:
    # Line ends are part of what the hash covers, and a browser hashes what it parsed: with \n only.
    return files("intake").joinpath("templates", name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
