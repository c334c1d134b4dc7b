"""Errors of the imaging stage. An error here means: there are no pixels to go on with."""

from __future__ import annotations


class ImageRefused(Exception):
    """The bytes were refused before or during decoding.

    Attributes:
        code: Stable kebab-case reason, one of those listed in `imaging.prescan` and `imaging.sandbox`.
        measured: The value that broke the rule, if there is one (bytes, pixels, scans, …).
        limit: The limit it broke.
        detail: A name that helps to word the refusal, such as the format found; never document content.
    """

    def __init__(
        self, code: str, *, measured: float | None = None, limit: float | None = None, detail: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.measured = measured
        self.limit = limit
        self.detail = detail


class DecoderKilled(ImageRefused):
    """The decoder was killed from outside, twice: by a person, a stop of the service, or the system short of memory.

    That says nothing about the bytes: whoever can try later does. For all others it is `decoder-crashed`.
    """

    def __init__(self) -> None:
        super().__init__("decoder-crashed")
