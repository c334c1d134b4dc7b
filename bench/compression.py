"""`python -m bench.compression`: pages of 1 to 12 MP under 200 KB, read before and after, beside two peers.

Every page is compressed as `intake compress` does it, in a process of its own on one core. The reader then reads the
upload and the result: the whole page, and each printed line where it is known to be. The peers get the same pixels.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from bench.compression_judge import (
    SealColour,
    Written,
    fitted,
    psnr,
    quality_steps,
    seal_colour,
    ssim,
    standard_bisection,
)
from bench.compression_pages import KnownPage, dense_pages, generated_pages
from bench.compression_reading import Misread, misread_lines, misread_page
from bench.engine_process import ROOT, EngineProcess, last_core
from bench.report import Floor, Part, Table, megabytes, render, save
from imaging.compress import written_limit_bytes
from imaging.model import Pixels
from imaging.sandbox import Decoder
from ocr.engine import Engine

# Issue 3, "Done when".
MIN_PAGES, MAX_KB, MAX_ENCODES, MAX_MORE_PERCENT = 12, 200, 3, 0.3
# A page of 12 MP on one core (this project's own aim; decoding takes as long again).
MAX_COMPRESS_S = 0.35
# Seal ink may change by what is hardly seen side by side: at a chroma of 55, five degrees are 4.8 and a tenth 5.5
# CIELAB units, and about 5 are noticed at a glance. Readers of seals tell ink by hues 20 degrees apart.
MAX_HUE_SHIFT_DEG, MIN_CHROMA_KEPT = 5.0, 0.9
# A page this tight is no paper of the mission; it shows where 200 KB end, and has a floor together with the others.
_BEYOND = "gazette"
_PEERS: dict[str, str] = {"bisection": "Pillow tables, bisection, same size", "steps": "quality steps of 5, full size"}


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One JPEG of a page, ours or a peer's."""

    size_bytes: int
    width_px: int
    height_px: int
    encodes: int
    seconds: float
    psnr: float
    ssim: float
    lines: Misread


@dataclass(frozen=True, slots=True, eq=False)
class PageRow:
    """One page.

    Attributes:
        name: Of the page.
        megapixels: Of the upload.
        upload_lines: Misread lines of the upload.
        upload_page: Misread characters of the upload, whole page.
        ours: Our result.
        our_page: Misread characters of our result, whole page.
        compress_s: Processor time of compressing alone, without decoding.
        peak_bytes: Largest memory of the compressing process with its decoder.
        table_scale: See `Compressed`.
        seal: What happened to the seal's colour.
        codes: Findings.
        peers: The peers' results by key; a peer that found nothing is missing.
    """

    name: str
    megapixels: float
    upload_lines: Misread
    upload_page: Misread
    ours: Judged
    our_page: Misread
    compress_s: float
    peak_bytes: int
    table_scale: float
    seal: SealColour | None
    codes: tuple[str, ...]
    peers: dict[str, Judged] = field(default_factory=dict)

    @property
    def more_lines(self) -> float:
        """Further characters misread, percentage points, lines given."""
        return self.ours.lines.percent - self.upload_lines.percent

    @property
    def more_page(self) -> float:
        """The same for the page as a whole."""
        return self.our_page.percent - self.upload_page.percent


class _Measurer:
    """Everything that one page needs: the compressing process, a decoder, the reader."""

    def __init__(self, child: EngineProcess, decoder: Decoder, engine: Engine, folder: Path) -> None:
        self._child, self._decoder, self._engine, self._folder = child, decoder, engine, folder

    def measure(self, page: KnownPage) -> PageRow:
        """Compresses, reads and compares one page."""
        done, timed, data = self._compressed(page)
        upright = _upright(page.data)
        seen = self._decoder.decode(data).pixels
        height_px, width_px = seen.shape[:2]
        source = fitted(upright, width_px, height_px)
        upload = self._decoder.decode(page.data).pixels

        def judged(written: Written) -> Judged:
            pixels = written.pixels
            near = fitted(pixels, width_px, height_px)
            return Judged(
                len(written.data),
                pixels.shape[1],
                pixels.shape[0],
                written.encodes,
                written.seconds,
                psnr(source, near),
                ssim(source, near),
                misread_lines(self._decoder.decode(written.data).pixels, page.lines, self._engine),
            )

        max_bytes = written_limit_bytes(MAX_KB)
        tries = {
            "bisection": standard_bisection(Image.fromarray(upload), (width_px, height_px), max_bytes),
            "steps": quality_steps(Image.fromarray(upright), max_bytes),
        }
        return PageRow(
            name=page.name,
            megapixels=upright.shape[0] * upright.shape[1] / 1e6,
            upload_lines=misread_lines(upload, page.lines, self._engine),
            upload_page=misread_page(upload, page.lines, self._engine),
            ours=judged(Written(data, int(done["encodes"]), float(done["seconds"]))),
            our_page=misread_page(seen, page.lines, self._engine),
            compress_s=float(timed["compress_s"]),
            peak_bytes=int(done["peak_bytes"]),
            table_scale=float(timed["table_scale"]),
            seal=seal_colour(source, seen),
            codes=tuple(done["codes"]),
            peers={name: judged(written) for name, written in tries.items() if written.data},
        )

    def _compressed(self, page: KnownPage) -> tuple[dict[str, Any], dict[str, Any], bytes]:
        file, out = self._folder / "upload.jpg", self._folder / "out.jpg"
        file.write_bytes(page.data)
        request = {"file": str(file), "out": str(out), "max_kb": MAX_KB}
        done = self._child.ask({**request, "what": "file"})
        timed = self._child.ask({**request, "what": "scan"})
        data = out.read_bytes()
        out.unlink()
        return done, timed, data


