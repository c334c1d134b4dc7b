"""What of a policy reaches the photo check, and what makes two openings of a policy the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from imaging.photo.standards import GA461, ONE_INCH
from intake.rules import open_policy, photo_standard, policy_source
from verify.errors import PolicyInvalid
from verify.policy import load_policy, pack_text


def test_yunnan_checks_by_the_plain_standard() -> None:
    """Its notices say no more than 1寸, white, jpg or png, 20 KB: that is the standard itself."""
    assert photo_standard(load_policy("yunnan-2023")) == ONE_INCH


@pytest.mark.parametrize(
    ("name", "size", "backgrounds", "least", "most"),
    [
        # domain.md 4.3: 114x156, more than 10 and less than 20 KB.
        ("sichuan-2019", (114, 156), ("white",), 10_001, 20_479),
        ("hubei-2019", (295, 413), ("red", "blue", "white"), 0, 20_480),
        ("national-2025", (295, 413), ("white",), 10_000, 512_000),
        ("liaoning-2019", (295, 413), ("white",), 0, 102_399),
        ("hebei-undated", (GA461.width_px, GA461.height_px), ("white",), 0, 512_000),
    ],
)
def test_size_colours_and_bytes_are_the_policys(
    name: str, size: tuple[int, int], backgrounds: tuple[str, ...], least: int, most: int
) -> None:
    standard = photo_standard(load_policy(name))
    assert (standard.width_px, standard.height_px) == size
    assert standard.backgrounds == backgrounds
    assert (standard.min_bytes, standard.max_bytes) == (least, most)


OWN = """
extends = "yunnan-2023"
name = "mine"
title = "某县会计人员信息采集"
jurisdiction = "533103"
effective_from = 2024-01-01
[sources]
own = "《某县通知》"
[photo]
background = "any"
source = "own"
"""


def test_a_site_opens_its_own_pack_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    opened = open_policy(str(path))
    assert opened.policy.extends == ("yunnan-2023",)
    # Any background: the check asks for none.
    assert photo_standard(opened.policy).backgrounds == ()


@pytest.mark.parametrize(
    ("recorded", "site", "source"),
    [
        ("yunnan-2023", "yunnan-2023", "yunnan-2023"),
        ("tianjin-2025", "yunnan-2023", "tianjin-2025"),
        ("mine", "/etc/intake/mine.toml", "/etc/intake/mine.toml"),
        ("yunnan-2023", "/etc/intake/mine.toml", "yunnan-2023"),
        ("yunnan-2023", "/etc/intake/yunnan-2023.toml", "/etc/intake/yunnan-2023.toml"),
        # Records from the time when the path itself was kept.
        ("/old/mine.toml", "/etc/intake/mine.toml", "/old/mine.toml"),
    ],
)
def test_records_open_the_sites_own_pack_by_its_name(recorded: str, site: str, source: str) -> None:
    assert policy_source(recorded, site=site) == source


def test_the_digest_covers_what_is_inherited(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    parent = pack_text("yunnan-2023")
    assert parent is not None
    assert open_policy(str(path)).digest == hashlib.sha256(OWN.encode() + parent.encode()).hexdigest()
    assert open_policy(str(path)).digest != hashlib.sha256(OWN.encode()).hexdigest()
    # A pack without a parent is its own text, as in archives that were begun earlier.
    assert open_policy("yunnan-2023").digest == hashlib.sha256(parent.encode()).hexdigest()


@pytest.mark.parametrize("content", [b"\xff\xfe", b" " * 1_000_001])
def test_a_file_that_is_no_pack_is_refused_in_chinese(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyInvalid) as refused:
        open_policy(str(path))
    assert refused.value.faults[0] in ("文件不存在，或不是 UTF-8 文本", "文件超过 1,000,000 字节，不是采集规则")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalid, match="文件不存在"):
        open_policy(str(tmp_path / "nothing.toml"))
