"""Colour profiles written byte by byte, and the arithmetic that they mean (ICC.1:2010 and ICC.1:2001-04)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
# The white of the connection space, and sRGB's primaries adapted to it (IEC 61966-2-1 through Bradford).
D50 = np.array([0.9642, 1.0, 0.8249])
SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
# Display P3 (SMPTE RP 431-2 primaries with a D65 white), likewise.
DISPLAY_P3 = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]])


def matrix_profile(primaries: Numbers, *, gamma: float, version: int) -> bytes:
    """A display profile of three primaries and one curve, in version 2 or 4."""
    curve = _gamma_curve(gamma) if version == 2 else _parametric_curve(gamma)
    tags = [(name, _xyz(primaries[:, i])) for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags, version)


def grey_profile(*, gamma: float) -> bytes:
    """A profile for grey pictures."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", [(b"kTRC", _gamma_curve(gamma))], 2)


def ink_profile(colours: Sequence[Sequence[float]]) -> bytes:
    """A print profile with one Lab colour for each of the 16 ways to print four inks fully or not at all."""
    table = np.array(colours, np.float64)
    coded = np.stack([table[:, 0] * 255 / 100, table[:, 1] + 128, table[:, 2] + 128], axis=-1)
    identity = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0))
    lut += b"".join(struct.pack(">i", value << 16) for value in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    lut += identity * 4 + np.rint(coded).astype(np.uint8).tobytes() + identity * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", [(b"A2B0", lut)], 2)


def shown(levels: Numbers, primaries: Numbers, *, gamma: float) -> Numbers:
    """sRGB levels of levels under a matrix profile."""
    light = (levels / 255) ** gamma
    return srgb_levels(light @ (np.linalg.inv(SRGB) @ primaries).T)


def srgb_levels(light: Numbers) -> Numbers:
    """Linear light 0..1 to levels 0..255 (IEC 61966-2-1)."""
    light = np.clip(light, 0, 1)
    return np.rint(255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def lab_levels(lab: Numbers) -> Numbers:
    """CIE Lab under D50 to sRGB levels."""
    middle = (lab[..., 0] + 16) / 116
    roots = np.stack([middle + lab[..., 1] / 500, middle, middle - lab[..., 2] / 200], axis=-1)
    xyz = D50 * np.where(roots > 6 / 29, roots**3, 3 * (6 / 29) ** 2 * (roots - 4 / 29))
    return srgb_levels(xyz @ np.linalg.inv(SRGB).T)


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: Numbers) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(_fixed(float(value)) for value in values)


def _gamma_curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def _parametric_curve(gamma: float) -> bytes:
    return b"para" + bytes(8) + _fixed(gamma)


def _text(version: int) -> bytes:
    if version == 2:
        return b"desc" + bytes(4) + struct.pack(">I", 10) + b"fictional\x00" + bytes(78 + 2)
    words = "fictional".encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words + bytes(2)


def _profile(kind: bytes, space: bytes, connection: bytes, tags: list[tuple[bytes, bytes]], version: int) -> bytes:
    tags = [(b"desc", _text(version)), (b"wtpt", _xyz(D50)), *tags]
    start = 128 + 4 + 12 * len(tags)
    table, bodies = struct.pack(">I", len(tags)), b""
    for name, body in tags:
        table += name + struct.pack(">II", start + len(bodies), len(body))
        bodies += body + bytes(-len(body) % 4)
    head = struct.pack(">I4sI", start + len(bodies), b"lcms", version << 24) + kind + space + connection
    head += bytes(12) + b"acsp" + bytes(28) + b"".join(_fixed(float(value)) for value in D50)
    return head.ljust(128, b"\x00") + table + bodies
