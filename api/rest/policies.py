"""Which rules a caller may name, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.rest.calls import told
from api.rest.openapi import documented
from api.rest.parts import parts_of
from api.rest.problems import Fault, Problem
from api.rest.schemas import PolicyList
from api.rest.security import Anybody
from intake.rules import open_policy
from verify.errors import PolicyInvalid
from verify.policy import available_policies
from verify.policy_model import Policy

router = APIRouter(tags=["policies"])


# Column `policy` of materials and submissions.
_MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """Rules for one call.

    Attributes:
        name: Under which they are recorded.
        source: What opens them in another process, see `intake.rules.open_policy`.
        policy: The rules.
    """

    name: str
    source: str
    policy: Policy


class PolicyBook:
    """Rules by name. A caller can name those of the product and the site's own; never a file."""

    def __init__(self, default: str) -> None:
        """Opens the site's rules.

        Args:
            default: Name or path, as the setting says.

        Raises:
            PolicyUnknown, PolicyInvalid: They cannot be used.
        """
        self._source = default
        self._site = open_policy(default).policy
        if len(self._site.name) > _MAX_NAME:
            raise PolicyInvalid(self._site.name, f"文件名超过 {_MAX_NAME} 个字符；请改短")

    def named(self, name: str | None) -> NamedPolicy:
        """The rules that a caller names; None for the site's.

        Raises:
            Problem: `policy-unknown`.
        """
        if name is None or name == self._site.name:
            return NamedPolicy(self._site.name, self._source, self._site)
        if name not in available_policies():
            raise Problem("policy-unknown", faults=[Fault("policy", "unknown")])
        return NamedPolicy(name, name, _opened(name))

    def stored(self, name: str) -> Policy:
        """Rules that a row names; the site's where they are gone since, because an answer still needs words."""
        known = name != self._site.name and name in available_policies()
        return _opened(name) if known else self._site

    def listed(self) -> list[Policy]:
        """All rules that a caller may name, the site's first."""
        others = [_opened(name) for name in available_policies() if name != self._site.name]
        return [self._site, *others]


@cache
def _opened(name: str) -> Policy:
    return open_policy(name).policy


@router.get("/policies", **documented("listPolicies", PolicyList, summary="可用的采集规则"))
def list_policies(request: Request, _client: Anybody) -> Response:
    """本机构默认的采集规则排在最前；其余为随产品提供的规则。"""
    return told({"policies": [_entry(policy) for policy in parts_of(request).policies.listed()]})


def _entry(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "title": policy.title,
        "effective_from": policy.effective_from.isoformat(),
        "effective_to": None if policy.effective_to is None else policy.effective_to.isoformat(),
    }
