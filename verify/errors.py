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
        faults: All that is wrong, each in one Chinese line: the place in the file, what is there, what is allowed.
        reason: The same in one line.
    """

    def __init__(self, name: str, *faults: str) -> None:
        self.name = name
        self.faults = faults
        self.reason = "；".join(faults)
        super().__init__(f"policy {name!r}: {self.reason}")
