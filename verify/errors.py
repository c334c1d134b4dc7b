"""Errors of the verification stage: a policy pack that cannot be used. A bad paper is a finding, never an error."""

from __future__ import annotations


class PolicyUnknown(Exception):
    """There is no policy pack of this name.

    Attributes:
        name: The name asked for.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"no policy named {name!r}")
        self.name = name


class PolicyInvalid(Exception):
    """A policy pack breaks its own rules.

    Attributes:
        name: The pack.
        reason: What is wrong and where.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"policy {name!r}: {reason}")
        self.name = name
        self.reason = reason
