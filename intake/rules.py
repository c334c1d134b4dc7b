"""The rules in force: which policy, which photo standard, and words for what imaging and reading noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from imaging.model import Defect
from imaging.photo.standards import STANDARDS, PhotoStandard
from verify.errors import PolicyInvalid
from verify.model import Finding
from verify.policy import load_policy, pack_text, parse_policy
from verify.policy_model import Policy
from verify.wording import finding, sentence_of

# A policy pack has about 5 KB; a larger file was named by mistake.
MAX_POLICY_BYTES = 1_000_000

# How a site's own pack is told from the name of one of the product.
_PACK = ".toml"


@dataclass(frozen=True, slots=True)
class OpenedPolicy:
    """A policy together with the digest of its text.

    Attributes:
        policy: The rules.
        digest: SHA-256 of the pack's text and of what it inherits, hex: two runs mix only when it is the same.
    """

    policy: Policy
    digest: str


def open_policy(name: str) -> OpenedPolicy:
    """Opens a pack of the product by its name, or a site's own pack by its path (`*.toml`).

    Raises:
        PolicyUnknown: No pack has this name.
        PolicyInvalid: The pack breaks its rules, or the file cannot be read.
    """
    if not name.endswith(_PACK):
        policy = load_policy(name)
        data = files("verify").joinpath("policies", f"{name}.toml").read_bytes()
        return OpenedPolicy(policy, _digest(data, policy))
    path = Path(name)
    try:
        if path.stat().st_size > MAX_POLICY_BYTES:
            raise PolicyInvalid(path.stem, f"文件超过 {MAX_POLICY_BYTES:,} 字节，不是采集规则")
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise PolicyInvalid(path.stem, "文件不存在，或不是 UTF-8 文本") from exc
    policy = parse_policy(text, name=path.stem)
    return OpenedPolicy(policy, _digest(data, policy))


def policy_source(name: str, *, site: str) -> str:
    """What opens the pack that a record names.

    A site's own pack is recorded by its name and not by its path: that is shorter, means something to callers, and
    stays true when the file is moved.

    Args:
        name: As recorded: a pack's name, or in old records a path.
        site: The site's setting, a name or a path; its pack hides one of the product with the same name.
    """
    return site if site.endswith(_PACK) and name == Path(site).stem else name


def _digest(data: bytes, policy: Policy) -> str:
    """Over the pack's text and the texts of all packs that it inherits from: a change of any changes the rules."""
    whole = hashlib.sha256(data)
    for parent in policy.extends:
        whole.update((pack_text(parent) or "").encode())
    return whole.hexdigest()


def photo_standard(policy: Policy) -> PhotoStandard:
    """The imaging standard that the policy names, with the policy's own size, backgrounds and file limits.

    Raises:
        PolicyInvalid: The policy names a standard that imaging does not have.
    """
    try:
        standard = STANDARDS[policy.photo.standard]
    except KeyError as exc:
        raise PolicyInvalid(policy.name, f"[photo] standard：没有名为“{policy.photo.standard}”的照片标准") from exc
    limits = policy.photo.limits
    width_px, height_px = policy.photo.exact_px or (standard.width_px, standard.height_px)
    return replace(
        standard,
        width_px=width_px,
        height_px=height_px,
        backgrounds=policy.photo.accepted_backgrounds,
        formats=limits.formats,
        min_bytes=limits.min_accepted_bytes,
        max_bytes=limits.accepted_bytes,
    )


def word_defects(
    defects: Iterable[Defect], *, slot: str | None = None, file: str = "", policy: Policy | None = None
) -> tuple[Finding, ...]:
    """Findings for defects, each once.

    Args:
        defects: What was noticed.
        slot: The material it is about.
        file: The file's name, for sentences that name it.
        policy: Gives wording of its own for a code, if it has one.
    """
    unique = {(d.code, d.box): d for d in defects}
    return tuple(_word(defect, slot=slot, file=file, policy=policy) for defect in unique.values())


def _word(defect: Defect, *, slot: str | None, file: str, policy: Policy | None) -> Finding:
    words = sentence_of(defect.code)
    return finding(
        defect.code,
        level=words.severe_level if defect.severe else words.mild_level,
        policy=policy,
        material=slot,
        box=defect.box,
        measured=defect.measured,
        limit=defect.limit,
        value=defect.detail or file,
    )
