"""The photo tool on bytes: checks a finished photo, or makes a compliant one. No path, no disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imaging.compress import written_limit_bytes
from imaging.errors import ImageRefused
from imaging.model import Defect
from imaging.photo.made import Made
from imaging.photo.make import make_photo
from imaging.photo.standards import PhotoStandard
from imaging.scanned import DEFAULT_FORMATS
from intake.checked import PhotoServiceAnswer
from intake.parts import Parts
from intake.reading import refusal_defect
from intake.rules import photo_standard, word_defects
from ocr.model import Kind
from verify.policy_model import Policy


@dataclass(frozen=True, slots=True)
class PhotoOutcome:
    """What the photo tool says about one upload.

    Attributes:
        defects: What breaks a rule; for a made photo, what is left after making it.
        measures: Measured values by name (see `imaging.photo.measures`).
        data: The made JPEG; None for a check and for a refusal.
        width_px: Width of the made photo, 0 without one.
        height_px: Height, likewise.
        background_replaced: Whether its background was made white.
        turned_deg: Quarter turn that was applied.
    """

    defects: tuple[Defect, ...]
    measures: Mapping[str, float] = field(default_factory=dict)
    data: bytes | None = None
    width_px: int = 0
    height_px: int = 0
    background_replaced: bool = False
    turned_deg: int = 0

    @property
    def refused(self) -> bool:
        """True when something severe stands against the photo."""
        return any(d.severe for d in self.defects)


def check_photo_data(
    data: bytes, parts: Parts, standard: PhotoStandard, *, formats: tuple[str, ...] = DEFAULT_FORMATS
) -> PhotoOutcome:
    """Checks a finished photo.

    Args:
        data: The upload.
        parts: Decoder and networks.
        standard: What the photo must be.
        formats: Those that the policy lets in.

    Returns:
        What breaks a rule; bytes without pixels are a severe defect, no error.
    """
    try:
        rendition = parts.decoder.decode(data, formats=formats)
    except ImageRefused as refusal:
        return PhotoOutcome((refusal_defect(refusal),))
    report = parts.check_photo(rendition, standard, source_bytes=len(data))
    return PhotoOutcome(report.defects, report.measures)


def make_photo_of_data(
    data: bytes,
    parts: Parts,
    standard: PhotoStandard,
    *,
    max_bytes: int,
    whiten: bool,
    formats: tuple[str, ...] = DEFAULT_FORMATS,
) -> PhotoOutcome:
    """Makes a compliant photo, or says why none can be made.

    Args:
        data: The upload.
        parts: Decoder and networks.
        standard: What the photo must be.
        max_bytes: Largest file to write.
        whiten: Whether a background of another colour is made white.
        formats: Those that the policy lets in.
    """
    try:
        rendition = parts.decoder.decode(data, formats=formats)
        made = make_photo(
            rendition.pixels,
            parts.photo_models,
            standard,
            max_bytes=max_bytes,
            background="whiten" if whiten else "keep",
        )
    except ImageRefused as refusal:
        return PhotoOutcome((refusal_defect(refusal),))
    if not isinstance(made, Made):
        return PhotoOutcome(made.defects, made.measures)
    severe = any(d.severe for d in made.report.defects)
    return PhotoOutcome(
        made.report.defects,
        made.report.measures,
        # A photo that fails its own check after making is not handed out.
        data=None if severe else made.data,
        width_px=standard.width_px,
        height_px=standard.height_px,
        background_replaced=made.background_replaced,
        turned_deg=made.turned_deg,
    )


def check_photo_bytes(data: bytes, policy: Policy, parts: Parts) -> PhotoServiceAnswer:
    """Checks a finished photo by a policy, worded for people.

    Raises:
        PolicyInvalid: The policy names a standard that imaging does not have.
    """
    return _worded(check_photo_data(data, parts, photo_standard(policy), formats=policy.opened_formats), policy)


def fix_photo_bytes(
    data: bytes, policy: Policy, parts: Parts, *, max_kb: int | None = None, keep_background: bool = False
) -> PhotoServiceAnswer:
    """Makes a compliant photo by a policy, or says in words why none can be made.

    Args:
        data: The upload.
        policy: Size, background and bytes.
        parts: Decoder and networks.
        max_kb: Another upper limit, 1 KB being 1000 bytes; None for the policy's.
        keep_background: Leaves the background as it is where the policy asks for white.

    Raises:
        PolicyInvalid: The policy names a standard that imaging does not have.
    """
    outcome = make_photo_of_data(
        data,
        parts,
        photo_standard(policy),
        max_bytes=policy.photo.limits.written_bytes if max_kb is None else written_limit_bytes(max_kb),
        whiten=policy.photo.background == "white" and not keep_background,
        formats=policy.opened_formats,
    )
    return _worded(outcome, policy)


def _worded(outcome: PhotoOutcome, policy: Policy) -> PhotoServiceAnswer:
    return PhotoServiceAnswer(
        findings=word_defects(outcome.defects, slot=Kind.PHOTO.value, policy=policy),
        measures=outcome.measures,
        data=outcome.data,
        width_px=outcome.width_px,
        height_px=outcome.height_px,
        background_replaced=outcome.background_replaced,
        turned_deg=outcome.turned_deg,
    )
