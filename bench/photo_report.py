"""Tables and floors of the photo benchmark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from bench.photo_child import MAX_BYTES, REPEATS
from bench.photo_encoders import ENCODERS
from bench.photo_judge import Row
from bench.photo_scenes import BACKGROUNDS
from bench.report import Floor, Part, Table, median, megabytes, percent, percentile_90

# Issue 3, "Done when".
MIN_MEAN_SSIM, MIN_SSIM = 0.98, 0.95
MIN_WHITE = 0.995
MAX_MS, MAX_PEAK_BYTES = 250.0, 200_000_000
MAX_ENCODES = 4


def photo_part(rows: Sequence[Row], *, peak_bytes: int, detail: bool) -> Part:
    """Tables, floors and figures of this benchmark."""
    made = [row for row in rows if row.made]
    tables = [_outcomes(rows), _refusals(rows), _encoders(made), _geometry(made), _cost(made)]
    if detail:
        tables.append(_details(rows))
    figures = {
        "portraits": len({row.portrait for row in rows}),
        "pictures": len(rows),
        "made": len(made),
        "refused": dict(Counter(code for row in rows if not row.made for code in row.codes)),
        "peak_bytes": peak_bytes,
    }
    return Part("photo", tuple(tables), _floors(made, peak_bytes) if made else (), figures)


def _outcomes(rows: Sequence[Row]) -> Table:
    lines = []
    for standard in sorted({row.standard for row in rows}, reverse=True):
        for background in BACKGROUNDS:
            here = [row for row in rows if (row.standard, row.background) == (standard, background)]
            made = [row for row in here if row.made]
            lines.append(
                (
                    f"{standard}, {background}",
                    str(len(here)),
                    str(len(made)),
                    str(len(here) - len(made)),
                    f"{100 * _mean(made, lambda r: r.white):.2f} %",
                    f"{100 * min((row.white for row in made), default=0):.2f} %",
                    f"{100 * _mean(made, lambda r: r.white_at_edge):.2f} %",
                )
            )
    header = ("standard, background", "pictures", "made", "refused", "white, mean", "white, worst", "with the edge")
    return Table("Photos made, and share of background pixels >= 250 after decoding", header, tuple(lines))


def _refusals(rows: Sequence[Row]) -> Table:
    counts = Counter(" + ".join(row.codes) for row in rows if not row.made)
    return Table(
        "Why the others were refused", ("codes", "pictures"), tuple((c, str(n)) for c, n in counts.most_common())
    )


def _encoders(made: Sequence[Row]) -> Table:
    lines = [_likeness_line("this service", [row.likeness for row in made])]
    lines += [_likeness_line(name, [row.peers[name] for row in made]) for name in ENCODERS]
    header = ("encoder", "SSIM, mean", "SSIM, worst", "PSNR dB, mean", "PSNR dB, worst")
    return Table(f"What is left of the photo under {MAX_BYTES} bytes", header, tuple(lines))


def _likeness_line(name: str, values: Sequence[tuple[float, float]]) -> tuple[str, ...]:
    ssim, psnr = [v[0] for v in values], [v[1] for v in values]
    count = max(1, len(values))
    return (
        name,
        f"{sum(ssim) / count:.4f}",
        f"{min(ssim, default=0):.4f}",
        f"{sum(psnr) / count:.2f}",
        f"{min(psnr, default=0):.2f}",
    )


def _geometry(made: Sequence[Row]) -> Table:
    lines = []
    for standard in sorted({row.standard for row in made}, reverse=True):
        here = [row for row in made if row.standard == standard]
        for name in ("head", "face_width", "top_margin", "eye_line", "off_centre", "roll_deg"):
            values = [row.measures[name] for row in here]
            outside = sum(name in row.outside for row in here)
            lines.append(
                (
                    f"{standard}, {name}",
                    f"{min(values):.3f}",
                    f"{median(values):.3f}",
                    f"{max(values):.3f}",
                    str(outside),
                )
            )
    header = ("standard, measure", "least", "median", "most", "outside the profile")
    return Table("Geometry, measured on the decoded photo", header, tuple(lines))


def _cost(made: Sequence[Row]) -> Table:
    ms, cpu_ms = [row.ms for row in made], [row.cpu_ms for row in made]
    encodes = Counter(row.encodes for row in made)
    sizes = [row.size_bytes for row in made]
    lines = (
        ("milliseconds, median", f"{median(ms):.0f}"),
        ("milliseconds, nine of ten", f"{percentile_90(ms):.0f}"),
        ("milliseconds, worst", f"{max(ms, default=0):.0f}"),
        ("processor milliseconds, median", f"{median(cpu_ms):.0f}"),
        ("processor milliseconds, nine of ten", f"{percentile_90(cpu_ms):.0f}"),
        ("bytes, least and most", f"{min(sizes, default=0)}-{max(sizes, default=0)}"),
        ("encodes", ", ".join(f"{count} x {number}" for number, count in sorted(encodes.items()))),
    )
    return Table(f"Cost of making and checking, one core, warm, best of {REPEATS}", ("figure", ""), lines)


def _details(rows: Sequence[Row]) -> Table:
    lines = tuple(
        (
            f"{row.portrait}, {row.background}, {row.standard}",
            "made" if row.made else "refused",
            f"{row.likeness[0]:.4f}" if row.made else "-",
            f"{row.likeness[1]:.1f}" if row.made else "-",
            f"{100 * row.white:.2f}" if row.made else "-",
            f"{row.ms:.0f}",
            str(row.encodes) if row.made else "-",
            " ".join((*row.codes, *(f"outside:{name}" for name in row.outside))),
        )
        for row in rows
    )
    header = ("picture", "outcome", "SSIM", "PSNR", "white %", "ms", "encodes", "codes")
    return Table("Every picture", header, lines)


def _floors(made: Sequence[Row], peak_bytes: int) -> tuple[Floor, ...]:
    ssim = [row.likeness[0] for row in made]
    mean, worst = sum(ssim) / len(ssim), min(ssim)
    white = min(row.white for row in made)
    inside = sum(not row.outside for row in made)
    slow = percentile_90([row.ms for row in made])
    encodes, size = max(row.encodes for row in made), max(row.size_bytes for row in made)
    return (
        Floor("SSIM, mean", f"{mean:.4f}", ">= 0.98", mean >= MIN_MEAN_SSIM),
        Floor("SSIM, worst", f"{worst:.4f}", ">= 0.95", worst >= MIN_SSIM),
        Floor("white background, worst photo", f"{100 * white:.2f} %", ">= 99.5 %", white >= MIN_WHITE),
        Floor("geometry inside the profile", percent(inside, len(made)), "100 %", inside == len(made)),
        Floor("making and checking, nine of ten", f"{slow:.0f} ms", "<= 250 ms", slow <= MAX_MS),
        Floor("peak memory", megabytes(peak_bytes), "<= 200 MB", peak_bytes <= MAX_PEAK_BYTES),
        Floor("encodes, most", str(encodes), "<= 4", encodes <= MAX_ENCODES),
        Floor("bytes, most", str(size), f"<= {MAX_BYTES}", size <= MAX_BYTES),
    )


def _mean(rows: Sequence[Row], of: Callable[[Row], float]) -> float:
    return sum(map(of, rows)) / len(rows) if rows else 0.0
