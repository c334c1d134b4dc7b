"""Lets Pillow read HEIC. Only the decoder's child calls this, and only for a policy that lets HEIC in: the library
costs 9 MB and 50 ms (measured), and none of its code should run where nobody asked for it.
"""

from __future__ import annotations

# Pillow's name of the format that the product calls HEIC.
PILLOW_NAME = "HEIF"


def load_heic_reader() -> None:
    """Imports the library and registers it; nothing happens the second time.

    Raises:
        ImportError: It is not installed.
    """
    import pillow_heif

    # One thread beside the main one, because the codec cannot do with less; and no picture but the one that is shown.
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