def _upright(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def measured_rows(pages: Iterator[KnownPage], shown: Callable[[PageRow], None]) -> list[PageRow]:
    """Measures page after page, telling each one when it is done."""
    from ocr.paddle import PaddleEngine
    from ocr.weights import load_weights

    rows = []
    child = EngineProcess("compress", module="bench.compression_child", python=Path(sys.executable), core=last_core())
    with child, Decoder() as decoder, tempfile.TemporaryDirectory(prefix="bench-compression-") as folder:
        measurer = _Measurer(child, decoder, PaddleEngine(load_weights()), Path(folder))
        for page in pages:
            rows.append(measurer.measure(page))
            shown(rows[-1])
    return rows


def compression_part(rows: Sequence[PageRow]) -> Part:
    """Tables, floors and figures."""
    pages = [row for row in rows if not row.name.startswith(_BEYOND)]
    figures = {
        "pages": len(pages),
        "mean_more_percent": _mean([row.more_lines for row in pages]),
        "worst_more_percent": max(row.more_lines for row in pages),
        "mean_more_percent_page": _mean([row.more_page for row in pages]),
        "most_encodes": max(row.ours.encodes for row in rows),
        "max_peak_bytes": max(row.peak_bytes for row in rows),
    }
    return Part(
        "compression", (_page_table(rows), _reading_table(rows), _peer_table(pages)), _floors(pages, rows), figures
    )


def _page_table(rows: Sequence[PageRow]) -> Table:
    sizes = ("page", "MP", "bytes", "pixels", "scale", "encodes", "ms", "cpu ms alone", "peak")
    header = (*sizes, "PSNR", "SSIM", "seal hue", "chroma", "found")
    return Table("Pages under 200 KB", header, tuple(_page_row(row) for row in rows))


def _page_row(row: PageRow) -> tuple[str, ...]:
    return (
        row.name,
        f"{row.megapixels:.1f}",
        f"{row.ours.size_bytes:,}",
        f"{row.ours.width_px}x{row.ours.height_px}",
        f"{row.table_scale:.0f}",
        str(row.ours.encodes),
        f"{1000 * row.ours.seconds:.0f}",
        f"{1000 * row.compress_s:.0f}",
        megabytes(row.peak_bytes),
        f"{row.ours.psnr:.1f}",
        f"{row.ours.ssim:.4f}",
        "-" if row.seal is None else f"{row.seal.hue_shift_deg:.1f}",
        "-" if row.seal is None else f"{row.seal.chroma_kept:.2f}",
        ", ".join(row.codes) or "-",
    )


def _reading_table(rows: Sequence[PageRow]) -> Table:
    header = ("page", "characters", "upload", "ours", "more", "page: upload", "ours", "more", *_PEERS)
    lines = []
    for row in rows:
        peers = [
            row.peers[key].lines.percent - row.upload_lines.percent if key in row.peers else None for key in _PEERS
        ]
        lines.append(
            (
                row.name,
                str(row.upload_lines.printed),
                f"{row.upload_lines.percent:.2f}",
                f"{row.ours.lines.percent:.2f}",
                f"{row.more_lines:+.2f}",
                f"{row.upload_page.percent:.2f}",
                f"{row.our_page.percent:.2f}",
                f"{row.more_page:+.2f}",
                *("-" if value is None else f"{value:+.2f}" for value in peers),
            )
        )
    return Table("Characters misread, %: lines given, then the whole page; the peers' increase", header, tuple(lines))


def _peer_table(rows: Sequence[PageRow]) -> Table:
    header = (
        "way",
        "pages",
        "bytes",
        "encodes",
        "PSNR",
        "worst",
        "SSIM",
        "worst",
        "more misread",
        "worst",
        "ms",
        "x ours",
    )
    # What is handed on unchanged is compared with nothing.
    rows = [row for row in rows if row.ours.encodes]
    ours = [row.ours for row in rows]
    # Peers get decoded pixels, so ours is timed from there as well.
    lines = [_peer_row("ours", rows, ours, [row.compress_s for row in rows])]
    for key, title in _PEERS.items():
        there = [row for row in rows if key in row.peers]
        theirs = [row.peers[key] for row in there]
        lines.append(_peer_row(title, there, theirs, [one.seconds for one in theirs]))
    return Table("Beside other ways, at our size", header, tuple(lines))


def _peer_row(title: str, rows: Sequence[PageRow], made: Sequence[Judged], seconds: Sequence[float]) -> tuple[str, ...]:
    if not made:
        return (title, "0", *("-" for _ in range(10)))
    more = [one.lines.percent - row.upload_lines.percent for row, one in zip(rows, made, strict=True)]
    return (
        title,
        str(len(made)),
        f"{_mean([one.size_bytes for one in made]):,.0f}",
        f"{_mean([one.encodes for one in made]):.1f}",
        f"{_mean([one.psnr for one in made]):.2f}",
        f"{min(one.psnr for one in made):.2f}",
        f"{_mean([one.ssim for one in made]):.4f}",
        f"{min(one.ssim for one in made):.4f}",
        f"{_mean(more):+.2f}",
        f"{max(more):+.2f}",
        f"{1000 * _mean(seconds):.0f}",
        f"{_mean(seconds) / max(1e-9, _mean([row.compress_s for row in rows])):.1f}",
    )


def _floors(rows: Sequence[PageRow], everything: Sequence[PageRow]) -> tuple[Floor, ...]:
    largest, most = max(r.ours.size_bytes for r in everything), max(r.ours.encodes for r in everything)
    limit = written_limit_bytes(MAX_KB)
    slowest = max(row.compress_s for row in rows)
    seals = [row.seal for row in rows if row.seal is not None]
    hue, chroma = max(s.hue_shift_deg for s in seals), min(s.chroma_kept for s in seals)
    span = f"{min(row.megapixels for row in rows):.1f}-{max(row.megapixels for row in rows):.1f} MP"
    wanted = f"<= {MAX_MORE_PERCENT} %"
    # With the lines given, one character of a certificate's 150 is 0.7 % already and differs from encode to encode: so
    # the worst page can be expected to miss the floor that all pages together keep. Both are shown.
    shares = (
        ("more characters misread, whole pages, mean", _mean([row.more_page for row in rows])),
        ("more characters misread, whole pages, worst", max(row.more_page for row in rows)),
        ("more characters misread, lines given, mean", _mean([row.more_lines for row in rows])),
        ("more characters misread, lines given, worst", max(row.more_lines for row in rows)),
        ("more characters misread, lines given, of all", _pooled(rows)),
        ("the same, with the gazette", _pooled(everything)),
    )
    return (
        Floor("pages", f"{len(rows)} of {span}", f">= {MIN_PAGES}", len(rows) >= MIN_PAGES),
        Floor("largest file", f"{largest:,} bytes", f"<= {limit:,}", largest <= limit),
        Floor("encodes", str(most), f"<= {MAX_ENCODES}", most <= MAX_ENCODES),
        *(Floor(what, f"{value:+.2f} %", wanted, value <= MAX_MORE_PERCENT) for what, value in shares),
        Floor("hue of seal ink, worst", f"{hue:.1f} deg", f"<= {MAX_HUE_SHIFT_DEG:.0f}", hue <= MAX_HUE_SHIFT_DEG),
        Floor("chroma of seal ink, worst", f"{chroma:.2f}", f">= {MIN_CHROMA_KEPT}", chroma >= MIN_CHROMA_KEPT),
        Floor("compressing, slowest, cpu", f"{slowest:.2f} s", f"<= {MAX_COMPRESS_S} s", slowest <= MAX_COMPRESS_S),
    )


def _pooled(rows: Sequence[PageRow]) -> float:
    """Further characters misread of all characters, percentage points: forms weigh more than certificates."""
    more = sum(row.ours.lines.wrong - row.upload_lines.wrong for row in rows)
    return Misread(more, sum(row.upload_lines.printed for row in rows)).percent


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def _pages(count: int | None) -> Iterator[KnownPage]:
    for number, page in enumerate(chain(dense_pages(), generated_pages()), start=1):
        if count is not None and number > count:
            return
        yield page


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when it ran, whatever it measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.compression", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--pages", type=int, default=None, metavar="N", help="only the first N pages")
    options = parser.parse_args(arguments)

    def shown(row: PageRow) -> None:
        print(f"bench: {row.name}: {row.ours.size_bytes} bytes, {row.more_lines:+.2f} %", file=sys.stderr, flush=True)

    part = compression_part(measured_rows(_pages(options.pages), shown))
    print(render([part], title="Floors of issue 3, compression"))
    path = ROOT / "bench" / "out" / "results-compression.json"
    save([part], path, seeds=range(0, 1))
    print(f"Written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
