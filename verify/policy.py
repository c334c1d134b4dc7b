"""Policy packs: one jurisdiction's dated rules, loaded from TOML, put over what they inherit, and checked.

This module is the only place that opens the packs (`verify/policies/*.toml`). How a pack is written is told in
docs/policies.md.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from verify.errors import PolicyInvalid, PolicyUnknown
from verify.policy_build import build_policy
from verify.policy_check import check_policy
from verify.policy_inherit import PackReader, inherit
from verify.policy_model import Policy


@cache
def available_policies() -> tuple[str, ...]:
    """Names of the packs that come with the product, sorted."""
    folder = files("verify").joinpath("policies")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def pack_text(name: str) -> str | None:
    """The TOML text of a pack that comes with the product; None when there is none of this name."""
    if name not in available_policies():
        return None
    return files("verify").joinpath("policies", f"{name}.toml").read_text(encoding="utf-8")


@cache
def load_policy(name: str) -> Policy:
    """Loads and checks one pack.

    Raises:
        PolicyUnknown: There is no pack of this name.
        PolicyInvalid: The pack breaks its own rules; the faults name their places.
    """
    text = pack_text(name)
    if text is None:
        raise PolicyUnknown(name)
    return parse_policy(text, name=name)


def parse_policy(text: str, *, name: str, read_pack: PackReader = pack_text) -> Policy:
    """Builds a policy from TOML text.

    Args:
        text: The pack.
        name: What its file is called, without the ending.
        read_pack: Gives the text of a pack that this one extends; the packs of the product when left out.

    Raises:
        PolicyInvalid: The text is no TOML, extends nothing that exists, lacks a key, or a value is of the wrong type
            or out of range. All faults are told at once.
    """
    inherited = inherit(text, name=name, read_pack=read_pack)
    faults = list(inherited.faults)
    policy = build_policy(inherited.data, extends=inherited.extends, faults=faults)
    if not faults:
        faults += check_policy(policy, name=name)
    if faults:
        # A fault of a parent is found once for each pack over it.
        raise PolicyInvalid(name, *dict.fromkeys(faults))
    return policy
