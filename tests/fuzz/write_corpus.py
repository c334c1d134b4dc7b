"""`python -m tests.fuzz.write_corpus DIR`: small valid files of every kind, and the small hostile ones."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from fixtures.hostile.corpus import FAMILIES
from fixtures.hostile.heic_writer import encoded
from fixtures.hostile.pages import page, saved

# Larger seeds are mutated where nothing is decided.
MAX_SEED_BYTES = 6_000
_SMALL_PX = (40, 24)
# Building these takes a second each, and what they are about is decided by the decoder.
_SLOW = "40-megapixels"


def seeds() -> Iterator[bytes]:
    """The seed files; nothing of them is stored."""
    yield from _valid()
    for family in FAMILIES:
        if _SLOW not in family.name:
            data = family.make(0).data
            if len(data) <= MAX_SEED_BYTES:
                yield data


def _valid() -> Iterator[bytes]:
    small = page(random.Random(1)).resize(_SMALL_PX)
    exif = Image.Exif()
    exif[0x0112] = 6
    tags, profile = exif.tobytes(), bytes(200)
    for options in ({}, {"progressive": True}, {"restart_marker_blocks": 2}, {"exif": tags}, {"icc_profile": profile}):
        yield saved(small, "JPEG", **options)
    yield saved(small.convert("L"), "JPEG")
    yield saved(small.convert("CMYK"), "JPEG")
    for mode in ("1", "L", "P", "LA", "RGB", "RGBA", "I;16"):
        yield saved(small.convert("L").convert(mode) if mode == "I;16" else small.convert(mode), "PNG", exif=tags)
    yield saved(small, "PNG", icc_profile=profile)
    for options in ({}, {"lossless": True}, {"exif": tags}, {"icc_profile": profile}):
        yield saved(small, "WEBP", **options)
        yield saved(small.convert("RGBA"), "WEBP", **options)
    for options in ({}, {"exif": tags}, {"icc_profile": profile}):
        yield encoded(small, **options)
    yield encoded(small.convert("RGBA"))
    yield encoded(small.resize((160, 100)), tile_size=64)


def main() -> int:
    """Writes the seeds, named by their content."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for data in seeds():
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
